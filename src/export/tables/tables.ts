/** The forms that the numbers of a run are written in, for other programs: a new form is a line in {@link tables}. */
import { csvOf } from "./csv.js";
import { jsonLinesOf } from "./json-lines.js";
import type { RunNumbers } from "./numbers.js";
import { eventsOf } from "./tensorboard.js";

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
