/** The report of a run folder. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { readCompleteConfig } from "../config/config.js";
import { messageOf, UserError } from "../errors.js";
import { namesIn, readText, writeAtomically } from "../files.js";
import { digits, shortened } from "../output.js";
import { readRecording } from "../recording/reader.js";
import { costOf, type Recording } from "../recording/recording.js";
import { coreFor } from "../session.js";
import { bestOf, type RolloutMetrics } from "../training/metrics.js";
import { RunFolder } from "../training/run-folder.js";
import { withPromises } from "../training/updates-file.js";
import { frameOf } from "./frame.js";
import type { DrawnRollout, ReportInput } from "./input.js";
import { renderReport } from "./report.js";

/** A report that was written. */
export interface WrittenReport {
  readonly path: string;
  /** what is missing in it, for people; empty if it is whole */
  readonly missing: readonly string[];
}

/** Writes the report of a run, to `<run>/report.html` unless told otherwise, from what can be read. */
export async function writeReport(run: string, out?: string): Promise<WrittenReport> {
  const folder = new RunFolder(run);
  const metrics = await withPromises(run, await folder.readMetrics());
  if (metrics.length === 0)
    throw new UserError(`${run} has no finished lap or rollout yet: there is nothing to report`);
  const config = await readCompleteConfig(folder.configPath);
  const core = await coreFor(config, 1, 1);
  const best = bestOf(metrics)?.index ?? 1;
  const marks = Object.entries({ first: 1, best, last: metrics.length });
  const rollouts: DrawnRollout[] = [];
  const missing: string[] = [];
  for (const rollout of new Set(marks.map(([, index]) => index))) {
    try {
      const recording = await readRecording(folder.rolloutPath(rollout));
      const foreign = foreignness(recording, config.task, metrics[rollout - 1]);
      if (foreign !== undefined) {
        missing.push(`${folder.rolloutPath(rollout)} is not this run's: ${foreign}; put the run's own file back`);
        continue;
      }
      const names = marks.filter(([, index]) => index === rollout).map(([name]) => name);
      rollouts.push({ label: names.join(" and "), rollout, recording });
      if (!recording.info.complete) missing.push(`${folder.rolloutPath(rollout)} ${recording.info.note}`);
    } catch (error) {
      missing.push(messageOf(error));
    }
  }
  if (rollouts.length === 0)
    throw new UserError(`none of the recordings that the report needs can be read: ${missing[0]}`);
  const drive = await newestMeasured(run);
  const path = out ?? folder.reportPath;
  const html = renderReport({
    ...frameOf(config, core, run, await readText(folder.configPath)),
    metrics,
    noticed: Object.fromEntries(metrics.map(({ index, noticed }) => [index, noticed])),
    best,
    rollouts,
    ...(drive && { drive }),
  });
  await writeAtomically(path, html);
  return { path, missing };
}

/** A drive that is longer is not gone through: five minutes [bytes]. */
const LONGEST_DRIVE = 32 * 1024 * 1024;

/** The newest drive of a robot that can be read and holds what was measured. */
async function newestMeasured(run: string): Promise<ReportInput["drive"]> {
  const folder = join(run, "drives");
  const names = (await namesIn(folder)).filter((name) => name.endsWith(".mcap")).sort();
  for (const name of names.reverse()) {
    const path = join(folder, name);
    const readable = await stat(path).then(
      ({ size }) => size <= LONGEST_DRIVE,
      () => false,
    );
    const recording = readable ? await readRecording(path).catch(() => undefined) : undefined;
    if (recording?.measured !== undefined) return { name: `drives/${name}`, recording };
  }
  return undefined;
}

/** Of a cost, relative: beyond it another rollout was driven. */
const SAME_COST = 1e-6;

/** Why a recording is not that of the rollout whose metrics are given; undefined if it may be. */
function foreignness({ info, costs }: Recording, task: string, metrics: RolloutMetrics): string | undefined {
  if (info.task !== task) return `it is of the task ${shortened(info.task)}, the run of ${task}`;
  if (info.rollout !== metrics.index) return `it is rollout ${info.rollout}`;
  const cost = costOf({ costs });
  const isWhole = info.complete && info.timing === "simulation" && costs.length > 0;
  if (isWhole && Math.abs(cost - metrics.cost) > SAME_COST * Math.abs(metrics.cost))
    return `its cost is ${digits(cost)}, that of rollout ${metrics.index} in metrics.jsonl ${digits(metrics.cost)}`;
  return undefined;
}
