/** Whether the model's gradient is good enough: cosine, scale, responses, and what they amount to (equation (PD8)). */
import { quantile } from "../statistics.js";
import type { AdjustmentSpace } from "./adjustment.js";
import type { GradientEstimate } from "./estimate.js";
import { truthsFrom } from "./posterior.js";
import type { Response } from "./response.js";

export type Verdict = "true" | "scale" | "sign" | "useless" | "unsure";

/** Thresholds, fixed before the first test: docs/physical-derivatives.md says why. */
export const THRESHOLDS = {
  /** at this cosine or above the direction is right: a step along it decreases the cost by 4/5 of the best one */
  right: 0.8,
  /** at this one or below it leads the wrong way */
  wrong: -0.5,
  /** a scale between these is right: a trust region finds the rest */
  least: 0.5,
  most: 2,
  /** part of the draws that must agree on a verdict */
  agreement: 0.9,
} as const;

/** A comparison of the model with what was measured. */
export interface Comparison {
  readonly name: string;
  readonly cosine: number;
  readonly scale: number;
  /** 90 % intervals */
  readonly interval: { readonly cosine: readonly [number, number]; readonly scale: readonly [number, number] };
  readonly verdict: Verdict;
}

/** Half of a 90 % interval, in standard errors. */
export const HALF = 1.645;

/** Draws from which intervals are taken. */
const DRAWS = 2000;

/** What cosine and scale amount to, where they are known. */
export function verdictOf(cosine: number, scale: number): Exclude<Verdict, "unsure"> {
  if (cosine >= THRESHOLDS.right) return scale >= THRESHOLDS.least && scale <= THRESHOLDS.most ? "true" : "scale";
  return cosine <= THRESHOLDS.wrong ? "sign" : "useless";
}

/** Cosine of the model's gradient with a measured one, and its length in that direction. */
export function agreementOf(measured: ArrayLike<number>, model: ArrayLike<number>): { cosine: number; scale: number } {
  let [mm, aa, ma] = [0, 0, 0];
  for (let i = 0; i < measured.length; i++) {
    mm += measured[i] ** 2;
    aa += model[i] ** 2;
    ma += measured[i] * model[i];
  }
  return { cosine: mm > 0 && aa > 0 ? ma / Math.sqrt(mm * aa) : 0, scale: mm > 0 ? ma / mm : 0 };
}

/** Compares the parameters `which`: medians and intervals of what the truth may be, given what was measured. */
export function compare(
  name: string,
  measured: GradientEstimate,
  model: Float64Array,
  which: readonly number[],
): Comparison {
  const p = model.length;
  const ours = which.map((i) => model[i]);
  const cosines: number[] = [];
  const scales: number[] = [];
  const votes = new Map<Verdict, number>();
  for (const truth of truthsFrom(
    which.map((i) => measured.values[i]),
    which.map((i) => which.map((k) => measured.covariance[i * p + k])),
    ours,
    DRAWS,
  )) {
    const { cosine, scale } = agreementOf(truth, ours);
    cosines.push(cosine);
    scales.push(scale);
    const verdict = verdictOf(cosine, scale);
    votes.set(verdict, (votes.get(verdict) ?? 0) + 1);
  }
  const [likely, agreeing] = [...votes].reduce((most, one) => (one[1] > most[1] ? one : most));
  const interval = { cosine: intervalOf(cosines), scale: intervalOf(scales) };
  return {
    name,
    cosine: quantile(cosines, 0.5),
    scale: quantile(scales, 0.5),
    interval,
    verdict: agreeing >= THRESHOLDS.agreement * DRAWS ? likely : "unsure",
  };
}

/** The same of an input's response: the cosine is the correlation, the scale the model's gain over the robot's. */
export function compareResponse(name: string, { ratio, error, correlation }: Response): Comparison {
  const [low, high] = [ratio - HALF * error, ratio + HALF * error];
  const crosses = low <= 0 && high >= 0;
  const scales = crosses
    ? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
    : [1 / high, 1 / low].sort((a, b) => a - b);
  const ends = scales.map((scale) => verdictOfResponse(scale));
  return {
    name,
    cosine: correlation,
    scale: 1 / ratio,
    interval: { cosine: [correlation, correlation], scale: [scales[0], scales[1]] },
    verdict: !crosses && ends[0] === ends[1] ? ends[0] : "unsure",
  };
}

function verdictOfResponse(scale: number): Verdict {
  if (scale < 0) return "sign";
  return scale >= THRESHOLDS.least && scale <= THRESHOLDS.most ? "true" : "scale";
}

/**
 * The verdict on the model: an input that acts the other way round is the sign, whatever the gradient is; otherwise
 * that of the gradient by all parameters together.
 */
export function overall(all: Comparison, responses: readonly Comparison[]): Verdict {
  return responses.some(({ verdict }) => verdict === "sign") ? "sign" : all.verdict;
}

/** The indices that belong to each group that is there, by name. */
export function groupsIn(space: AdjustmentSpace): [string, number[]][] {
  const groups = [...new Set(space.parameters.map(({ group }) => group))];
  return groups.map((group) => [group, space.indicesOf(group)]);
}

/** 90 % of the values; sorts them. */
export function intervalOf(values: number[]): [number, number] {
  values.sort((a, b) => a - b);
  return [quantile(values, 0.05), quantile(values, 0.95)];
}
