/** Which of two rollouts is the better one. */

/** What is compared; `budgetUsed`: of a lap of a race. */
interface Judged {
  readonly windowCost: number;
  readonly lapTime?: number | undefined;
  readonly budgetUsed?: number | undefined;
}

/** Time of a lap of a race that stayed inside its budget and came round [s]; infinite of everything else. */
export function racedTime({ lapTime = Number.NaN, budgetUsed = Number.NaN }: Judged): number {
  return budgetUsed <= 1 && lapTime > 0 ? lapTime : Number.POSITIVE_INFINITY;
}

/**
 * Whether a rollout that was driven to its end is better than another, undefined: than none. Of a race the faster lap
 * inside the budget is, where one of them was inside; else the lower window cost counts.
 */
export function isBetter(one: Judged, other: Judged | undefined): boolean {
  if (!Number.isFinite(one.windowCost) || !other) return Number.isFinite(one.windowCost);
  const [time, before] = [racedTime(one), racedTime(other)];
  return Math.min(time, before) < Number.POSITIVE_INFINITY ? time < before : one.windowCost < other.windowCost;
}
