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
  const { meanPredicted, meanRealised, slope: lineSlope, correlation } = lineOf(points);
  const [correlationInterval, slopeInterval] = bootstrap(points, [correlationOf, slopeThroughZero]);
  return {
    pairs: points.length,
    correlation,
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
export const correlationOf = (points: readonly Point[]): number => lineOf(points).correlation;

/** realised = slope predicted, least squares. */
export function slopeThroughZero(points: readonly Point[]): number {
  let [pp, pr] = [0, 0];
  for (const { predicted, realised } of points) {
    pp += predicted * predicted;
    pr += predicted * realised;
  }
  return pr / pp;
}

/** What the best line leaves of the realised values. */
export function leftover(points: readonly Point[]): number[] {
  const { meanPredicted, meanRealised, slope } = lineOf(points);
  return points.map(({ predicted, realised }) => realised - meanRealised - slope * (predicted - meanPredicted));
}

/** The best line with an intercept, which goes through the means, and the correlation. */
function lineOf(points: readonly Point[]) {
  const meanPredicted = mean(points.map(({ predicted }) => predicted));
  const meanRealised = mean(points.map(({ realised }) => realised));
  let [pp, pr, rr] = [0, 0, 0];
  for (const { predicted, realised } of points) {
    pp += (predicted - meanPredicted) ** 2;
    pr += (predicted - meanPredicted) * (realised - meanRealised);
    rr += (realised - meanRealised) ** 2;
  }
  return { meanPredicted, meanRealised, slope: pr / pp, correlation: pr / Math.sqrt(pp * rr) };
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
