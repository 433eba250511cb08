/** The forms that the numbers of a run are written in, for other programs: a new form is a line in {@link tables}. */
import type { RunConfig } from "../../config/schema.js";
import { unitOf } from "../../config/units.js";
import { UserError } from "../../errors.js";
import type { TrainedRollout } from "../../training/metrics.js";
import { RunFolder } from "../../training/run-folder.js";
import { readUpdates, withPromises } from "../../training/updates-file.js";
import { csvOf } from "./csv.js";
import { jsonLinesOf } from "./json-lines.js";
import { eventsOf } from "./tensorboard.js";

/** What is known of a run in numbers. */
export interface RunNumbers {
  /** what a rollout is called */
  readonly unit: "lap" | "rollout";
  readonly rollouts: readonly TrainedRollout[];
  /** by name; those of all updates, also within laps */
  readonly updates: readonly Readonly<Record<string, number | undefined>>[];
}

interface TableForm {
  /** in the run's folder, unless told otherwise */
  readonly file: string;
  write(numbers: RunNumbers): string | Uint8Array;
}

export const tables: Readonly<Record<string, TableForm>> = {
  // TensorBoard finds files by a part of their name
  tensorboard: { file: "tensorboard/events.out.tfevents.0.lapgrad", write: eventsOf },
  csv: { file: "metrics.csv", write: csvOf },
  jsonl: { file: "flat-metrics.jsonl", write: jsonLinesOf },
};

/** Reads the numbers of a run, which may still be training. */
export async function numbersOf(run: string, config: RunConfig): Promise<RunNumbers> {
  const rollouts = await withPromises(run, await new RunFolder(run).readMetrics());
  if (rollouts.length === 0)
    throw new UserError(`${run} has no finished lap or rollout yet: there is nothing to export`);
  return { unit: unitOf(config), rollouts, updates: await readUpdates(run) };
}
