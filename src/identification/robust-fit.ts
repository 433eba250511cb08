/**
 * Least squares for fits of a handful of parameters to rows that may contain outliers, drawn to fixed priors and kept
 * within bounds, with how sure every parameter is (docs/equations.md, section 14).
 */
import { DEVIATION_BY_MEDIAN, upperMedian } from "../statistics.js";
import type { Bounds } from "./fit-data.js";
import { inverse, minimiseWithin } from "./least-squares.js";

/** What is known of a parameter before any driving, and what it may come out as. */
export interface Known extends Bounds {
  /** where the fit is drawn to */
  readonly prior: number;
  /** how far from that it usually is: a standard deviation */
  readonly deviation: number;
}

/** A value and how sure it is. */
export interface Estimated {
  readonly value: number;
  /** the prior's deviation if the driving says nothing */
  readonly standardError: number;
}

/** Two parameters of which the driving determines little more than a combination. */
export interface Correlation {
  readonly between: readonly [string, string];
  readonly value: number;
}

/** The rows of a fit. All at once, not one by one: a call per row would take longer than what is computed in it. */
export interface FitRows {
  readonly count: number;
  /** `residuals`, count: measured less modelled at x; `slopes`, count x n, row-major: of the modelled values by x */
  evaluate(x: Float64Array, residuals: Float64Array, slopes: Float64Array): void;
}

export interface RobustSolution {
  readonly x: Float64Array;
  /** n x n, row-major */
  readonly covariance: Float64Array;
  /** plain mean of the squared residuals */
  readonly meanSquare: number;
  /** mean of Huber's losses: what two fits are compared by */
  readonly loss: number;
}

/** Residuals beyond so many robust standard deviations count linearly (Huber). */
const HUBER = 3;
/** Residuals count as no smaller than that (m/s², rad/s): data without noise. */
const LEAST_SCALE = 1e-3;
/** Residuals of driving resemble their neighbours: so many rows say as much as one with an error of its own. */
export const ROWS_ALIKE = 25;
const MOST_ITERATIONS = 12;
/** A step is halved until it improves, down to this part. */
const LEAST_PART = 1 / 32;
/** Steps below this part of a standard error end the fit. */
const CLOSE = 1e-2;
/** A step may lessen the loss by so many times what its normal equations promise. */
const TRUST = 2;
/** A parameter whose standard error is more than this part of the prior's deviation is not determined. */
const UNDETERMINED = 0.5;
/** Correlations beyond this are told. */
const STRONG = 0.9;

/**
 * Room for fits of `count` rows to n parameters, one after the other: `at` the best place so far, and at another one.
 * Made once for all delays, because arrays of this size take longer to make than to fill.
 */
export class Room {
  at: Evaluated;
  tried: Evaluated;
  readonly sizes: Float64Array;

  constructor(count: number, n: number) {
    this.at = { x: new Float64Array(n), residuals: new Float64Array(count), slopes: new Float64Array(count * n) };
    this.tried = { x: new Float64Array(n), residuals: new Float64Array(count), slopes: new Float64Array(count * n) };
    this.sizes = new Float64Array(count);
  }

  swap(): void {
    [this.at, this.tried] = [this.tried, this.at];
  }
}

/**
 * Minimises the sum of Huber's losses with the pull to the priors, by Gauss-Newton within the bounds, from `start` on.
 * Undefined if there is no row, a number is not finite, or after a step the loss will stay beyond `hopeless`.
 */
export function fitRobustly(
  rows: FitRows,
  known: readonly Known[],
  start: Float64Array,
  room: Room,
  hopeless = Number.POSITIVE_INFINITY,
): RobustSolution | undefined {
  const n = known.length;
  if (rows.count < 1) return undefined;
  for (let i = 0; i < n; i++) room.at.x[i] = Math.min(known[i].high, Math.max(known[i].low, start[i]));
  evaluate(rows, room.at);
  let scale = scaleOf(room);
  let covariance = new Float64Array(n * n);
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
    const { A, b } = normalEquations(room.at, scale, known);
    const step = minimiseWithin(A, b, known, room.at.x);
    if (!step) return undefined;
    const promised = iteration > 0 ? promisedBy(step, A, b) : Number.POSITIVE_INFINITY;
    if (sumOf(room.at, scale) - TRUST * promised > hopeless * rows.count) return undefined;
    const covered = inverse(A, n);
    if (!covered) return undefined;
    covariance = covered.map((value) => value * ROWS_ALIKE * scale * scale);
    const isSmall = !improve(rows, room, step, scale, known) || isClose(room, covariance);
    const next = scaleOf(room);
    const settled = isSmall && Math.abs(next - scale) <= CLOSE * scale;
    scale = next;
    if (settled) break;
  }
  let square = 0;
  for (const r of room.at.residuals) square += r * r;
  const loss = sumOf(room.at, scale);
  if (!Number.isFinite(square) || !covariance.every((value) => Number.isFinite(value))) return undefined;
  return {
    x: room.at.x.slice(),
    covariance,
    meanSquare: square / rows.count,
    loss: Math.max(loss / rows.count, LEAST_SCALE * LEAST_SCALE),
  };
}

