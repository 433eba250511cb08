/** What the control thread writes down, one row per event, in a ring of shared memory that the main thread empties. */
import type { Firing } from "../core/firings.js";
import { ENTRIES } from "../estimation/entries.js";
import { MotionColumn, PoseColumn } from "../estimation/measured.js";
import type { TaskDefinition } from "../tasks/definition.js";

export enum RecordKind {
  /** a control step: time since task time 0 [s], state, input, reference, residuals, cost, pace, task time less time */
  step = 1,
  /** a network call: time, state, outputs, setpoint, gains, pace, task time less time */
  call,
  /** the state after the last control step: time, state */
  end,
  /** the runtime's state changed: the loop's clock [s], state, the clock at task time 0 */
  state,
  /** a fault: the loop's clock, fault, value, limit, when the last command was sent that the robot followed, or NaN */
  fault,
  /** the reflex fired: the loop's clock, task time, shortfall, grip that is left, pace from then on */
  reflex,
  /** what a robot measured that is only heard: when it held by the loop's clock [s], state, applied input */
  reading,
  /** what the estimator knows at the beginning, in parts: the loop's clock, number of the part, its numbers */
  begin,
  /** what it measured of a movement: its end by the loop's clock, then MotionColumn */
  motion,
  /** a pose from outside: when it came by the loop's clock, then PoseColumn */
  pose,
}

/** Where the columns of a row begin, for a task. */
export interface Layout {
  readonly width: number;
  readonly states: number;
  readonly inputs: number;
  readonly references: number;
  readonly residuals: number;
  readonly outputs: number;
  readonly setpoints: number;
  readonly gains: number;
  /** where pace and task time less time stand in a row of a step, and of a call */
  readonly stepPace: number;
  readonly callPace: number;
}

/** Numbers behind a step, and a call: pace, and task time less time. */
const PACE = 2;
/** The kind of record and its time come first. */
export const HEAD = 2;
/** Rows in the ring: with steps at 50 Hz, movements at 100 Hz and poses at 30 Hz three quarters of a minute. */
const ROWS = 8192;
/** Numbers of a part of what an estimator knows at the beginning. */
export const BEGIN_PART = ENTRIES;

export function layoutFor({ columns }: TaskDefinition): Layout {
  const states = columns.state.length;
  const inputs = columns.input.length;
  const references = columns.reference.length;
  const residuals = columns.residual.length;
  const setpoints = columns.setpoint.length;
  const gains = columns.gain.length;
  const outputs = setpoints + gains;
  const step = states + inputs + references + residuals + 1 + PACE;
  const call = states + outputs + setpoints + gains + PACE;
  return {
    width: HEAD + Math.max(step, call, 1 + BEGIN_PART, MotionColumn.count, PoseColumn.count),
    states,
    inputs,
    references,
    residuals,
    outputs,
    setpoints,
    gains,
    stepPace: HEAD + step - PACE,
    callPace: HEAD + call - PACE,
  };
}

/** Pace, and task time less time, of a row of a step or call. */
export function paceIn(row: Float64Array, { stepPace, callPace }: Layout): Float64Array {
  const from = row[0] === RecordKind.call ? callPace : stepPace;
  return row.subarray(from, from + PACE);
}

/** One writer, one reader. */
export class Ring {
  readonly buffer: SharedArrayBuffer;
  readonly #ends: Int32Array;
  readonly #rows: Float64Array;
  readonly #width: number;
  /** how many rows of the ring may be in use before {@link isNearlyFull} */
  readonly #most = 0.75 * ROWS;
  #at = 0;

  constructor({ width }: Layout, buffer?: SharedArrayBuffer) {
    this.buffer = buffer ?? new SharedArrayBuffer(8 + ROWS * width * 8);
    this.#ends = new Int32Array(this.buffer, 0, 2);
    this.#rows = new Float64Array(this.buffer, 8, ROWS * width);
    this.#width = width;
  }

  get used(): number {
    return Atomics.load(this.#ends, 0) - Atomics.load(this.#ends, 1);
  }

  /** The reader does not keep up: time to stop, with room left for what stopping leaves. */
  get isNearlyFull(): boolean {
    return this.used > this.#most;
  }

  /** Begins a row; false if the ring is full. */
  begin(kind: RecordKind, time: number): boolean {
    if (this.used === ROWS) return false;
    this.#at = (Atomics.load(this.#ends, 0) % ROWS) * this.#width;
    this.number(kind);
    this.number(time);
    return true;
  }

  /** Adds a number to the row that was begun. */
  number(value: number): void {
    this.#rows[this.#at++] = value;
  }

  /** Adds the first `count` of `values` to it. */
  numbers(values: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) this.#rows[this.#at++] = values[i];
  }

  /** Hands the row to the reader. */
  end(): void {
    Atomics.add(this.#ends, 0, 1);
  }

  /** Gives all rows that are there to `take`, as copies of its own. */
  drain(take: (row: Float64Array) => void): void {
    for (let tail = Atomics.load(this.#ends, 1); tail !== Atomics.load(this.#ends, 0); tail++) {
      const from = (tail % ROWS) * this.#width;
      take(this.#rows.slice(from, from + this.#width));
      Atomics.store(this.#ends, 1, tail + 1);
    }
  }
}

/** The firing that a row of the reflex tells of. */
export function firingIn([, , taskTime, shortfall, gripLeft, pace]: Float64Array): Firing {
  return { taskTime, shortfall, gripLeft, pace };
}
