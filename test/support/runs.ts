/** Runs for tests: small, in folders of their own, compared byte by byte. */
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkpointPath } from "../../src/checkpoint/checkpoint.js";
import type { PartialConfig } from "../../src/config/config.js";
import { SimLink } from "../../src/links/kinds/sim.js";
import type { Output } from "../../src/output.js";
import type { Progress } from "../../src/training/judgement.js";
import type { RolloutMetrics, TrainedRollout } from "../../src/training/metrics.js";
import { train } from "../../src/training/on-disk.js";
import { newRun, resumedRun, type TrainOptions } from "../../src/training/run-start.js";

/** A new empty folder. */
export const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), "lapgrad-run-"));

/** A training that takes milliseconds: half a lap, whose second half counts. */
export const SMALL: PartialConfig = { rollouts: 6, "rollout-segments": 20, window: "10:0:0", hidden: [8, 8] };
/** The same on the command line. */
export const SMALL_ARGUMENTS = "--rollout-segments 20 --window 10:0:0 --hidden 8,8".split(" ");

/** Pieces of a lap of 40 segments: of 3, one of 4. */
export const PIECES = 13;
/** The checkpoint after so many laps. */
export const checkpointAfter = (run: string, laps: number): string => checkpointPath(run, laps);

/** An output that keeps what is said and resulted. */
export class Captured implements Output {
  readonly terminal = undefined;
  readonly lines: string[] = [];
  results: unknown[] = [];
  printed = "";

  say = (line: string): void => {
    this.lines.push(line);
  };
  format = (line: string): string => line;
  print = (text: string): void => {
    this.printed += text;
  };
  result = (value: unknown): void => {
    this.results.push(value);
  };
}

/** Starts or resumes a run and trains until its end, or until rollout `until` asks for a stop. */
export async function trainRun(options: TrainOptions, until = Number.POSITIVE_INFINITY): Promise<Progress> {
  const run = await (options.resume === undefined ? newRun(options) : resumedRun(options, new Captured()));
  const stop = new AbortController();
  const onRollout = ({ index }: RolloutMetrics) => {
    if (index >= until) stop.abort();
  };
  try {
    return await train({ ...run, link: new SimLink(), signal: stop.signal, onRollout }, run.progress);
  } finally {
    run.unlock();
  }
}

/** SHA-256 of every file of a run except its report, by path. */
export async function fingerprint(run: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const entry of await readdir(run, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name === "report.html") continue;
    const path = join(entry.parentPath, entry.name);
    files[path.slice(run.length + 1)] = createHash("sha256")
      .update(await readFile(path))
      .digest("hex");
  }
  return files;
}

/**
 * A car that loses a fifth of its grip in the lap after eight, or at `when`, trained twice in `folder`: as a whole, and
 * with a stop after each of `stops` rollouts. Answers with both runs.
 */
export async function trainedWhereGripIsLost(
  folder: string,
  rollouts: number,
  stops: readonly number[],
  when = "lap8",
) {
  const changes = { "plant-change": [`grip=0.8@${when}`], "stop-factor": 1e6 };
  const given: PartialConfig = { plant: "identified", hidden: [8], rollouts, ...changes };
  const [whole, resumed] = [join(folder, "whole"), join(folder, "resumed")];
  await trainRun({ given, out: whole });
  await trainRun({ given, out: resumed }, stops[0]);
  for (const until of stops.slice(1)) await trainRun({ given: {}, resume: resumed }, until);
  await trainRun({ given: {}, resume: resumed });
  return { whole, resumed };
}

/** A line of metrics.jsonl, as it is written. */
export type MetricsLine = TrainedRollout & {
  readonly model: Readonly<Record<string, { readonly value: number }>>;
};

/** The lines of metrics.jsonl. */
export async function metricsOf(run: string): Promise<MetricsLine[]> {
  const text = await readFile(join(run, "metrics.jsonl"), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as MetricsLine);
}
