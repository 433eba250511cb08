/**
 * By how much the measured states of a lap lag behind those of other laps (equation (PD15)): where a pose is now more
 * and now less old, a lap seems to be ahead or behind that is not. How late a robot answers its inputs tells the one
 * from the other: inputs are known when they are given, and nothing that is shaken changes how the robot answers them.
 */
import { isAngular, wrapAngle } from "../angles.js";
import { leastStep, solveSymmetric } from "../identification/least-squares.js";
import type { Recording } from "../recording/recording.js";

/** Periods before a change of the state whose inputs may have made it. */
const LAGS = 12;
/** The first step of a lap with as many before it, also where periods vary. */
const FIRST = LAGS + 3;
/** Keeps inputs apart that never differ. */
const RIDGE = 1e-9;
/** Part of a state's changes that inputs must explain for it to tell the time. */
const EXPLAINED = 0.8;
/** Parts of a lap that must agree on its shift. */
const BLOCKS = 8;
/** Shifts that scatter less do no harm, and are not told from the robot's being no linear filter [s]. */
const LEAST = 0.002;
/** How many times their standard errors the shifts must scatter. */
const CERTAIN = 2;

/** How what was measured may differ from the answer to the inputs: late, larger, higher. */
const WAYS = 3;

/** Of a block of a lap, weighted: products of the ways, WAYS x WAYS, and of each with what the answer leaves. */
interface Sums {
  readonly squares: Float64Array;
  readonly along: Float64Array;
}

/** Of every lap [s], their mean about 0; all 0 where they cannot be told, or do no harm. */
export function shiftsOf(laps: readonly Recording[]): Float64Array {
  const none = new Float64Array(laps.length);
  const { state } = laps[0].info.columns;
  const rows = laps.map(rowsOf);
  const byColumn = state.flatMap((name, column) => blocksOf(laps, rows, column, isAngular(name)));
  if (byColumn.length === 0) return none;
  const blocks = laps.map((_, lap) => byColumn.flatMap((column) => column[lap]));
  const shifts = Float64Array.from(blocks, shiftFrom);
  const errors = Float64Array.from(blocks, jackknifed);
  const square = (values: Float64Array) => values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
  const scatter = square(shifts);
  const noise = square(errors);
  if (scatter < Math.max(LEAST ** 2, CERTAIN ** 2 * noise)) return none;
  return shifts.map((shift, lap) => (shift * scatter) / (scatter + errors[lap] ** 2));
}

/** A column's sums by lap and block; none if its changes are not what inputs make of it. */
function blocksOf(
  laps: readonly Recording[],
  rows: readonly Float64Array[][],
  column: number,
  isAngle: boolean,
): Sums[][][] {
  const rates = laps.map((lap) => ratesOf(lap, column, isAngle));
  const measured = rates.flatMap((lap) => [...lap.subarray(FIRST)]);
  const filter = leastStep(
    Float64Array.from(rows.flatMap((lap) => lap.flatMap((row) => [...row]))),
    Float64Array.from(measured, (value) => -value),
    RIDGE,
  );
  const answers = rows.map((lap) =>
    Float64Array.from(lap, (row) => row.reduce((sum, value, k) => sum + value * filter[k], 0)),
  );
  const mean = measured.reduce((sum, value) => sum + value, 0) / measured.length;
  let [left, all] = [0, 0];
  for (const [i, answer] of answers.entries())
    for (let t = 0; t < answer.length; t++) {
      left += (rates[i][t + FIRST] - answer[t]) ** 2;
      all += (rates[i][t + FIRST] - mean) ** 2;
    }
  if (!(left < (1 - EXPLAINED) * all)) return [];
  // what counts is how exactly a column tells the time
  const weight = measured.length / left;
  const sums = answers.map((answer, i) =>
    sumsOf(answer, rates[i].subarray(FIRST), laps[i].times.subarray(FIRST), weight),
  );
  // what no filter can answer is the same in every lap, as it comes at the same places
  const means = sums[0].map((_, block) =>
    sums[0][block].along.map((_, way) => sumOver(sums, block, way) / laps.length),
  );
  return [
    sums.map((lap) =>
      lap.map(({ along, squares }, block) => ({ squares, along: along.map((sum, way) => sum - means[block][way]) })),
    ),
  ];
}

