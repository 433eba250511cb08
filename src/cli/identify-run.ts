/** `lapgrad identify`: which car drove, from its recordings. */
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import { UserError } from "../errors.js";
import { codeOf, exists, problemOf, writeAtomically } from "../files.js";
import { CAR_BOUNDS, type CarParameterName } from "../identification/car-fit.js";
import { type CarErrors, type Identified, identify } from "../identification/identify.js";
import { HORIZON, type PredictionErrors } from "../identification/prediction.js";
import { type Cut, type Span, secondsOf, spansOf } from "../identification/spans.js";
import { digits, formatTable, type Output } from "../output.js";
import { openRecording } from "../recording/open.js";
import type { TaskDefinition } from "../tasks/definition.js";
import { tasks } from "../tasks/tasks.js";
import { parseNumber } from "./options.js";

/** Segments left out at the start of a recording: a real car launches from rest. */
const SKIPPED = { hardware: 40, simulation: 0 };

export interface IdentifyOptions {
  readonly recordings: readonly string[];
  readonly check: readonly string[];
  readonly skipSegments?: string;
  readonly out?: string;
}

/** Driving read from files. */
interface Driving {
  readonly task: TaskDefinition;
  readonly spans: readonly Span[];
  readonly rollouts: number;
  readonly notes: readonly string[];
}

export async function identifyCommand(options: IdentifyOptions, output: Output): Promise<void> {
  const skip = options.skipSegments === undefined ? undefined : segmentsToSkip(options.skipSegments);
  if (options.out !== undefined) await refuseOut(options.out);
  const driving = await readDriving(options.recordings, skip);
  const check = options.check.length > 0 ? await readDriving(options.check, skip) : undefined;
  for (const note of [...driving.notes, ...(check?.notes ?? [])]) output.say(note);
  const found = identify(driving.spans, check?.spans, driving.task);
  const { model, plant, controlPeriod, errors } = found;
  const size = ({ rollouts, spans }: Driving) => ({ rollouts, seconds: secondsOf(spans) });
  const words = (of: Driving) => `${of.rollouts} rollouts, ${digits(secondsOf(of.spans))} s of driving`;
  output.say(`fitted to ${words(driving)}${check ? `; checked on ${words(check)}` : ""}`);
  output.say("");
  output.say(formatTable(parameterTable(found)));
  output.say("");
  output.say(formatTable(errorTable(errors)));
  if (options.out !== undefined) {
    await writeAtomically(options.out, configOf(found, driving.task, options.recordings));
    output.say(`configuration: ${options.out}; train on this car: lapgrad train --config ${options.out}`);
  }
  output.result({
    task: driving.task.name,
    fittedTo: { recordings: options.recordings, ...size(driving) },
    checkedOn: check ? { recordings: options.check, ...size(check) } : null,
    model: { parameters: model.parameters, delays: model.delays.map((steps) => steps * controlPeriod) },
    plant,
    horizon: HORIZON,
    errors,
    notes: [...driving.notes, ...(check?.notes ?? [])],
    out: options.out ?? null,
  });
}

function segmentsToSkip(text: string): number {
  const value = parseNumber(text);
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new UserError(`--skip-segments is ${text}; allowed is a whole number of 0 or more`);
}

/** Before anything is computed. */
async function refuseOut(out: string): Promise<void> {
  if (await exists(out)) throw new UserError(`${out} exists already: choose another file with --out, or remove it`);
  await readdir(dirname(out)).catch((error: unknown) => {
    throw new UserError(`cannot write ${out}: ${problemOf(error)}`);
  });
}

/** All recordings of all files, cut into spans. */
async function readDriving(paths: readonly string[], skip: number | undefined): Promise<Driving> {
  const cuts: Cut[] = [];
  let task: TaskDefinition | undefined;
  for (const path of (await Promise.all(paths.map(filesOf))).flat()) {
    for (const recording of (await openRecording(path)).recordings) {
      const { info } = recording;
      const name = `${path}, rollout ${info.rollout}`;
      task = tasks[info.task];
      if (task?.model.kind !== "car" || !task.plants.identified) {
        throw new UserError(
          `${name} is a recording of ${info.task}; identify fits a car: allowed are recordings of ${carTasks().join(", ")}. Give one of those`,
        );
      }
      const cut = spansOf(recording, skip ?? SKIPPED[info.timing]);
      const notes = [...(info.note ? [info.note] : []), ...cut.notes].map((note) => `${name}: ${note}`);
      cuts.push({ spans: cut.spans, notes });
    }
  }
  if (!task) throw new UserError("give at least one recording");
  const spans = cuts.flatMap((cut) => cut.spans);
  return { task, spans, rollouts: cuts.length, notes: cuts.flatMap(({ notes }) => notes) };
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

function parameterTable({ model, plant, controlPeriod }: Identified): string[][] {
  const modelRows = Object.entries(model.parameters).map(([name, value]) => [
    `model.${name}`,
    digits(value),
    CAR_BOUNDS[name as CarParameterName].unit,
  ]);
  const units: Readonly<Record<string, string>> = { gripLimit: "m/s²", steeringTrim: "1" };
  const plantRows = Object.entries(plant.parameters).map(([name, value]) => [
    `plant.${name}`,
    digits(value),
    units[name] ?? CAR_BOUNDS[name as CarParameterName].unit,
  ]);
  const delays = (of: string, [throttle, steering]: readonly [number, number]) => [
    [`${of} delay of the throttle`, digits(throttle), "s"],
    [`${of} delay of the steering`, digits(steering), "s"],
  ];
  return [
    ["parameter", "value", "unit"],
    ...modelRows,
    ...delays("model", [model.delays[0] * controlPeriod, model.delays[1] * controlPeriod]),
    ...plantRows,
    ...delays("plant", plant.delays),
  ];
}

function errorTable(errors: readonly CarErrors[]): string[][] {
  const row = (car: string, data: string, e: PredictionErrors) => [
    car,
    data,
    digits(e.acceleration, 3),
    digits(e.turnRate, 3),
    ...[e.position, e.speed, e.heading].map((of) => `${digits(of.median, 3)} / ${digits(of.percent95, 3)}`),
  ];
  return [
    [
      `median / 95 % after ${HORIZON} s`,
      "on",
      "dv/dt [m/s²]",
      "dphi/dt [rad/s]",
      "position [m]",
      "speed [m/s]",
      "heading [rad]",
    ],
    ...errors.map(({ car, fitted }) => row(car, "fitted", fitted)),
    ...errors.flatMap(({ car, check }) => (check ? [row(car, "check", check)] : [])),
  ];
}

/** Settings for `lapgrad train --config`. */
function configOf({ plant }: Identified, task: TaskDefinition, recordings: readonly string[]): string {
  const rounded = (value: number) => Number(value.toPrecision(4));
  const parameters = Object.fromEntries(
    Object.entries(plant.parameters).map(([name, value]) => [name, rounded(value)]),
  );
  return (
    `# The car of ${recordings.join(", ").replaceAll(/\s+/g, " ")}\n# made by lapgrad identify: use it with lapgrad train --config\n` +
    stringify({
      task: task.name,
      plant: "identified",
      "plant-delay": plant.delays.map(rounded),
      parameters: { plant: parameters },
    })
  );
}
