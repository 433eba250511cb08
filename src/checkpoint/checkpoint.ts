/**
 * Everything a run needs to go on, in one file written atomically: parameters, optimiser state, random state, counters,
 * and the names of the parts they belong to. Layout, little-endian: 8 bytes "lapgradC", u32 format version, u32 length
 * of a JSON header, the header padded with spaces to a multiple of 8, the arrays as float64, and the SHA-256 of all
 * that.
 */
import { createHash } from "node:crypto";
import { open, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, UserError } from "../errors.js";
import { codeOf, problemOf, writeAtomically } from "../files.js";
import { encodeHeader, parseHeader } from "./header.js";
import { notARun } from "./not-a-run.js";

const MAGIC = "lapgradC";
/** Raised whenever the layout or the meaning of a field changes. */
const VERSION = 1;
const PREFIX = 16;
const HASH = 32;

/** A file in the run's `rollouts`. */
export interface KeptRecording {
  readonly file: string;
  /** of the whole file, in hexadecimal */
  readonly sha256: string;
}

/** What of a checkpoint is each robot's own, beside numbers and arrays. */
export type RobotPart = Pick<
  Checkpoint,
  "updates" | "rollouts" | "best" | "firstWindowCost" | "recordings" | "config"
> & {
  /** it left the others for good */
  readonly isOut: boolean;
};

export interface Checkpoint {
  readonly task: string;
  /** layer widths of the network, features first */
  readonly layers: readonly number[];
  /** name of the update rule, whose state is in `arrays` and `optimiser` */
  readonly update: string;
  /** updates done */
  readonly updates: number;
  /** rollouts driven and used */
  readonly rollouts: number;
  /**
   * the best rollout so far: index (from 1; 0 before the first), window cost, and updates before it began; of a race
   * its lap time [s], if it stayed inside its budget
   */
  readonly best: {
    readonly rollout: number;
    readonly windowCost: number;
    readonly updates: number;
    readonly lapTime?: number | undefined;
  };
  /** window cost of the first rollout; 0 before it */
  readonly firstWindowCost: number;
  /** scalar state of the update rule */
  readonly optimiser: Readonly<Record<string, number>>;
  /**
   * recordings that the model is fitted to, oldest first, null in the place of one that was left out; absent in
   * checkpoints of older versions, as is `config`
   */
  readonly recordings?: readonly (KeptRecording | null)[] | undefined;
  /** settings of the run, by which an edited config.yaml is found out */
  readonly config?: Readonly<Record<string, unknown>> | undefined;
  /**
   * of several robots that learn one policy, by name: what each has of its own; before the names of its numbers and
   * arrays stands `name/`
   */
  readonly robots?: Readonly<Record<string, RobotPart>> | undefined;
  /** parameters, random state, moments: by the name of the core's region */
  readonly arrays: Readonly<Record<string, Float64Array>>;
}

/** Path of a checkpoint, by its number: laps driven, or of separate rollouts updates made. */
export function checkpointPath(run: string, number: number): string {
  return join(run, "checkpoints", `${String(number).padStart(4, "0")}.ckpt`);
}

/** A checkpoint's number. */
export function numberOf(checkpoint: Pick<Checkpoint, "updates" | "rollouts" | "config">): number {
  return isCountedInRollouts(checkpoint) ? checkpoint.rollouts : checkpoint.updates;
}

/** The number of the checkpoint that holds the policy which the best rollout began with; 0 before the first rollout. */
export function bestNumberOf(checkpoint: Pick<Checkpoint, "best" | "config">): number {
  const { rollout, updates } = checkpoint.best;
  return isCountedInRollouts(checkpoint) ? Math.max(0, rollout - 1) : updates;
}

/** One drive has a checkpoint per lap, however many updates that had; of older versions both numbers were the same. */
function isCountedInRollouts({ config }: Pick<Checkpoint, "config">): boolean {
  const every = config?.["update-every"];
  return every !== undefined && every !== "rollout";
}

export async function writeCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  const { arrays, ...rest } = checkpoint;
  const lengths = Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, array.length]));
  let header = encodeHeader({ ...rest, arrays: lengths });
  header += " ".repeat((8 - (Buffer.byteLength(header) % 8)) % 8);
  const prefix = Buffer.alloc(PREFIX);
  prefix.write(MAGIC, "latin1");
  prefix.writeUInt32LE(VERSION, 8);
  prefix.writeUInt32LE(Buffer.byteLength(header), 12);
  const bodies = Object.values(arrays).map((array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength));
  const content = Buffer.concat([prefix, Buffer.from(header), ...bodies]);
  await writeAtomically(path, Buffer.concat([content, createHash("sha256").update(content).digest()]));
}

