import type { Columns, Recording } from "../recording/recording.js";
import type { Aim } from "../tasks/definition.js";
import type { RolloutMetrics } from "../training/metrics.js";

/** A rollout whose recording is drawn. */
export interface DrawnRollout {
  /** what it is, without its number: "first", "best", "last", "first and best", … */
  readonly label: string;
  /** index of the rollout in its run, from 1 */
  readonly rollout: number;
  readonly recording: Recording;
}

/** What of a report does not change while a run trains. */
export interface ReportFrame {
  /** heading of the page: task and run */
  readonly title: string;
  /** what a rollout is called */
  readonly unit: "lap" | "rollout";
  /** nothing was learned yet while the first was driven */
  readonly isFirstUntrained: boolean;
  readonly task: string;
  /** nominal track, closed polyline in the direction of travel [m]; empty if the task has none */
  readonly track: readonly (readonly [number, number])[];
  /** names and units of state, input and so on */
  readonly columns: Columns;
  /** time of one lap [s]; undefined if the task is not periodic */
  readonly lapTime: number | undefined;
  /** quantities with a target, drawn beside it; of something that is no state, with the target's value */
  readonly aims: readonly (Omit<Aim, "of"> & {
    readonly of: { readonly state: number } | { readonly target: number };
  })[];
  /** units of model errors, by the name of the metric */
  readonly modelErrors: Readonly<Record<string, string>>;
  /** resolved configuration, YAML */
  readonly configuration: string;
  /** [m] of what the task's picture draws: the links of the arm, the pole; empty for others */
  readonly lengths: readonly number[];
  /** names with units of the network outputs, e.g. "setpoint x [m]" */
  readonly outputNames: readonly string[];
  /** version of the program */
  readonly version: string;
}

/** Everything a report shows. Values that are not finite are shown as missing. */
export interface ReportInput extends ReportFrame {
  /** one per rollout, in the order driven */
  readonly metrics: readonly RolloutMetrics[];
  /** what was noticed while driving, per rollout (index from 1) */
  readonly noticed: Readonly<Record<number, readonly string[]>>;
  /** index (from 1) of the best rollout */
  readonly best: number;
  /** first, best and last rollout; where they coincide, each once */
  readonly rollouts: readonly DrawnRollout[];
  /** the newest drive of a robot that holds what was measured, and its file; absent if there is none */
  readonly drive?: { readonly name: string; readonly recording: Recording };
}
