/** What can be planned: the jobs of each study, and the tables and figures that are made of the answers. */

import { writePages } from "../compare/pages.js";
import { groupsOf, jobsOf, type Study } from "../compare/study.js";
import { shortRows } from "../compare/table.js";
import type { Job as CompareJob, Curve } from "../compare/training.js";
import { UserError } from "../errors.js";
import { formatTable } from "../output.js";
import { figure2Plan } from "../reproduce/figure2.js";
import { figure3Plan } from "../reproduce/figure3.js";
import { pageLines, writePage } from "../reproduce/page.js";
import type { PlannedOptions, PlannedStudy, StudyPage } from "../reproduce/study.js";
import { customPage } from "./custom.js";
import type { Job } from "./job.js";
import type { Plan } from "./plan.js";
import type { Training } from "./training.js";
import { updateStudyJobs, updateStudyPage } from "./update-study.js";

/** How the answers came about, for the pages. */
export interface Origin {
  readonly command: string;
  readonly seconds: number;
  /** what the page of a comparison says of it */
  readonly took: string;
}

/** What was made of answers. */
export interface Collected {
  readonly files: readonly string[];
  /** for people */
  readonly lines: readonly string[];
  readonly results: Readonly<Record<string, unknown>>;
}

/** Options of a plan of {@link compareJobs}. */
export interface CompareOptions {
  readonly study: Study;
  readonly command: string;
}

export function compareJobs(study: Study): Job[] {
  return jobsOf(study).map((settings) => ({ kind: "compare", settings }));
}

/** Studies of the paper that can be planned, by name. */
const PAPER: Readonly<Record<string, PlannedStudy<unknown, unknown>>> = {
  figure2: figure2Plan as PlannedStudy<unknown, unknown>,
  figure3: figure3Plan as PlannedStudy<unknown, unknown>,
};

/** Seeds of the study of updates, unless given. */
const UPDATE_SEEDS = 10;

/** The studies that {@link studyJobs} plans. */
export const PLANNED_STUDIES: readonly string[] = [...Object.keys(PAPER), "update-study"];

/** The jobs of a study of {@link PLANNED_STUDIES}. */
export function studyJobs(name: string, options: PlannedOptions): Job[] {
  if (name === "update-study") return updateStudyJobs(options.seeds ?? UPDATE_SEEDS);
  const { kind, jobs } = PAPER[name];
  return jobs(options).map((settings) => ({ kind, settings }));
}

/** Makes the tables and figures of a plan's answers; undefined: not done. Writes them into a folder. */
export async function collect(
  plan: Plan,
  answers: readonly unknown[],
  out: string,
  origin: Origin,
  room?: number,
): Promise<Collected> {
  const { study, options, jobs } = plan.header;
  const missing = answers.filter((answer) => answer === undefined).length;
  if (study === "compare")
    return collectCompare(options as CompareOptions, answers as (Curve | undefined)[], out, origin, room);
  const settings = Array.from({ length: jobs }, (_, index) => plan.job(index).settings);
  const page = await pageOf(study, options as PlannedOptions, settings, answers);
  const open = missing === 0 ? [] : [`**Not complete:** ${missing} of ${jobs} jobs have no result yet.`];
  const whole = { ...page, intro: [...open, ...page.intro] };
  const files = await writePage(out, study, whole, origin);
  return { files, lines: pageLines(whole, room), results: page.results };
}

async function pageOf(
  study: string,
  options: PlannedOptions,
  settings: readonly unknown[],
  answers: readonly unknown[],
): Promise<StudyPage> {
  if (study === "update-study") return updateStudyPage(options.seeds ?? UPDATE_SEEDS, answers);
  if (study === "custom") return customPage(settings as Training[], answers as (Curve | undefined)[]);
  if (Object.hasOwn(PAPER, study)) return PAPER[study].page(settings, answers);
  throw new UserError(`it is the plan of a command, "${study}": repeat that command with the same --out`);
}

async function collectCompare(
  { study, command }: CompareOptions,
  curves: readonly (Curve | undefined)[],
  out: string,
  { took }: Origin,
  room?: number,
): Promise<Collected> {
  const jobs: CompareJob[] = jobsOf(study);
  const groups = groupsOf(study, jobs, curves);
  if (groups.length === 0) throw new UserError("no training is over", 1);
  const shown = {
    ...study,
    plants: study.plants.filter((name) => groups.some(({ plant }) => plant === name)),
    updates: study.updates.filter((name) => groups.some(({ rule }) => rule === name)),
  };
  const files = await writePages(out, shown, groups, { command, took });
  const lines = shown.plants.flatMap((plant) => [
    `\n${plant}: cost in % of the untrained policy, median (worst) of ${study.seeds.length} seeds`,
    formatTable(
      shortRows(
        study,
        groups.filter((group) => group.plant === plant),
      ),
      room,
    ),
  ]);
  return { files, lines, results: { ...study, groups } };
}
