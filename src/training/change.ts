/**
 * Notices that the world changed (not in paper; docs/equations.md, section 30): a window that costs far more than was
 * expected of it, in which the model's one-step errors are far from what its fit left. Either alone happens in a world
 * that does not change: a plan that went wrong costs, and a better policy drives where the model was never fitted.
 */

/** What is known of a window before anything is learned from it. */
export interface Window {
  readonly cost: number;
  /** what was expected of it; undefined if nothing was */
  readonly expected: number | undefined;
  /** root mean square of the model's main error in it, from where it grew on, and what the last fit left */
  readonly error: number;
  readonly fitted: number;
  /** the reflex fired in it */
  readonly fired: boolean;
  /** it is over; otherwise cost, expectation and errors are those of what was driven of it so far */
  readonly isWhole: boolean;
  /** quarters of a lap that it is long; {@link LAP} where a lap is a window */
  readonly quarters: number;
}

/**
 * How far outside is too far: cost by what was expected, errors by what the fit left, with `allowance` in the unit of
 * the error. No window of three plants that do not change was beyond (docs/results/first-seconds.md). With a reflex
 * that fired half the proof is there already; a window that has only begun scatters more.
 */
const FAR = {
  fired: { cost: 1.5, error: 1.5, allowance: 0.05 },
  alone: { cost: 3, error: 2, allowance: 0.1 },
  begun: { cost: 4, error: 3, allowance: 0.1 },
} as const;
/** A fit that left next to nothing is taken to have left this part of the allowance: rounding has no scatter. */
const LEAST_PART = 0.1;
/** A window must be further outside than every one that was no change, by this factor; they are forgotten slowly. */
const CAUTION = 1.2;
const FORGETTING = 0.95;
/** Quarters of a lap; after a firing the windows of so many show whether it was for something. */
export const LAP = 4;
/** Quarters of a lap after the start, and after a change, in which model and policy still settle: not judged. */
const SETTLING = 2 * LAP;

/** Its memory, numbers of a checkpoint. */
export interface ChangeMemory {
  /** quarters of a lap since the start, or the last change */
  windows: number;
  /** largest ratios, of cost to what was expected and of error to what the fit left, of windows that were no change */
  costs: number;
  errors: number;
  /** quarters of a lap after a window in which the reflex fired, and which was no change, that may still show it */
  fired: number;
}

export const forgetful = (): ChangeMemory => ({ windows: 0, costs: 0, errors: 0, fired: 0 });

/** `dismissed`: the reflex fired, and after a lap more it still was no change. */
export type Verdict = "changed" | "dismissed" | "same";

/** Whether the world changed in a window, which is added to the memory when it is over. */
export function judgeWindow(memory: ChangeMemory, { isWhole, ...window }: Window): Verdict {
  const firedBefore = memory.fired > 0;
  if (isWhole) {
    memory.windows += window.quarters;
    memory.fired = window.fired ? LAP : Math.max(0, memory.fired - window.quarters);
  }
  const isOver = isWhole && firedBefore && memory.fired === 0 ? "dismissed" : "same";
  const { cost, expected, error, fitted } = window;
  if (memory.windows < SETTLING || expected === undefined || !(fitted > 0)) return isOver;
  const far = window.fired || firedBefore ? FAR.fired : isWhole ? FAR.alone : FAR.begun;
  const costs = cost / expected;
  const left = Math.max(fitted, LEAST_PART * FAR.alone.allowance);
  const errors = error / left;
  const isDear = costs > Math.max(far.cost, CAUTION * memory.costs);
  if (isDear && errors > Math.max(far.error + far.allowance / left, CAUTION * memory.errors)) {
    Object.assign(memory, forgetful());
    return "changed";
  }
  if (!isWhole) return "same";
  memory.costs = Math.max(costs, FORGETTING * memory.costs);
  memory.errors = Math.max(errors, FORGETTING * memory.errors);
  return isOver;
}

/** For people. */
export function describeChange({ cost, expected, error, fitted }: Window, unit: string): string {
  const times = (expected === undefined ? Number.NaN : cost / expected).toPrecision(2);
  return (
    `the world changed: the window cost ${times} times what was expected, and the model's error is ` +
    `${error.toPrecision(2)} ${unit} where its fit left ${fitted.toPrecision(2)}; drives before that are forgotten`
  );
}

/** A row counts for a change by its squared error less so many times what the fit left. */
const GROWN = 2.5;

/**
 * Where errors grew: the row from which on their squares exceed what the fit left most; 0 if that leaves less than a
 * quarter of the rows.
 */
export function whereGrown(errors: Float64Array, fitted: number): number {
  let sum = 0;
  let most = 0;
  let from = 0;
  for (let i = errors.length - 1; i >= 0; i--) {
    sum += errors[i] * errors[i] - GROWN * fitted * fitted;
    if (sum <= most) continue;
    most = sum;
    from = i;
  }
  return from > 0.75 * errors.length ? 0 : from;
}
