/** `lapgrad compare`: checks what was asked for, runs the trainings, writes figure and table, says what came out. */
import { rmdir } from "node:fs/promises";
import { join } from "node:path";
import { writePages } from "../compare/pages.js";
import { rules } from "../compare/rules.js";
import { groupsOf, jobsOf, type Study } from "../compare/study.js";
import { CRITERION, judgeSweep, ratesModule, sweepJobs, sweepRows } from "../compare/sweep.js";
import { shortRows } from "../compare/table.js";
import type { Curve, Job } from "../compare/training.js";
import { nearest } from "../config/spelling.js";
import { UserError } from "../errors.js";
import { createFolder, unusedPath, writeAtomically } from "../files.js";
import { formatTable, type Output, timestamp } from "../output.js";
import { carFigure8 } from "../tasks/car-figure8.js";
import { runWithProgress, workerCount } from "./jobs.js";
import { parseNumber } from "./options.js";

const WORKER = new URL("../compare/worker.js", import.meta.url);

/** The options as typed. */
export interface CompareOptions {
  readonly updates: string | undefined;
  readonly plants: string | undefined;
  readonly seeds: string | undefined;
  readonly minutes: string | undefined;
  readonly learningRate: string | undefined;
  readonly workers: string | undefined;
  readonly out: string | undefined;
  readonly quick: boolean;
  readonly sweep: boolean;
}

/** Runs the command; the result goes to `output`. */
export async function compareCommand(options: CompareOptions, output: Output): Promise<void> {
  const study = studyOf(options);
  if (options.sweep && options.learningRate !== undefined)
    throw new UserError("--sweep tries learning rates of its own: leave out --learning-rate");
  const workers = workerCount(options.workers);
  const jobs = options.sweep ? sweepJobs(study) : jobsOf(study);
  if (jobs.length === 0)
    throw new UserError(`--sweep has no learning rates to try for ${study.updates.join(", ")}: ask for sgd or adam`);
  const out = options.out ?? (await unusedPath(join("runs", `compare-${timestamp(new Date())}`)));
  await createFolder(out); // before the work, not after it
  const command = commandLine(options);
  const began = performance.now();
  output.say(`${jobs.length} trainings, ${workers} at a time`);
  const curves = await runWithProgress<Job, Curve>(WORKER, jobs, workers, output, "trainings").catch(
    async (error: unknown) => {
      await rmdir(out).catch(() => {}); // unless there is something in it
      throw error;
    },
  );
  const seconds = (performance.now() - began) / 1000;
  const took = `${jobs.length} trainings in ${seconds.toFixed(0)} s on ${workers} worker${workers === 1 ? "" : "s"}`;
  if (options.sweep) {
    const trials = judgeSweep(study, jobs, curves);
    const path = join(out, "learning-rates.ts");
    await writeAtomically(path, ratesModule(trials, command));
    for (const line of [formatTable(sweepRows(trials)), `best: ${CRITERION}`, `${took}; ${path}`]) output.say(line);
    output.result({ ...study, trials, criterion: CRITERION, files: [path], wallSeconds: seconds });
    return;
  }
  const groups = groupsOf(study, jobs, curves);
  const files = await writePages(out, study, groups, { command, took });
  for (const plant of study.plants) {
    output.say(`\n${plant}: cost in % of the untrained policy, median (worst) of ${study.seeds.length} seeds`);
    output.say(
      formatTable(
        shortRows(
          study,
          groups.filter((group) => group.plant === plant),
        ),
      ),
    );
  }
  output.say(`\n${took}; ${files.join(", ")}`);
  output.result({ ...study, groups, files, wallSeconds: seconds });
}

/** What was asked for, complete and checked. */
function studyOf({ updates, plants, seeds, minutes, learningRate, quick }: CompareOptions): Study {
  return {
    updates: choices(updates, Object.keys(rules), "update rule"),
    plants: choices(plants, Object.keys(carFigure8.plants), "plant"),
    seeds: seedsOf(seeds ?? (quick ? "2" : "10")),
    minutes: minutesOf(minutes ?? (quick ? "1.5" : "5")),
    rates: ratesOf(learningRate),
  };
}

function choices(text: string | undefined, known: readonly string[], what: string): string[] {
  if (text === undefined) return [...known];
  const names = [...new Set(text.split(",").map((name) => name.trim()))];
  for (const name of names) checkName(name, known, what);
  return names;
}

function checkName(name: string, known: readonly string[], what: string): void {
  if (known.includes(name)) return;
  const near = nearest(name, known);
  const hint = near ? `did you mean "${near}"? ` : "";
  throw new UserError(`unknown ${what} "${name}"; ${hint}${what}s are: ${known.join(", ")}`);
}

/** Most seeds at a time: beyond, the request is a slip of the pen. */
const MOST_SEEDS = 10_000;

function seedsOf(text: string): number[] {
  const [, from, to] = /^(?:(\d+)-)?(\d+)$/.exec(text.trim()) ?? [];
  const first = from === undefined ? 1 : Number(from);
  const count = Number(to) - first + 1;
  if (!(count >= 1 && count <= MOST_SEEDS && Number.isSafeInteger(Number(to))))
    throw new UserError(
      `--seeds is ${text}; allowed is a whole number from 1 to ${MOST_SEEDS}, or the first and last seed, e.g. 11-20`,
    );
  return Array.from({ length: count }, (_, i) => first + i);
}

function minutesOf(text: string): number {
  const minutes = parseNumber(text);
  if (typeof minutes === "number" && minutes > 0 && minutes <= 1440) return minutes;
  throw new UserError(`--minutes is ${text}; allowed is a number above 0, at most 1440`);
}

function ratesOf(text: string | undefined): Record<string, number> {
  const rates: Record<string, number> = {};
  for (const entry of text?.split(",") ?? []) {
    const [name = "", value = ""] = entry.trim().split("=");
    const rate = parseNumber(value);
    if (!(typeof rate === "number" && rate > 0 && Number.isFinite(rate)))
      throw new UserError(`--learning-rate ${entry}: allowed is rule=number above 0, e.g. sgd=1e-4,adam=2e-3`);
    checkName(name, Object.keys(rules), "update rule");
    rates[name] = rate;
  }
  return rates;
}

/** The command that gives the same numbers. */
function commandLine({ updates, plants, seeds, minutes, learningRate, quick, sweep }: CompareOptions): string {
  const options = { updates, plants, seeds, minutes, "learning-rate": learningRate };
  const words = Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${value}`]));
  return ["lapgrad compare", ...(quick ? ["--quick"] : []), ...(sweep ? ["--sweep"] : []), ...words].join(" ");
}
