/** The report of a run folder. */
import { basename, resolve } from "node:path";
import { readCompleteConfig } from "../config/config.js";
import { changesWithinLaps, unitOf } from "../config/units.js";
import type { Core } from "../core/core.js";
import { messageOf, UserError } from "../errors.js";
import { readText, writeAtomically } from "../files.js";
import { readRecording } from "../recording/reader.js";
import { coreFor } from "../session.js";
import type { TaskDefinition } from "../tasks/definition.js";
import { bestOf } from "../training/metrics.js";
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
    configuration: await readText(folder.configPath),
    outputNames: outputNames(task),
    version: VERSION,
  });
  await writeAtomically(path, html);
  return { path, missing };
}

function outputNames(task: TaskDefinition): string[] {
  return [...task.columns.setpoint.map((name) => `setpoint ${name}`), ...task.columns.gain];
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
