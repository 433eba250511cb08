/** Driving for identification, read from recordings and runs. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../errors.js";
import { codeOf, problemOf } from "../files.js";
import { openRecording } from "../recording/open.js";
import { isHeardOnly, type Recording } from "../recording/recording.js";
import type { TaskDefinition } from "../tasks/definition.js";
import { tasks } from "../tasks/tasks.js";
import { type Cut, type Span, spansOf } from "./spans.js";

/** Segments left out at the start of a recording: a real car launches from rest. */
const SKIPPED = { hardware: 40, simulation: 0 };

/** Driving read from files. */
export interface DrivingData {
  readonly task: TaskDefinition;
  readonly spans: readonly Span[];
  readonly rollouts: number;
  readonly notes: readonly string[];
}

/** All recordings of all files, cut into spans. `skip`: segments left out of each; undefined: what is usual. */
export async function readDriving(paths: readonly string[], skip: number | undefined): Promise<DrivingData> {
  const cuts: Cut[] = [];
  let task: TaskDefinition | undefined;
  for (const path of (await Promise.all(paths.map(filesOf))).flat()) {
    for (const recording of (await openRecording(path)).recordings) {
      const { info } = recording;
      const name = `${path}, rollout ${info.rollout}`;
      task = tasks[info.task];
      if (task?.model.kind !== "car" || !task.plants.identified) {
        const allowed = `allowed are recordings of ${carTasks().join(", ")}. Give one of those`;
        throw new UserError(`${name} is a recording of ${info.task}; identify fits a car: ${allowed}`);
      }
      refuseWithoutInputs(name, recording);
      const cut = spansOf(recording, skip ?? SKIPPED[info.timing]);
      const notes = [...(info.note ? [info.note] : []), ...cut.notes].map((note) => `${name}: ${note}`);
      cuts.push({ spans: cut.spans, notes });
    }
  }
  if (!task) throw new UserError("give at least one recording");
  const spans = cuts.flatMap((cut) => cut.spans);
  return { task, spans, rollouts: cuts.length, notes: cuts.flatMap(({ notes }) => notes) };
}

/** Refuses a car that was pushed, or that did not say what drove it: there is nothing to fit. */
function refuseWithoutInputs(name: string, recording: Recording): void {
  const { inputs } = recording;
  if (!isHeardOnly(recording) || inputs.some((value) => Number.isFinite(value) && value !== 0)) return;
  throw new UserError(
    `${name} has neither throttle nor steering: the car was pushed, or did not tell them; to fit a model, ` +
      "record it driven by radio, or let lapgrad drive",
  );
}

function carTasks(): string[] {
  return Object.values(tasks)
    .filter(({ model, plants }) => model.kind === "car" && plants.identified)
    .map(({ name }) => name);
}

/** The file itself, or all rollouts of a run's folder. */
async function filesOf(path: string): Promise<string[]> {
  try {
    await readdir(path);
  } catch (error) {
    if (codeOf(error) === "ENOTDIR") return [path];
    throw new UserError(`cannot read ${path}: ${problemOf(error)}`);
  }
  const rollouts = join(path, "rollouts");
  const names = await readdir(rollouts).catch(() => []);
  const files = names.filter((name) => name.endsWith(".mcap")).sort();
  if (files.length > 0) return files.map((name) => join(rollouts, name));
  throw new UserError(`${path} is a folder without rollouts/*.mcap: give a run that has driven, or recordings`);
}
