/** The report of a run folder. */
import { basename, resolve } from "node:path";
import { readCompleteConfig } from "../config/config.js";
import { changesWithinLaps, unitOf } from "../config/units.js";
import type { Core } from "../core/core.js";
import { messageOf, UserError } from "../errors.js";
import { readText, writeAtomically } from "../files.js";
import { digits, shortened } from "../output.js";
import { readRecording } from "../recording/reader.js";
import type { Recording } from "../recording/recording.js";
import { coreFor } from "../session.js";
import type { TaskDefinition } from "../tasks/definition.js";
import { bestOf, type RolloutMetrics } from "../training/metrics.js";
import { RunFolder } from "../training/run-folder.js";
import { VERSION } from "../version.js";
import type { DrawnRollout } from "./input.js";
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
  const metrics = await folder.readMetrics();
  if (metrics.length === 0)
    throw new UserError(`${run} has no finished lap or rollout yet: there is nothing to report`);
  const config = await readCompleteConfig(folder.configPath);
  const core = await coreFor(config, 1, 1);
  const { task } = core.setup;
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
  const path = out ?? folder.reportPath;
  const html = renderReport({
    title: `${task.name}: ${basename(resolve(run))}`,
    unit: unitOf(config),
    isFirstUntrained: !changesWithinLaps(config),
    task: `${task.name} (${task.summary})`,
    metrics,
    noticed: Object.fromEntries(metrics.map(({ index, noticed }) => [index, noticed])),
    best,
    rollouts,
    track: nominalTrack(core),
    lapTime: task.timing.lapTime,
    aims: (task.aims ?? []).map(({ of, ...aim }) => ({
      ...aim,
      of: "state" in of ? of : { target: task.reward.parameters[of.rewardParameter] },
    })),
    modelErrors: task.model.refit ? { [`modelError.${task.model.refit.error}`]: task.model.refit.unit } : {},
    configuration: await readText(folder.configPath),
    lengths: lengthsOf(task),
    outputNames: outputNames(task),
    version: VERSION,
  });
  await writeAtomically(path, html);
  return { path, missing };
}

/** Of a cost, relative: beyond it another rollout was driven. */
const SAME_COST = 1e-6;

/** Why a recording is not that of the rollout whose metrics are given; undefined if it may be. */
function foreignness({ info, costs }: Recording, task: string, metrics: RolloutMetrics): string | undefined {
  if (info.task !== task) return `it is of the task ${shortened(info.task)}, the run of ${task}`;
  if (info.rollout !== metrics.index) return `it is rollout ${info.rollout}`;
  const cost = costs.reduce((sum, one) => sum + one, 0);
  const isWhole = info.complete && info.timing === "simulation" && costs.length > 0;
  if (isWhole && Math.abs(cost - metrics.cost) > SAME_COST * Math.abs(metrics.cost))
    return `its cost is ${digits(cost)}, that of rollout ${metrics.index} in metrics.jsonl ${digits(metrics.cost)}`;
  return undefined;
}

/** Lengths [m] that a task's picture draws, from the first of these in which it names some. */
function lengthsOf({ reward, model }: TaskDefinition): number[] {
  const named = [reward.parameters, model.parameters].map((parameters) =>
    Object.entries(parameters).flatMap(([name, value]) => (/^length\d?$/.test(name) ? [value] : [])),
  );
  return named.find(({ length }) => length > 0) ?? [];
}

function outputNames(task: TaskDefinition): string[] {
  const setpoints = task.columns.setpoint.map((name) => (name.startsWith("setpoint") ? name : `setpoint ${name}`));
  return [...setpoints, ...task.columns.gain];
}

/** The nominal positions over one lap; empty if the setpoints have no position or the task is not periodic. */
function nominalTrack(core: Core): [number, number][] {
  const { columns, timing } = core.setup.task;
  const x = columns.setpoint.indexOf("x [m]");
  const y = columns.setpoint.indexOf("y [m]");
  if (x < 0 || y < 0 || timing.lapTime === undefined) return [];
  const points = 240;
  const setpoint = core.view("probe");
  const track: [number, number][] = [];
  for (let i = 0; i < points; i++) {
    core.nominalSetpoint((timing.lapTime * i) / points);
    track.push([setpoint[x], setpoint[y]]);
  }
  return track;
}
