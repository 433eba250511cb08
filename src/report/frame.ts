/** What of a report does not change while a run trains: task, track, names. */
import { basename, resolve } from "node:path";
import type { RunConfig } from "../config/schema.js";
import { changesWithinLaps, unitOf } from "../config/units.js";
import type { Core } from "../core/core.js";
import type { TaskDefinition } from "../tasks/definition.js";
import { VERSION } from "../version.js";
import type { ReportFrame } from "./input.js";

/** Of the run at a path; `configuration`: the text of its file. */
export function frameOf(config: RunConfig, core: Core, run: string, configuration: string): ReportFrame {
  const { task } = core.setup;
  return {
    title: `${task.name}: ${basename(resolve(run))}`,
    unit: unitOf(config),
    isFirstUntrained: !changesWithinLaps(config),
    task: `${task.name} (${task.summary})`,
    track: nominalTrack(core),
    columns: task.columns,
    lapTime: task.timing.lapTime,
    aims: (task.aims ?? []).map(({ of, ...aim }) => ({
      ...aim,
      of: "state" in of ? of : { target: task.reward.parameters[of.rewardParameter] },
    })),
    modelErrors: task.model.refit ? { [`modelError.${task.model.refit.error}`]: task.model.refit.unit } : {},
    configuration,
    lengths: lengthsOf(task),
    outputNames: outputNames(task),
    version: VERSION,
  };
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
export function nominalTrack(core: Core): [number, number][] {
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
