/** Medians and quartiles over seeds of curves of cost against minutes. A training that was stopped counts as infinitely bad from then on. */
import { quantile } from "../statistics.js";
import type { Curve } from "./training.js";

/** Of one quantity over the seeds. */
export interface Spread {
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
  readonly worst: number;
}

/** Cost of the last policy that was driven with at most so many minutes to learn from, as a part of the untrained policy's. */
export function costAt({ untrained, minutes, costs, failure }: Curve, at: number): number {
  if (failure && at >= failure.minutes) return Number.POSITIVE_INFINITY;
  const after = minutes.findIndex((time) => time > at);
  const cost = costs[(after === -1 ? minutes.length : after) - 1];
  return cost === undefined ? Number.POSITIVE_INFINITY : cost / untrained;
}

/** Driving [min] until a policy first costs at most `part` of the untrained one; infinite if none did. */
export function minutesTo({ untrained, minutes, costs }: Curve, part: number): number {
  const index = costs.findIndex((cost) => cost <= part * untrained);
  return minutes[index] ?? Number.POSITIVE_INFINITY;
}

/** The highest cost of any stretch, as a part of the untrained policy's. */
export function worstCost({ untrained, costs, failure }: Curve): number {
  return failure ? Number.POSITIVE_INFINITY : Math.max(...costs) / untrained;
}

/** Mean cost of the policies of the last fifth of the minutes, as a part of the untrained one's: what a sweep is judged by. */
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
