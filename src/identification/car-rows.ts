/**
 * Driving of a car as rows of a fit: a row is a few control steps, in whose mean noise of the measured state counts
 * little and a transport delay of a single step still shows.
 */
import { type FitData, inputAt, LONGEST_DELAY } from "./fit-data.js";

/** Control steps of a row: row i has the steps from i ROW_STEPS on. */
export const ROW_STEPS = 2;

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
  /** commands; those of a drive follow the LONGEST_DELAY that were given before it */
  readonly throttle: Float64Array;
  readonly steering: Float64Array;
  /** of every row: where the commands of its first step stand; `delay` places earlier are those given so much before */
  readonly commandAt: Int32Array;
}

/** Rows of drives that were fitted before: most of those of a training are. */
const made = new WeakMap<FitData, CarRows>();

/** The rows of all drives. */
export function rowsOf(drives: readonly FitData[]): CarRows {
  const each = drives.map((drive) => {
    const rows = made.get(drive) ?? driveRows(drive);
    made.set(drive, rows);
    return rows;
  });
  if (each.length === 1) return each[0];
  const all = emptyRows(
    each.reduce((sum, { count }) => sum + count, 0),
    each.length,
  );
  let row = 0;
  let command = 0;
  for (const rows of each) {
    for (const name of ["acceleration", "turnRate", "meanV", "lead"] as const) all[name].set(rows[name], row);
    all.v.set(rows.v, row * ROW_STEPS);
    for (const name of ["throttle", "steering"] as const) all[name].set(rows[name], command);
    for (let i = 0; i < rows.count; i++) all.commandAt[row + i] = command + rows.commandAt[i];
    row += rows.count;
    command += rows.throttle.length;
  }
  return all;
}

/** Room for `count` rows of so many drives. */
function emptyRows(count: number, drives: number): CarRows {
  const steps = count * ROW_STEPS;
  const ofRows = () => new Float64Array(count);
  return {
    count,
    acceleration: ofRows(),
    turnRate: ofRows(),
    meanV: ofRows(),
    lead: ofRows(),
    v: new Float64Array(steps),
    throttle: new Float64Array(steps + drives * LONGEST_DELAY),
    steering: new Float64Array(steps + drives * LONGEST_DELAY),
    commandAt: new Int32Array(count),
  };
}

function driveRows(drive: FitData): CarRows {
  const { states, periods } = drive;
  const rows = emptyRows(Math.floor(periods.length / ROW_STEPS), 1);
  for (let row = 0; row < rows.count; row++) {
    const [first, end] = [row * ROW_STEPS, (row + 1) * ROW_STEPS];
    let seconds = 0;
    let sum = 0.5 * (states[4 * end + 2] - states[4 * first + 2]);
    for (let t = first; t < end; t++) {
      seconds += periods[t];
      sum += states[4 * t + 2];
      rows.v[t] = states[4 * t + 2];
    }
    rows.meanV[row] = sum / ROW_STEPS;
    rows.lead[row] = seconds / (2 * ROW_STEPS);
    rows.acceleration[row] = (states[4 * end + 2] - states[4 * first + 2]) / seconds;
    rows.turnRate[row] = (states[4 * end + 3] - states[4 * first + 3]) / seconds;
    rows.commandAt[row] = LONGEST_DELAY + first;
  }
  for (let i = 0; i < rows.throttle.length; i++) {
    rows.throttle[i] = inputAt(drive, i - LONGEST_DELAY, 0, 2);
    rows.steering[i] = inputAt(drive, i - LONGEST_DELAY, 1, 2);
  }
  return rows;
}
