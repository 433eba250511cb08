/** What is known of a run in numbers. */
import type { RunConfig } from "../../config/schema.js";
import { unitOf } from "../../config/units.js";
import { UserError } from "../../errors.js";
import type { TrainedRollout } from "../../training/metrics.js";
import { RunFolder } from "../../training/run-folder.js";
import { readUpdates, withPromises } from "../../training/updates-file.js";

export interface RunNumbers {
  /** what a rollout is called */
  readonly unit: "lap" | "rollout";
  readonly rollouts: readonly TrainedRollout[];
  /** by name; those of all updates, also within laps */
  readonly updates: readonly Readonly<Record<string, number | undefined>>[];
}

/** Reads the numbers of a run, which may still be training. */
export async function numbersOf(run: string, config: RunConfig): Promise<RunNumbers> {
  const rollouts = await withPromises(run, await new RunFolder(run).readMetrics());
  if (rollouts.length === 0)
    throw new UserError(`${run} has no finished lap or rollout yet: there is nothing to export`);
  return { unit: unitOf(config), rollouts, updates: await readUpdates(run) };
}
