/** How well predicted changes agree with realised ones. */
import { bootstrap, type Interval } from "./resampling.js";

/** What was predicted and what happened, in the same unit. */
export interface Point {
  readonly predicted: number;
  readonly realised: number;
}

export interface Agreement {
  readonly pairs: number;
  /** Pearson's, and Spearman's of ranks */
  readonly correlation: number;
  readonly rankCorrelation: number;
  /** realised per predicted: best line through 0, and best line with an intercept */
  readonly slope: number;
  readonly lineSlope: number;
  readonly intercept: number;
  readonly meanPredicted: number;
  readonly meanRealised: number;
  /** pairs whose predicted change has the sign of the realised one */
  readonly rightSign: number;
  /** 95 % of resampled pairs */
  readonly correlationInterval: Interval;
  readonly slopeInterval: Interval;
}

export function agreementOf(points: readonly Point[]): Agreement {
  const meanPredicted = mean(points.map(({ predicted }) => predicted));
  const meanRealised = mean(points.map(({ realised }) => realised));
  const lineSlope = slopeOfLine(points);
  const [correlationInterval, slopeInterval] = bootstrap(points, [correlationOf, slopeThroughZero]);
  return {
    pairs: points.length,
    correlation: correlationOf(points),
    rankCorrelation: correlationOf(ranked(points)),
    slope: slopeThroughZero(points),
    lineSlope,
    intercept: meanRealised - lineSlope * meanPredicted,
    meanPredicted,
    meanRealised,
    rightSign: points.filter(({ predicted, realised }) => predicted * realised > 0).length,
    correlationInterval,
    slopeInterval,
  };
}

/** Pearson's correlation; NaN where one side does not vary. */
export function correlationOf(points: readonly Point[]): number {
  const { pp, pr, rr } = centredMoments(points);
  return pr / Math.sqrt(pp * rr);
}

/** realised = slope predicted, least squares. */
export function slopeThroughZero(points: readonly Point[]): number {
  let [pp, pr] = [0, 0];
  for (const { predicted, realised } of points) {
    pp += predicted * predicted;
    pr += predicted * realised;
  }
  return pr / pp;
}

function slopeOfLine(points: readonly Point[]): number {
  const { pp, pr } = centredMoments(points);
  return pr / pp;
}

/** What the best line leaves of the realised values. */
export function leftover(points: readonly Point[]): number[] {
  const slope = slopeOfLine(points);
  const p0 = mean(points.map(({ predicted }) => predicted));
  const r0 = mean(points.map(({ realised }) => realised));
  return points.map(({ predicted, realised }) => realised - r0 - slope * (predicted - p0));
}

/** Sums of squares and products about the means. */
function centredMoments(points: readonly Point[]) {
  const p0 = mean(points.map(({ predicted }) => predicted));
  const r0 = mean(points.map(({ realised }) => realised));
  let [pp, pr, rr] = [0, 0, 0];
  for (const { predicted, realised } of points) {
    pp += (predicted - p0) ** 2;
    pr += (predicted - p0) * (realised - r0);
    rr += (realised - r0) ** 2;
  }
  return { pp, pr, rr };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Both sides as ranks, the mean rank for equal values. */
function ranked(points: readonly Point[]): Point[] {
  const predicted = ranks(points.map((point) => point.predicted));
  const realised = ranks(points.map((point) => point.realised));
  return points.map((_, i) => ({ predicted: predicted[i], realised: realised[i] }));
}

function ranks(values: readonly number[]): number[] {
  return values.map(
    (value) => values.filter((other) => other < value).length + values.filter((other) => other === value).length / 2,
  );
}
