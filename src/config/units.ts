/** In what a training is counted. */
import { UserError } from "../errors.js";
import { resolveTask, segmentsPerLap } from "./resolve.js";
import type { RunConfig } from "./schema.js";

/** What a rollout of a training is called: of one drive, where the task has laps, it is a lap. */
export function unitOf(config: RunConfig): "lap" | "rollout" {
  return config["update-every"] !== "rollout" && lapOf(config) !== undefined ? "lap" : "rollout";
}

/** Refuses a length in laps of a training that has none. */
export function refuseUnlessLaps(config: RunConfig, laps: number): void {
  if (lapOf(config) === undefined)
    throw new UserError(`--laps is ${laps}, but ${config.task} has no laps: give its length with --rollouts`);
  if (unitOf(config) === "rollout")
    throw new UserError(
      `--laps is ${laps}, but update-every is rollout, and separate rollouts are no laps: give --rollouts, or ` +
        "--update-every lap or a number of segments",
    );
}

/** Whether parameters change within a lap: then what was promised of a change is no promise for the lap. */
export function changesWithinLaps(config: RunConfig): boolean {
  return unitOf(config) === "lap" && Number(config["update-every"]) < (lapOf(config) ?? 0);
}

/** Network calls of a rollout. */
export function segmentsPerRollout(config: RunConfig): number {
  const every = config["update-every"];
  return every === "rollout" ? config["rollout-segments"] : (lapOf(config) ?? Number(every));
}

/** Network calls of a lap; undefined: the task has none. */
function lapOf(config: RunConfig): number | undefined {
  return segmentsPerLap(resolveTask(config).task, config.pace);
}
