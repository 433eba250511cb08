/**
 * What a shake leaves on disk: config.yaml, shake.json (what was planned, and the policy that it is about),
 * directions.json (in weight space, where they are shaken), laps.jsonl (a line per lap) and laps/NNNN.mcap. A lap is on
 * disk before the next one ends.
 */
import { join } from "node:path";
import * as v from "valibot";
import { readCompleteConfig } from "../config/config.js";
import type { RunConfig } from "../config/schema.js";
import { messageOf, UserError } from "../errors.js";
import { createFolder, exists, namesIn, readText, writeAtomically } from "../files.js";
import { readRecording } from "../recording/reader.js";
import type { Recording } from "../recording/recording.js";
import { writeRecording } from "../recording/writer.js";
import { rolloutName } from "../training/run-folder.js";
import { appendLines, completeLines, linesOf } from "../training/run-lines.js";
import { ALL_GROUPS } from "./adjustment.js";
import type { ShakenLap } from "./estimate.js";

const NUMBERS = v.array(v.number());

const PLAN = v.object({
  groups: v.array(v.picklist(ALL_GROUPS)),
  knots: v.number(),
  /** of each group of directions */
  directions: v.optional(v.number(), 0),
  /** of the design */
  seed: v.number(),
  /** laps that count, the pilot's included */
  laps: v.number(),
  /** largest deviation of the position that perturbations are to make [m] */
  bound: v.number(),
  /** the policy that is shaken: the network's parameters, float64 as base64, and its adjustment */
  policy: v.string(),
  adjustment: NUMBERS,
  /** of the parameters that are shaken, in units of their scales */
  base: NUMBERS,
});
export type ShakePlan = v.InferOutput<typeof PLAN>;

/** Vectors of the length of the network's parameters, as {@link textOf}. */
const DIRECTIONS = v.object({ directions: v.array(v.pipe(v.string(), v.transform(numbersIn))) });

const LAP = v.object({
  index: v.number(),
  /** drive of the shake, from 1: laps of one follow each other */
  drive: v.number(),
  /** what was added to the base */
  values: NUMBERS,
  /** passage: the drive has not settled, or was stopped; pilot and shaken laps count, and so do nominal ones */
  kind: v.picklist(["passage", "nominal", "pilot", "shaken"]),
  seconds: v.number(),
  cost: v.number(),
});
export type ShakeLine = v.InferOutput<typeof LAP>;

export class ShakeFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** The shake that a path leads to: itself, or the last one of a run; undefined if there is none. */
  static async find(path: string): Promise<ShakeFolder | undefined> {
    if (await exists(join(path, "shake.json"))) return new ShakeFolder(path);
    if (!(await exists(join(path, "shakes")))) return undefined;
    const numbers = (await namesIn(join(path, "shakes"))).map(Number).filter(Number.isInteger);
    if (numbers.length === 0) return undefined;
    const last = new ShakeFolder(join(path, "shakes", String(Math.max(...numbers))));
    return (await exists(join(last.path, "shake.json"))) ? last : undefined;
  }

  /** A path for a further shake of a run. */
  static async nextOf(run: string): Promise<string> {
    const numbers = (await namesIn(join(run, "shakes"))).map(Number).filter(Number.isInteger);
    return join(run, "shakes", String(Math.max(0, ...numbers) + 1));
  }

  get configPath(): string {
    return join(this.path, "config.yaml");
  }

  /** Folder in which drives of a robot are recorded as they happen. */
  get drives(): string {
    return join(this.path, "drives");
  }

  /** What makes it a shake, shake.json, comes last. */
  async create(config: string, plan: ShakePlan): Promise<void> {
    if ((await namesIn(this.path)).length > 0)
      throw new UserError(`the folder ${this.path} exists and is not empty: choose another with --out`);
    await createFolder(join(this.path, "laps"));
    await writeAtomically(this.configPath, config);
    await writeAtomically(join(this.path, "laps.jsonl"), "");
    await writeAtomically(join(this.path, "shake.json"), `${JSON.stringify(plan)}\n`);
  }

  async readPlan(): Promise<ShakePlan> {
    return parsed(PLAN, await readText(join(this.path, "shake.json")), join(this.path, "shake.json"));
  }

  /** Directions are found in the first laps, and stay. */
  async keepDirections(directions: readonly Float64Array[]): Promise<void> {
    await writeAtomically(this.#directionsPath, `${JSON.stringify({ directions: directions.map(textOf) })}\n`);
  }

  /** Undefined if they are not found yet. */
  async readDirections(): Promise<Float64Array[] | undefined> {
    if (!(await exists(this.#directionsPath))) return undefined;
    const text = await readText(this.#directionsPath);
    return parsed(DIRECTIONS, text, this.#directionsPath).directions;
  }

  get #directionsPath(): string {
    return join(this.path, "directions.json");
  }

  readConfig(): Promise<RunConfig> {
    return readCompleteConfig(this.configPath);
  }

  /** Lines of the laps whose recordings are there; a line that a crash cut off is left out. */
  async readLines(): Promise<ShakeLine[]> {
    const path = join(this.path, "laps.jsonl");
    const lines = (await completeLines(path)) ?? [];
    return lines.map((line) => parsed(LAP, line, path));
  }

  /** Forgets a line that a crash cut off. */
  async repair(): Promise<void> {
    await writeAtomically(join(this.path, "laps.jsonl"), linesOf(await this.readLines()));
  }

  async keep(line: ShakeLine, recording: Recording): Promise<void> {
    await writeRecording(this.#recordingPath(line.index), recording, { cost: line.cost, seconds: line.seconds });
    await appendLines(join(this.path, "laps.jsonl"), [line]);
  }

  /** The laps that count. */
  async readLaps(lines: readonly ShakeLine[]): Promise<ShakenLap[]> {
    return countedLaps(lines, await this.readRecordings(lines));
  }

  readRecordings(lines: readonly ShakeLine[]): Promise<Recording[]> {
    return Promise.all(lines.map(({ index }) => readRecording(this.#recordingPath(index))));
  }

  #recordingPath(index: number): string {
    return join(this.path, "laps", rolloutName(index));
  }
}

/** The laps that count, each with the one before it in the same drive. */
export function countedLaps(lines: readonly ShakeLine[], recordings: readonly Recording[]): ShakenLap[] {
  return lines.flatMap(({ kind, values, drive }, i) => {
    if (kind === "passage") return [];
    const before = i > 0 && lines[i - 1].drive === drive ? recordings[i - 1] : undefined;
    return [{ values: Float64Array.from(values), recording: recordings[i], before }];
  });
}

/** The bytes of float64 numbers as text, and back. */
export function textOf(numbers: Float64Array): string {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString("base64");
}

export function numbersIn(text: string): Float64Array {
  return new Float64Array(Uint8Array.from(Buffer.from(text, "base64")).buffer);
}

/** JSON as a command wrote it. */
export function parsed<T>(
  schema: v.GenericSchema<unknown, T>,
  text: string,
  path: string,
  command: "shake" | "train" = "shake",
): T {
  try {
    return v.parse(schema, JSON.parse(text));
  } catch (error) {
    throw new UserError(`${path} is not what lapgrad ${command} wrote (${messageOf(error)}): ${command} again`);
  }
}