/** Goes the largest part of `step` that lessens the loss; whether any did. */
function improve(rows: FitRows, room: Room, step: Float64Array, scale: number, known: readonly Known[]): boolean {
  const { at, tried } = room;
  const before = lossOf(at, scale, known);
  for (let part = 1; part >= LEAST_PART; part /= 2) {
    for (let i = 0; i < step.length; i++) tried.x[i] = at.x[i] + part * step[i];
    evaluate(rows, tried);
    if (!(lossOf(tried, scale, known) < before)) continue;
    room.swap();
    return true;
  }
  return false;
}

/** Whether the place that was left is less than CLOSE standard errors from where the fit is now. */
function isClose({ at, tried }: Room, covariance: Float64Array): boolean {
  const n = at.x.length;
  return at.x.every((x, i) => Math.abs(tried.x[i] - x) <= CLOSE * Math.sqrt(covariance[i * n + i]));
}

/** Parameter i of a fit with its standard error. */
export function estimated({ x, covariance }: RobustSolution, i: number): Estimated {
  return { value: x[i], standardError: Math.sqrt(covariance[i * x.length + i]) };
}

/** Whether the driving, and not the prior alone, says what a parameter is. */
export function isDetermined({ standardError }: Estimated, { deviation }: Pick<Known, "deviation">): boolean {
  return standardError <= UNDETERMINED * deviation;
}

/** Pairs of parameters that the driving hardly tells apart. */
export function strongCorrelations(names: readonly string[], { covariance }: RobustSolution): Correlation[] {
  const n = names.length;
  const found: Correlation[] = [];
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) {
      const value = covariance[i * n + k] / Math.sqrt(covariance[i * n + i] * covariance[k * n + k]);
      if (Math.abs(value) > STRONG) found.push({ between: [names[k], names[i]], value });
    }
  }
  return found;
}

/** All residuals at x, with their slopes: count x n, row-major. */
interface Evaluated {
  readonly x: Float64Array;
  readonly residuals: Float64Array;
  readonly slopes: Float64Array;
}

function evaluate(rows: FitRows, { x, residuals, slopes }: Evaluated): void {
  rows.evaluate(x, residuals, slopes);
}

/** Robust standard deviation of the residuals. */
function scaleOf({ at: { residuals }, sizes }: Room): number {
  for (let i = 0; i < residuals.length; i++) sizes[i] = Math.abs(residuals[i]);
  return Math.max(LEAST_SCALE, DEVIATION_BY_MEDIAN * upperMedian(sizes));
}

/** A = J^T W J + R and b = J^T W r + R (prior - x), with R = ROWS_ALIKE scale^2 / deviation^2. */
function normalEquations({ x, residuals, slopes }: Evaluated, scale: number, known: readonly Known[]) {
  const n = x.length;
  const A = new Float64Array(n * n);
  const b = new Float64Array(n);
  for (let i = 0; i < residuals.length; i++) {
    const weight = Math.min(1, (HUBER * scale) / Math.abs(residuals[i]));
    const weighted = weight * residuals[i];
    for (let j = 0; j < n; j++) {
      const slope = slopes[i * n + j];
      b[j] += weighted * slope;
      for (let k = 0; k <= j; k++) A[j * n + k] += weight * slope * slopes[i * n + k];
    }
  }
  for (let j = 0; j < n; j++) {
    const ridge = ridgeOf(known[j], scale);
    b[j] += ridge * (known[j].prior - x[j]);
    A[j * n + j] += ridge;
    for (let k = 0; k < j; k++) A[k * n + j] = A[j * n + k];
  }
  return { A, b };
}

/** By how much a step would lessen the loss if the loss were the quadratic of its normal equations. */
function promisedBy(step: Float64Array, A: Float64Array, b: Float64Array): number {
  const n = b.length;
  let promised = 0;
  for (let j = 0; j < n; j++) {
    promised += 2 * b[j] * step[j];
    for (let k = 0; k < n; k++) promised -= A[j * n + k] * step[j] * step[k];
  }
  return promised;
}

/** What is minimised: {@link sumOf} and the pull to the priors. */
function lossOf(at: Evaluated, scale: number, known: readonly Known[]): number {
  let loss = sumOf(at, scale);
  for (let j = 0; j < known.length; j++) loss += ridgeOf(known[j], scale) * (at.x[j] - known[j].prior) ** 2;
  return loss;
}

/** Sum of Huber's losses. */
function sumOf({ residuals }: Evaluated, scale: number): number {
  let sum = 0;
  for (let i = 0; i < residuals.length; i++) sum += huber(residuals[i], scale);
  return sum;
}

const ridgeOf = ({ deviation }: Known, scale: number) => (ROWS_ALIKE * scale * scale) / (deviation * deviation);

/** Twice Huber's loss: r^2 up to HUBER scales, linear beyond. */
function huber(r: number, scale: number): number {
  const size = Math.abs(r);
  const limit = HUBER * scale;
  return size <= limit ? r * r : limit * (2 * size - limit);
}
