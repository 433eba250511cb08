/**
 * The paper's figure 3 and what it leaves out: every rule over the same action space, against minutes of driving, by
 * what its policy costs and by what it cost to learn it. It takes hours: trainings that are over are kept, and a study
 * that was interrupted goes on with them.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { basePlant, plantConfig } from "../compare/plants.js";
import { completeConfig } from "../config/config.js";
import { resolveTask } from "../config/resolve.js";
import { messageOf, UserError } from "../errors.js";
import { firstOf } from "../peers/accounting.js";
import { hostPlantFor } from "../plants/plants.js";
import { carFigure8 } from "../tasks/car-figure8.js";
import { figure3Page } from "./figure3-page.js";
import { DEFAULT_RULES, jobsOf, rowsOf } from "./figure3-rows.js";
import { finished, isPresent, type Job, type Training } from "./figure3-training.js";
import type { PlannedOptions, PlannedStudy, Study, StudyOptions, StudyPage } from "./study.js";

/** Beside the page: all trainings that it shows, so that another machine goes on with them. */
const TRAININGS = "figure3.jsonl";
const KIND = "figure3";

async function run({ kept = false, out, run: train, over, ...wanted }: StudyOptions): Promise<StudyPage> {
  const listed = out === undefined ? [] : await trainingsOf(join(out, TRAININGS));
  const known = longest([...listed, ...((await over?.()) ?? [])] as Training[]);
  if (kept) return pageOf(inOrder(known, wanted), known);
  const all = jobsOf(wanted);
  const undrivable = await undrivableOf(all.map(({ plant }) => plant));
  if (wanted.plants !== undefined) for (const error of undrivable.values()) throw error;
  const jobs = all.filter(({ plant }) => !undrivable.has(plant));
  const found = jobs.map((job) => finished(job, known));
  const trainings = await train<Job, Training>(KIND, jobs, "trainings", found);
  const page = pageOf(trainings, longest([...known, ...trainings]));
  const leftOut = [...undrivable].map(([plant, error]) => `Left out: ${plant}. ${messageOf(error)}`);
  return { ...page, intro: [...page.intro, ...leftOut] };
}

export const figure3Plan: PlannedStudy<Job, Training> = {
  kind: KIND,
  jobs: jobsOf,
  page(_, answers) {
    const over = answers.filter((training) => training !== undefined);
    if (over.length === 0) throw new UserError("no training is over", 1);
    return pageOf(over, over);
  },
};

/** The plants that cannot be driven here, a package of theirs being absent, and why. */
export async function undrivableOf(plants: readonly string[], load = hostPlantFor): Promise<Map<string, unknown>> {
  const found = new Map<string, unknown>();
  for (const plant of new Set(plants)) {
    const { host } = carFigure8.plants[basePlant(plant)];
    if (host === undefined) continue;
    await load(resolveTask(completeConfig(plantConfig(plant))).plant).catch((error: unknown) =>
      found.set(plant, error),
    );
  }
  return found;
}

/** `all`: everything that is known, to go on with. */
function pageOf(shown: readonly Training[], all: readonly Training[]): StudyPage {
  const lines = all.map((one) => `${JSON.stringify(one)}\n`).join("");
  return { ...figure3Page(rowsOf(shown)), files: { [TRAININGS]: lines } };
}

/** Those of the trainings that are over whose plant, rule and seed are wanted, in the order of the figure. */
function inOrder(known: readonly Training[], wanted: PlannedOptions): Training[] {
  const found = jobsOf(wanted).flatMap(({ plant, rule, seed, minutes }) => {
    const training = known.find((one) => one.plant === plant && one.rule === rule && one.seed === seed);
    const count = training?.account.minutes.filter((at) => at <= minutes[minutes.length - 1]).length;
    return training && count ? [{ ...training, account: firstOf(training.account, count) }] : [];
  });
  if (found.length > 0) return found;
  throw new UserError("--kept: no training is over; train some without it, into the same --out");
}

async function trainingsOf(path: string): Promise<Training[]> {
  const text = await readFile(path, "utf8").catch(() => "");
  try {
    return text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Training]));
  } catch (error) {
    throw new UserError(`${path} is no list of trainings (${messageOf(error)}): move it away, or give another --out`);
  }
}

/** Of each plant, rule and seed the longest training with the present settings. */
function longest(trainings: readonly Training[]): Training[] {
  const found = new Map<string, Training>();
  for (const training of trainings) {
    const { plant, rule, seed, account } = training;
    if (!isPresent(training)) continue;
    const name = `${plant} ${rule} ${seed}`;
    const other = found.get(name);
    if (!other || other.account.minutes.length < account.minutes.length) found.set(name, training);
  }
  return [...found.values()];
}

export const figure3: Study = {
  name: "figure3",
  describe: `peers over the same action space: ${DEFAULT_RULES.join(", ")}; takes hours, and goes on in the same --out`,
  takesHours: true,
  run,
};
