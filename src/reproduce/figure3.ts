/**
 * The paper's figure 3 and what it leaves out: every rule over the same action space, against minutes of driving, by
 * what its policy costs and by what it cost to learn it. It takes hours: trainings that are over are kept, and a study
 * that was interrupted goes on with them.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, UserError } from "../errors.js";
import { createFolder } from "../files.js";
import { firstOf } from "../peers/accounting.js";
import { figure3Page } from "./figure3-page.js";
import { DEFAULT_RULES, jobsOf, rowsOf, type Wanted } from "./figure3-rows.js";
import { finished, isPresent, type Job, type Training, trainingsIn } from "./figure3-training.js";
import type { Study, StudyOptions, StudyPage } from "./study.js";

/** Beside the page: all trainings that it shows, so that another machine goes on with them. */
const TRAININGS = "figure3.json";

async function run({ plants, rules, seeds, minutes, quick, kept = false, out, run: train }: StudyOptions) {
  const folder = out && join(out, "figure3-trainings");
  if (folder) await createFolder(folder);
  const listed = out === undefined ? [] : await trainingsOf(join(out, TRAININGS));
  const known = longest([...listed, ...(folder ? await trainingsIn(folder) : [])]);
  const wanted = { plants, rules, seeds, minutes, quick };
  if (kept) return pageOf(inOrder(known, wanted), known);
  const jobs = jobsOf(wanted, folder);
  const over = jobs.map((job) => finished(job, known));
  const missing = jobs.filter((_, i) => over[i] === undefined);
  const worker = new URL("./figure3-worker.js", import.meta.url);
  const trained = await train<Job, Training>(worker, missing, "trainings").catch((error: unknown) => {
    if (folder === undefined) throw error;
    throw new UserError(`${messageOf(error)}; those that are over are in ${folder}: the same command goes on`, 1);
  });
  const trainings = over.map((training) => training ?? (trained.shift() as Training));
  return pageOf(trainings, longest([...known, ...trainings]));
}

/** `all`: everything that is known, to go on with. */
function pageOf(shown: readonly Training[], all: readonly Training[]): StudyPage {
  const lines = all.map((one) => JSON.stringify(one));
  return { ...figure3Page(rowsOf(shown)), files: { [TRAININGS]: `[\n${lines.join(",\n")}\n]\n` } };
}

/** Those of the trainings that are over whose plant, rule and seed are wanted, in the order of the figure. */
function inOrder(known: readonly Training[], wanted: Wanted): Training[] {
  const found = jobsOf(wanted, undefined).flatMap(({ plant, rule, seed, minutes }) => {
    const training = known.find((one) => one.plant === plant && one.rule === rule && one.seed === seed);
    const count = training?.account.minutes.filter((at) => at <= minutes[minutes.length - 1]).length;
    return training && count ? [{ ...training, account: firstOf(training.account, count) }] : [];
  });
  if (found.length > 0) return found;
  throw new UserError("--kept: no training is over; train some without it, into the same --out");
}

async function trainingsOf(path: string): Promise<Training[]> {
  const text = await readFile(path, "utf8").catch(() => "[]");
  try {
    return JSON.parse(text) as Training[];
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