function sumOver(laps: readonly (readonly Sums[])[], block: number, way: number): number {
  return laps.reduce((sum, lap) => sum + lap[block].along[way], 0);
}

/** Changes of a column from step to step [1/s]. */
function ratesOf({ info, states, times }: Recording, column: number, isAngle: boolean): Float64Array {
  const n = info.columns.state.length;
  return Float64Array.from({ length: times.length - 1 }, (_, t) => {
    const change = states[(t + 1) * n + column] - states[t * n + column];
    return (isAngle ? wrapAngle(change) : change) / (times[t + 1] - times[t]);
  });
}

/**
 * Of the steps from {@link FIRST} on, a row each: 1 and the mean inputs of the step and of as long a time one, two, …
 * mean periods earlier. Periods vary, and a delay does not vary with them.
 */
function rowsOf({ info, inputs, times }: Recording): Float64Array[] {
  const m = info.columns.input.length;
  const period = times[times.length - 1] / (times.length - 1);
  const integrals = new Float64Array(inputs.length + m);
  for (let at = 0; at < inputs.length; at++) {
    const t = Math.floor(at / m);
    const next = t + 1 < times.length ? times[t + 1] : times[t] + period;
    integrals[at + m] = integrals[at] + inputs[at] * (next - times[t]);
  }
  const integralAt = (time: number, latest: number, input: number) => {
    let t = latest;
    while (t > 0 && times[t] > time) t--;
    return integrals[t * m + input] + inputs[t * m + input] * (time - times[t]);
  };
  return Array.from({ length: times.length - 1 - FIRST }, (_, row) => {
    const t = row + FIRST;
    const values = new Float64Array(1 + (LAGS + 1) * m).fill(1, 0, 1);
    for (let lag = 0; lag <= LAGS; lag++)
      for (let i = 0; i < m; i++) {
        const [from, to] = [times[t] - lag * period, times[t + 1] - lag * period];
        values[1 + lag * m + i] = (integralAt(to, t, i) - integralAt(from, t, i)) / (to - from);
      }
    return values;
  });
}

function sumsOf(answer: Float64Array, rates: Float64Array, times: Float64Array, weight: number): Sums[] {
  const sums = Array.from({ length: BLOCKS }, () => ({
    squares: new Float64Array(WAYS * WAYS),
    along: new Float64Array(WAYS),
  }));
  for (let t = 1; t + 1 < answer.length; t++) {
    const slope = (answer[t + 1] - answer[t - 1]) / (times[t + 1] - times[t - 1]);
    const { squares, along } = sums[Math.floor((t * BLOCKS) / answer.length)];
    // a state that lags by d is the answer less d times its slope
    const ways = [-slope, answer[t], 1];
    for (let i = 0; i < WAYS; i++) {
      along[i] += weight * ways[i] * (rates[t] - answer[t]);
      for (let k = 0; k < WAYS; k++) squares[i * WAYS + k] += weight * ways[i] * ways[k];
    }
  }
  return sums;
}

/** By how much a lap of these blocks is late; 0 if it cannot be told. */
function shiftFrom(blocks: readonly Sums[]): number {
  const squares = new Float64Array(WAYS * WAYS);
  const along = new Float64Array(WAYS);
  for (const block of blocks) {
    for (let i = 0; i < squares.length; i++) squares[i] += block.squares[i];
    for (let i = 0; i < along.length; i++) along[i] += block.along[i];
  }
  return solveSymmetric(squares, along, new Float64Array(WAYS))?.[0] ?? 0;
}

/** Its standard error, by leaving each block out in turn. */
function jackknifed(blocks: readonly Sums[]): number {
  const without = blocks.map((left) => shiftFrom(blocks.filter((block) => block !== left)));
  const mean = without.reduce((sum, shift) => sum + shift, 0) / without.length;
  const squares = without.reduce((sum, shift) => sum + (shift - mean) ** 2, 0);
  return Math.sqrt((squares * (without.length - 1)) / without.length);
}