/** What the header of a checkpoint says, read without its numbers; undefined if it cannot be read. */
export async function headerOf(path: string): Promise<Omit<Checkpoint, "arrays"> | undefined> {
  try {
    const file = await open(path);
    try {
      const prefix = Buffer.alloc(PREFIX);
      await file.read(prefix, 0, PREFIX, 0);
      const length = prefix.readUInt32LE(12);
      if (length > (await file.stat()).size) return undefined;
      const header = Buffer.alloc(length);
      await file.read(header, 0, header.length, PREFIX);
      return parseHeader(path, header.toString());
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}

/** What to do where a checkpoint cannot be used. */
const EARLIER = "name another with --checkpoint, e.g. a lower number; lapgrad train --resume passes it over by itself";

/** Reads and verifies a checkpoint; a {@link UserError} says what is wrong with the file. */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  let file: Buffer;
  try {
    file = await readFile(path);
  } catch (error) {
    throw new UserError(`cannot read the checkpoint ${path}: ${problemOf(error)}`);
  }
  if (file.length < PREFIX || file.toString("latin1", 0, 8) !== MAGIC) {
    throw new UserError(`${path} is not a lapgrad checkpoint, or was cut off (${file.length} bytes): ${EARLIER}`);
  }
  const version = file.readUInt32LE(8);
  if (version !== VERSION) {
    throw new UserError(
      `${path} has checkpoint version ${version}, this lapgrad reads version ${VERSION}: ` +
        "use the lapgrad that wrote it, unless the file is damaged",
    );
  }
  const content = file.subarray(0, file.length - HASH);
  if (
    file.length < PREFIX + HASH ||
    !createHash("sha256")
      .update(content)
      .digest()
      .equals(file.subarray(file.length - HASH))
  ) {
    throw new UserError(
      `${path} is damaged or was cut off (its checksum does not fit ${file.length} bytes): ${EARLIER}`,
    );
  }
  const headerEnd = PREFIX + file.readUInt32LE(12);
  const { arrays: lengths, ...rest } = parseHeader(path, file.toString("utf8", PREFIX, headerEnd));
  const total = Object.values(lengths).reduce((sum, length) => sum + length, 0);
  if (headerEnd + 8 * total !== content.length) {
    throw new UserError(
      `${path} holds ${content.length - headerEnd} bytes of numbers, its header says ${8 * total}: ` +
        `something else than lapgrad wrote it; ${EARLIER}`,
    );
  }
  const arrays: Record<string, Float64Array> = {};
  let at = headerEnd;
  for (const [name, length] of Object.entries(lengths)) {
    arrays[name] = new Float64Array(new Uint8Array(content.subarray(at, at + 8 * length)).buffer);
    at += 8 * length;
  }
  const bad = arrays.parameters?.findIndex((value) => !Number.isFinite(value)) ?? -1;
  if (bad >= 0) {
    throw new UserError(
      `${path} holds a policy whose weight ${bad} is ${arrays.parameters[bad]}, allowed are finite numbers: ${EARLIER}`,
    );
  }
  return { ...rest, arrays };
}

/**
 * The newest checkpoint of a run that can be read and counts at most `rollouts` rollouts; what is wrong with newer ones
 * is said in `passedOver`. Undefined if the run has no checkpoint file at all: it was stopped before its first.
 */
export async function latestCheckpoint(
  run: string,
  rollouts = Number.POSITIVE_INFINITY,
): Promise<{ checkpoint: Checkpoint | undefined; passedOver: string[] }> {
  const passedOver: string[] = [];
  for (const number of (await listCheckpoints(run)).reverse()) {
    const path = checkpointPath(run, number);
    try {
      const checkpoint = await readCheckpoint(path);
      if (numberOf(checkpoint) !== number) passedOver.push(`${path} is checkpoint ${numberOf(checkpoint)}, renamed`);
      else if (checkpoint.rollouts <= rollouts) return { checkpoint, passedOver };
      else
        passedOver.push(`${path} counts ${checkpoint.rollouts} rollouts, metrics.jsonl has the first ${rollouts} only`);
    } catch (error) {
      passedOver.push(messageOf(error));
    }
  }
  if (passedOver.length === 0) return { checkpoint: undefined, passedOver };
  throw new UserError(
    `none of the ${passedOver.length} checkpoints of ${run} can be used: ${passedOver[0]}; train anew`,
  );
}

/** The numbers of all checkpoints of a run, ascending. */
export async function listCheckpoints(run: string): Promise<number[]> {
  let names: string[];
  try {
    names = await readdir(join(run, "checkpoints"));
  } catch (error) {
    const missing = codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR";
    throw missing ? notARun(run) : new UserError(`cannot read ${run}: ${problemOf(error)}`);
  }
  return names
    .filter((name) => /^\d+\.ckpt$/.test(name))
    .map((name) => Number.parseInt(name, 10))
    .sort((a, b) => a - b);
}
