import { UserError } from "../errors.js";
import type { Measured } from "../estimation/measured.js";
import type { TrackFeatures } from "../tasks/definition.js";
import type { DriveEvent } from "./events.js";

/**
 * One rollout as it was driven, whatever it was read from: our own MCAP, or the authors' JSON. Arrays are row-major
 * float64; widths (number of columns) follow from the task named in `task`.
 */
export interface Recording {
  readonly info: RecordingInfo;
  /** per control step: time since the start of the rollout [s] */
  readonly times: Float64Array;
  /** per control step: state before the step, n columns */
  readonly states: Float64Array;
  /** state after the last step, n columns; empty if it was not recorded */
  readonly finalState: Float64Array;
  /** per control step: applied input, m columns */
  readonly inputs: Float64Array;
  /** per control step: what the controller tracked */
  readonly references: Float64Array;
  /** per control step: stage cost; empty if it was not recorded */
  readonly costs: Float64Array;
  /** per control step: residuals whose squares add up to the stage cost; empty if not recorded */
  readonly residuals: Float64Array;
  /** per control step: how fast the task was driven, task time per time; empty if that was 1 throughout */
  readonly paces: Float64Array;
  /** per control step: what a simulation says of the body after the step, roll and slip; empty if it says nothing */
  readonly body: Float64Array;
  /**
   * per segment: index of its first control step (0-based). After the last network call there may have been no step:
   * then its start is the number of steps, or is not there, and this array is one shorter than `segmentTimes`. On a
   * real robot the steps before the first start tracked something stale: skip them.
   */
  readonly segmentStarts: Float64Array;
  /** per segment: task time of the network call [s] */
  readonly segmentTimes: Float64Array;
  /** per segment: state at the network call, n columns */
  readonly segmentStates: Float64Array;
  /**
   * per segment: setpoint offsets, then gain offsets (network outputs times their scale); empty if the network was not
   * recorded
   */
  readonly outputs: Float64Array;
  /** per segment: setpoint */
  readonly setpoints: Float64Array;
  /** per segment: gains */
  readonly gains: Float64Array;
  /**
   * what happened beside driving, in the order in which it was recorded; empty unless the drive was recorded as it
   * happened
   */
  readonly events: readonly DriveEvent[];
  /** what the estimator was given; absent unless a robot was driven, or heard, that has one */
  readonly measured?: Measured;
}

/** What is known of a rollout beyond its arrays. */
export interface RecordingInfo {
  /** name of the task, e.g. car-figure8 */
  readonly task: string;
  /** index of the rollout in its run, from 1 */
  readonly rollout: number;
  /** `simulation` (fixed steps) or `hardware` (measured times) */
  readonly timing: "simulation" | "hardware";
  /** task time at the start of the rollout [s] */
  readonly startTime: number;
  /**
   * names and units of the columns, e.g. { state: ["x [m]", …], input: […], reference: […], residual: […], setpoint:
   * […], gain: […] }
   */
  readonly columns: Columns;
  /** of a task on a track: its points, as a CSV */
  readonly track?: string;
  /** what the network saw of it; absent: its places */
  readonly features?: TrackFeatures;
  /** wall clock at the start, ISO 8601; absent unless the drive was recorded as it happened */
  readonly began?: string;
  /** false if the file ends early: what could be read is here, what is missing is said in `note` */
  readonly complete: boolean;
  /** for people: what is missing, or empty */
  readonly note: string;
}

/** Groups of columns that a recording names. */
export type ColumnGroup = "state" | "input" | "reference" | "residual" | "setpoint" | "gain";
export type Columns = Readonly<Record<ColumnGroup, readonly string[]>> & { readonly body?: readonly string[] };

/** Number of control steps. */
export function stepCount(recording: Recording): number {
  return recording.times.length;
}

/** Whether somebody else drove, by hand or by radio: nothing was asked of the robot, and no policy was called. */
export function isHeardOnly({ references, segmentTimes, times }: Recording): boolean {
  return times.length > 0 && references.length === 0 && segmentTimes.length === 0;
}

/** What was driven cost in all: the sum over the control steps. */
export function costOf({ costs }: Pick<Recording, "costs">): number {
  return costs.reduce((sum, cost) => sum + cost, 0);
}

/** Task time at every control step [s]. */
export function taskTimes({ times, paces, info }: Pick<Recording, "times" | "paces" | "info">): Float64Array {
  let shift = 0;
  return times.map((time, t) => {
    if (t > 0 && paces.length > 0) shift += (paces[t - 1] - 1) * (time - times[t - 1]);
    return info.startTime + time + shift;
  });
}

/** Number of segments, which is the number of network calls. */
export function segmentCount(recording: Recording): number {
  return recording.segmentTimes.length;
}

/** A recording that cannot be read or written; says what was got, what is allowed, what to do. */
export class RecordingError extends UserError {
  constructor(message: string, exitCode: 1 | 2 = 2) {
    super(message, exitCode);
    this.name = "RecordingError";
  }
}
