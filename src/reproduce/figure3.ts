/**
 * The paper's figure 3 and what it leaves out: every rule over the same action space, against minutes of driving, by
 * what its policy costs and by what it cost to learn it. It takes hours: trainings that are over are kept, and a study
 * that was interrupted goes on with them.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, UserError } from "../errors.js";
import { createFolder } from "../files.js";
import { figure3Page } from "./figure3-page.js";
import { DEFAULT_RULES, jobsOf, rowsOf } from "./figure3-rows.js";
import { finished, type Job, type Training } from "./figure3-training.js";
import { inTurn } from "./in-turn.js";
import type { Study, StudyOptions, StudyPage } from "./study.js";

/** Beside the page: all trainings that it shows, so that another machine goes on with them. */
const TRAININGS = "figure3.json";

async function run({ plants, rules, seeds, minutes, quick, out, run: train }: StudyOptions): Promise<StudyPage> {
  const folder = out && join(out, "figure3-trainings");
  if (folder) await createFolder(folder);
  const jobs = jobsOf({ plants, rules, seeds, minutes, quick }, folder);
  const known = out === undefined ? [] : await trainingsIn(join(out, TRAININGS));
  const over = await inTurn(jobs, (job) => finished(job, known));
  const missing = jobs.filter((_, i) => over[i] === undefined);
  const worker = new URL("./figure3-worker.js", import.meta.url);
  const trained = await train<Job, Training>(worker, missing, "trainings").catch((error: unknown) => {
    if (folder === undefined) throw error;
    throw new UserError(`${messageOf(error)}; those that are over are in ${folder}: the same command goes on`, 1);
  });
  const trainings = over.map((training) => training ?? (trained.shift() as Training));
  const others = known.filter((one) => !trainings.some((other) => isSame(one, other)));
  return {
    ...figure3Page(rowsOf(trainings)),
    files: { [TRAININGS]: `[\n${[...trainings, ...others].map((one) => JSON.stringify(one)).join(",\n")}\n]\n` },
  };
}

async function trainingsIn(path: string): Promise<Training[]> {
  const text = await readFile(path, "utf8").catch(() => "[]");
  try {
    return JSON.parse(text) as Training[];
  } catch (error) {
    throw new UserError(`${path} is no list of trainings (${messageOf(error)}): move it away, or give another --out`);
  }
}

function isSame(a: Training, b: Training): boolean {
  const name = ({ plant, rule, seed, account }: Training) => JSON.stringify([plant, rule, seed, account.minutes]);
  return name(a) === name(b);
}

export const figure3: Study = {
  name: "figure3",
  describe: `peers over the same action space: ${DEFAULT_RULES.join(", ")}; takes hours, and goes on in the same --out`,
  takesHours: true,
  run,
};
