/**
 * Driving of a car as rows of a fit: a row is a few control steps, in whose mean noise of the measured state counts
 * little and a transport delay of a single step still shows.
 */
import { type FitData, inputAt } from "./fit-data.js";

/** Control steps of a row: row i has the steps from i ROW_STEPS on. */
export const ROW_STEPS = 2;

/** Throttle and steering of every step. */
export interface CarInputs {
  readonly throttle: Float64Array;
  readonly steering: Float64Array;
}

export interface CarRows {
  readonly count: number;
  /** of every row: acceleration [m/s^2] and turn rate [rad/s] */
  readonly acceleration: Float64Array;
  readonly turnRate: Float64Array;
  /** of every row: mean speed [m/s], with both ends by half; its noise does not correlate with the acceleration's */
  readonly meanV: Float64Array;
  /** of every row: that mean less the mean at the beginnings of its steps, per acceleration [s] */
  readonly lead: Float64Array;
  /** speed at every step [m/s] */
  readonly v: Float64Array;
  /** inputs that were commanded `delay` steps before every step */
  inputs(delay: number): CarInputs;
}

/** Rows of drives that were fitted before: most of those of a training are. */
const made = new WeakMap<FitData, CarRows>();

/** The rows of all drives. */
export function rowsOf(drives: readonly FitData[]): CarRows {
  const each = drives.map((drive) => {
    const rows = made.get(drive) ?? new DriveRows(drive);
    made.set(drive, rows);
    return rows;
  });
  const joined = (of: (rows: CarRows) => Float64Array) => {
    const parts = each.map(of);
    const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  };
  return {
    count: each.reduce((sum, { count }) => sum + count, 0),
    acceleration: joined(({ acceleration }) => acceleration),
    turnRate: joined(({ turnRate }) => turnRate),
    meanV: joined(({ meanV }) => meanV),
    lead: joined(({ lead }) => lead),
    v: joined(({ v }) => v),
    inputs: (delay) => ({
      throttle: joined((rows) => rows.inputs(delay).throttle),
      steering: joined((rows) => rows.inputs(delay).steering),
    }),
  };
}

class DriveRows implements CarRows {
  readonly count: number;
  readonly acceleration: Float64Array;
  readonly turnRate: Float64Array;
  readonly meanV: Float64Array;
  readonly lead: Float64Array;
  readonly v: Float64Array;
  readonly #drive: FitData;
  readonly #byDelay: CarInputs[] = [];

  constructor(drive: FitData) {
    const { states, periods } = drive;
    this.#drive = drive;
    this.count = Math.floor(periods.length / ROW_STEPS);
    this.acceleration = new Float64Array(this.count);
    this.turnRate = new Float64Array(this.count);
    this.meanV = new Float64Array(this.count);
    this.lead = new Float64Array(this.count);
    this.v = Float64Array.from({ length: this.count * ROW_STEPS }, (_, t) => states[4 * t + 2]);
    for (let row = 0; row < this.count; row++) {
      const [first, end] = [row * ROW_STEPS, (row + 1) * ROW_STEPS];
      let seconds = 0;
      let sum = 0.5 * (states[4 * end + 2] - states[4 * first + 2]);
      for (let t = first; t < end; t++) {
        seconds += periods[t];
        sum += states[4 * t + 2];
      }
      this.meanV[row] = sum / ROW_STEPS;
      this.lead[row] = seconds / (2 * ROW_STEPS);
      this.acceleration[row] = (states[4 * end + 2] - states[4 * first + 2]) / seconds;
      this.turnRate[row] = (states[4 * end + 3] - states[4 * first + 3]) / seconds;
    }
  }

  inputs(delay: number): CarInputs {
    const of = (column: number) =>
      Float64Array.from({ length: this.v.length }, (_, t) => inputAt(this.#drive, t - delay, column, 2));
    this.#byDelay[delay] ??= { throttle: of(0), steering: of(1) };
    return this.#byDelay[delay];
  }
}

/** Means of the steps of every row. */
export function meansOf(rows: CarRows, valueAt: (step: number) => number): Float64Array {
  return Float64Array.from({ length: rows.count }, (_, row) => {
    let sum = 0;
    for (let t = row * ROW_STEPS; t < (row + 1) * ROW_STEPS; t++) sum += valueAt(t);
    return sum / ROW_STEPS;
  });
}
