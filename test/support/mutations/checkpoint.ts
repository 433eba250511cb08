/** Checkpoints with another header or other numbers, whose checksum fits, and what reads them: an export, a resume. */
import { createHash } from "node:crypto";
import { copyFile, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { checkpointPath } from "../../../src/checkpoint/checkpoint.js";
import type { PartialConfig } from "../../../src/config/config.js";
import { UserError } from "../../../src/errors.js";
import { openSource } from "../../../src/export/source.js";
import type { Output } from "../../../src/output.js";
import { metricsOf, trainRun } from "../runs.js";
import { mutateBytes, mutateValue, otherNumber, type Random } from "./random.js";

const PREFIX = 16;
const HASH = 32;

export function mutateCheckpoint(random: Random, bytes: Buffer): Uint8Array {
  const headerEnd = PREFIX + bytes.readUInt32LE(12);
  const header: unknown = JSON.parse(bytes.toString("utf8", PREFIX, headerEnd));
  const body = Buffer.from(bytes.subarray(headerEnd, -HASH));
  if (random.chance(0.15)) return sealed(Buffer.from(mutateBytes(random, bytes.subarray(0, -HASH))));
  if (random.chance(0.3)) changeNumber(random, body);
  const changed = random.chance(0.75) ? mutateValue(random, header) : header;
  const text = Buffer.from(JSON.stringify(changed) ?? "");
  const padded = Buffer.concat([text, Buffer.alloc((8 - (text.length % 8)) % 8, " ")]);
  const prefix = Buffer.from(bytes.subarray(0, PREFIX));
  prefix.writeUInt32LE(random.chance(0.05) ? random.pick([0, 7, 2 ** 31, 2 ** 32 - 1]) : padded.length, 12);
  return sealed(
    Buffer.concat([prefix, padded, random.chance(0.1) ? body.subarray(0, random.below(body.length)) : body]),
  );
}

function changeNumber(random: Random, body: Buffer): void {
  const at = 8 * random.below(body.length / 8);
  const value = random.pick([Number.NaN, Number.POSITIVE_INFINITY, otherNumber(random, body.readDoubleLE(at))]);
  body.writeDoubleLE(value, at);
}

/** With its checksum behind it. */
function sealed(content: Buffer): Uint8Array {
  return Buffer.concat([content, createHash("sha256").update(content).digest()]);
}

/** A run that was stopped after its first update. */
export interface StoppedRun {
  readonly path: string;
  readonly checkpoint: Buffer;
  readonly metrics: Buffer;
}

export async function stoppedRun(path: string, given: PartialConfig): Promise<StoppedRun> {
  await trainRun({ given: { ...given, rollouts: 2 }, out: path }, 1);
  await rm(checkpointPath(path, 0)); // so that none is left but the changed one
  return { path, checkpoint: await readFile(checkpointPath(path, 1)), metrics: await readFile(metricsPath(path)) };
}

const metricsPath = (path: string) => join(path, "metrics.jsonl");

/** Puts a changed checkpoint into the run, exports it and trains on to the end. Throws if either did, a fault first. */
export async function useCheckpoint({ path, metrics }: StoppedRun, changed: string, output: Output): Promise<void> {
  await copyFile(changed, checkpointPath(path, 1));
  const ends = [await endOf(exported(path, output)), await endOf(resumed(path, output))].filter((end) => end);
  await Promise.all([checkpointPath(path, 2), join(path, "notes.txt")].map((one) => rm(one, { force: true })));
  await writeFile(metricsPath(path), metrics);
  if (ends.length > 0) throw ends.find((end) => !(end instanceof UserError)) ?? ends[0];
}

const endOf = (work: Promise<void>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

/** What an export does before it writes and checks its file, which take a hundred times as long. */
async function exported(path: string, output: Output): Promise<void> {
  output.result((await openSource(path, "1", undefined)).policy);
}

async function resumed(path: string, output: Output): Promise<void> {
  await trainRun({ given: {}, resume: path });
  output.result(await metricsOf(path));
}
