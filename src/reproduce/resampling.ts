/** How sure a number of few measurements is: seeded draws, so that every run gives the same intervals. */
import { digits } from "../output.js";
import { quantile, uniformFrom } from "../statistics.js";

/** Draws of every interval and control. */
export const DRAWS = 2000;

/** Where 95 % of the draws lie. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * 95 % intervals of `statistics` over {@link DRAWS} samples drawn from `items` with replacement (percentile bootstrap).
 */
export function bootstrap<T>(items: readonly T[], statistics: readonly ((sample: T[]) => number)[]): Interval[] {
  const random = uniformFrom(1);
  const samples = Array.from({ length: DRAWS }, () => items.map(() => items[Math.floor(random() * items.length)]));
  return statistics.map((statistic) => intervalOf(samples.map(statistic)));
}

/** The middle 95 % of values; those that are not finite (a sample of one point has no correlation) do not count. */
export function intervalOf(values: readonly number[]): Interval {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  return { low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
}

/** An interval for people. */
export function between({ low, high }: Interval): string {
  return `${digits(low, 2)} to ${digits(high, 2)}`;
}

/** A copy in random order (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [copy[i], copy[j]] = [copy[j], copy[i]];
  }
  return copy;
}
