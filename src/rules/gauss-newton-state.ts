/**
 * What the Gauss-Newton update remembers, and how far it trusts its plans (not in paper; docs/equations.md, section 13,
 * *Trust region*).
 */
import { type CalmMemory, neverSpun, RECOVERY } from "./calm.js";
import { RUNGS } from "./ladder.js";

export const KAPPA = { start: 0.5, least: 0.3, most: 300, factor: 3, relax: 1.1 };
/**
 * The part of a plan that is taken shrinks and grows with the same judgement, down to `least` of what was asked for.
 */
const PART = { least: 0.4, shrink: 0.7, grow: 1.05 };
/** A realised decrease below this part of the predicted one raises kappa, one above the other lowers it. */
const POOR = 0.25;
const GOOD = 0.75;
/**
 * Predicted decreases below this part of the cost drown in the scatter between rollouts: they teach nothing about
 * kappa.
 */
const TELLING = 0.1;
/** A cost up to so many times the own one confirms. */
const CONFIRMED = 1.5;
/** Windows after a change in which rungs are chosen anew with every update. */
export const FRESH = 6;
/** No policy, or nothing that is expected. */
export const NONE = new Float64Array(0);

/** Its numbers and arrays are those of the checkpoint. */
export type GaussNewtonState = {
  /** part of a plan that is taken at first, and at most */
  readonly learningRate: number;
  readonly numbers: CalmMemory & {
    /** updates so far */
    turn: number;
    kappa: number;
    /** part of the plan that is taken */
    part: number;
    /** window cost expected of the next rollout, without the last change and with it; equal if there was none */
    unchanged: number;
    expected: number;
    bestCost: number;
    /** 1 after going back to the best parameters, until something better than then is driven */
    retreats: number;
    /** cost of the driving that was compared last with what was promised; 0: none was */
    lastCost: number;
    /** of what was driven since: its cost, what was expected of it, and what without the changes */
    comparedCost: number;
    comparedExpected: number;
    comparedUnchanged: number;
    /** of the policy in `confirmed`, and of `pending`; infinite if there is none */
    confirmedCost: number;
    pendingCost: number;
    /** pace that was asked for when the world changed last, or after a spin; 0: neither was */
    pace: number;
    /** windows, the one in which it changed included, in which what is known of a changed world still grows */
    fresh: number;
    /** cost of what was driven before the last choice of a rung; 0: none was chosen since the present policy was */
    freshCost: number;
    /** the topmost rung that is tried while it does */
    top: number;
    /** the topmost rung that may be driven, and the one that the last update chose, less 1; 0: it chose none */
    floor: number;
    chosen: number;
  };
  /**
   * the parameters with the lowest window cost, and their plan; those of the ladder: the best that two windows
   * confirmed, the one that may become it, and the untrained ones; costs that were expected of the segments of the
   * window that is being driven, when it began. Empty where there are none
   */
  readonly arrays: {
    best: Float64Array;
    bestPlan: Float64Array;
    confirmed: Float64Array;
    pending: Float64Array;
    untrained: Float64Array;
    expectedWindow: Float64Array;
  };
};

const ANY = Number.MAX_SAFE_INTEGER;
/** The largest that those numbers can have which count. */
export const COUNTS = {
  ...{ turn: ANY, retreats: 1, fresh: FRESH, spins: ANY, recovering: RECOVERY },
  ...{ top: RUNGS.length + 1, floor: RUNGS.length + 1, chosen: RUNGS.length },
};

/** Before the first update; `learningRate`: the part of a plan that is taken at first, and at most. */
export function startState(learningRate: number): GaussNewtonState {
  return {
    learningRate,
    numbers: {
      turn: 0,
      kappa: KAPPA.start,
      part: learningRate,
      unchanged: 0,
      expected: 0,
      bestCost: 0,
      retreats: 0,
      lastCost: 0,
      comparedCost: 0,
      comparedExpected: 0,
      comparedUnchanged: 0,
      confirmedCost: Number.MAX_VALUE,
      pendingCost: Number.MAX_VALUE,
      pace: 0,
      fresh: 0,
      freshCost: 0,
      top: 0,
      floor: 0,
      chosen: 0,
      ...neverSpun(),
    },
    arrays: { best: NONE, bestPlan: NONE, confirmed: NONE, pending: NONE, untrained: NONE, expectedWindow: NONE },
  };
}

/** After a change of the world nothing is promised, nothing is best, and trust is what it was at the start. */
export function startAnew({ learningRate, numbers, arrays }: GaussNewtonState): void {
  numbers.fresh = FRESH;
  numbers.freshCost = 0;
  numbers.kappa = KAPPA.start;
  numbers.part = learningRate;
  numbers.bestCost = Number.POSITIVE_INFINITY;
  numbers.retreats = 0;
  numbers.pendingCost = Number.MAX_VALUE;
  numbers.confirmedCost = Number.MAX_VALUE;
  arrays.pending = NONE;
  arrays.best = NONE;
}

/** A policy is confirmed by a second rollout that costs little more than its own; the cheaper one is kept. */
export function confirm({ numbers, arrays }: GaussNewtonState, driven: Float64Array, cost: number): void {
  if (arrays.pending.length > 0 && cost <= CONFIRMED * numbers.pendingCost) {
    arrays.confirmed = arrays.pending;
    numbers.confirmedCost = numbers.pendingCost;
  }
  const better = cost <= numbers.confirmedCost;
  arrays.pending = better ? driven : NONE;
  numbers.pendingCost = better ? cost : Number.MAX_VALUE;
}

/** Cost of what was driven, what was expected of it, and what without the last changes. */
export interface Realised {
  readonly cost: number;
  readonly expected: number;
  readonly unchanged: number;
}

/** Adds what was driven to what is compared; its sums. What nothing was expected of takes no part. */
export function compared(numbers: GaussNewtonState["numbers"], cost: number): Realised {
  if (numbers.expected > 0) {
    numbers.comparedCost += cost;
    numbers.comparedExpected += numbers.expected;
    numbers.comparedUnchanged += numbers.unchanged;
  }
  const { comparedCost, comparedExpected, comparedUnchanged } = numbers;
  return comparedExpected > 0
    ? { cost: comparedCost, expected: comparedExpected, unchanged: comparedUnchanged }
    : { cost, expected: 0, unchanged: 0 };
}

/** How far the realised decrease kept the predicted one moves the damping, and the part of a plan that is taken. */
export function judge({ learningRate, numbers }: GaussNewtonState, { cost, expected, unchanged }: Realised): void {
  const promised = unchanged - expected;
  if (promised <= TELLING * unchanged) return;
  const ratio = (unchanged - cost) / promised;
  if (ratio < POOR) {
    numbers.kappa = Math.min(KAPPA.most, numbers.kappa * KAPPA.factor);
    numbers.part = Math.max(PART.least * learningRate, numbers.part * PART.shrink);
  } else if (ratio > GOOD) {
    numbers.kappa = Math.max(KAPPA.least, numbers.kappa / KAPPA.factor);
    numbers.part = Math.min(learningRate, numbers.part * PART.grow);
  }
}
