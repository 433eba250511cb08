/**
 * Medians and quartiles over seeds of curves of cost against minutes. A training that was stopped counts as infinitely
 * bad from then on.
 */
import { quantile } from "../statistics.js";
import type { Curve } from "./training.js";

/** Of one quantity over the seeds. */
export interface Spread {
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
  readonly worst: number;
}

/**
 * Cost of the last policy that was driven with at most `at` minutes to learn from, as a part of the untrained policy's;
 * infinite if there is none, or the training was stopped before.
 */
export function costAt({ untrained, minutes, costs, failure }: Curve, at: number): number {
  if (failure && at >= failure.minutes) return Number.POSITIVE_INFINITY;
  const after = minutes.findIndex((time) => time > at);
  const driven = after < 0 ? minutes.length : after;
  return driven === 0 ? Number.POSITIVE_INFINITY : costs[driven - 1] / untrained;
}

/** Driving [min] until a policy first costs at most `part` of the untrained one; infinite if none did. */
export function minutesTo({ untrained, minutes, costs }: Curve, part: number): number {
  const index = costs.findIndex((cost) => cost <= part * untrained);
  return index < 0 ? Number.POSITIVE_INFINITY : minutes[index];
}

/** The highest cost of any rollout, as a part of the untrained policy's. */
export function worstCost({ untrained, costs, failure }: Curve): number {
  return failure ? Number.POSITIVE_INFINITY : Math.max(...costs) / untrained;
}

/**
 * Mean cost of the policies of the last fifth of `budget` minutes, as a part of the untrained one's: what a sweep is
 * judged by.
 */
export function lateCost({ untrained, minutes, costs, failure }: Curve, budget: number): number {
  if (failure) return Number.POSITIVE_INFINITY;
  const first = minutes.findIndex((time) => time >= 0.8 * budget);
  const late = costs.slice(first === -1 ? -1 : first);
  return late.reduce((sum, cost) => sum + cost, 0) / late.length / untrained;
}

/** The cost of the last policy in a rollout of its own, as a part of the untrained one's. */
export function finalCost({ untrained, final }: Curve): number {
  return final === null ? Number.POSITIVE_INFINITY : final / untrained;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const worst = sorted.at(-1) ?? Number.NaN;
  return { median: quantile(sorted, 0.5), lower: quantile(sorted, 0.25), upper: quantile(sorted, 0.75), worst };
}
