/**
 * The Gauss-Newton update (not in paper; equations in docs/equations.md, section 13): a few damped Gauss-Newton steps
 * on drives in the model lead to the plan, of which a part is taken. The damping follows the cost, so that it falls as
 * the policy gets better, times kappa, which follows how far the realised decrease kept the predicted one. When a
 * rollout is clearly worse than the best one, the parameters go back to the best. A plan that promises too little is
 * not taken: the policy rests.
 */
import type { Core } from "../core/core.js";
import { normOf } from "../statistics.js";
import { afterSpin, type CalmMemory, calmDown, describeCalm, neverSpun } from "./calm.js";
import type { Batch, Estimate, UpdateRule } from "./definition.js";
import { chooseRung, fasterPace, halved, PACES, RUNGS } from "./ladder.js";
import { ModelRollouts } from "./model-rollouts.js";
import { moveAlong, type Plan, type PlanStart, planFrom } from "./plan.js";

const KAPPA = { start: 0.5, least: 0.3, most: 300, factor: 3, relax: 1.1 };
/**
 * The part of a plan that is taken shrinks and grows with the same judgement, down to `least` of what was asked for.
 */
const PART = { least: 0.4, shrink: 0.7, grow: 1.05 };
/** A realised decrease below this part of the predicted one raises kappa, one above the other lowers it. */
const POOR = 0.25;
const GOOD = 0.75;
/** Promised decreases below this part of the cost are not worth a change. */
const WORTHWHILE = 0.15;
/**
 * Predicted decreases below this part of the cost drown in the scatter between rollouts: they teach nothing about
 * kappa.
 */
const TELLING = 0.1;
/** Times the best cost from which on a rollout is clearly worse. */
const WORSE = 2;
/** Part of the best parameters' plan that is taken instead, when the whole led to something worse. */
const RETREAT = 0.3;

/** A cost that is this many times the one before grows: nothing relaxes then. */
const GROWTH = 1.1;
/** A cost up to so many times the expected one keeps the promise; up to so many times the own one confirms. */
const KEPT = 1.5;
const CONFIRMED = 1.5;
/** A cost beyond so many times what the model promised deceived. */
const DECEIVED = 3;
/** Windows after a change in which rungs are chosen anew with every update, and the pace in the first of them. */
const FRESH = 6;
const CAREFUL = 0.82;
const HOPELESS =
  "the cost keeps growing beyond what the model promises, with the untrained policy at its slowest too: " +
  "there is nothing left to drive";
const NONE = new Float64Array(0);

/** Its numbers and arrays are those of the checkpoint. */
type GaussNewtonState = {
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
    /** pace that was asked for after a change of the world, 1 without one; 0: that of the settings */
    pace: number;
    /** windows, the one in which it changed included, in which what is known of a changed world still grows */
    fresh: number;
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

/** What to do next: take the plan, rest, go back to the best parameters, or calm down after a spin. */
type Found = Estimate & ({ readonly move: "plan"; readonly plan: Plan } | { readonly move: "rest" | "back" | "calm" });

export default {
  name: "gauss-newton",
  learningRate: 1,
  learningRateMeaning: "the largest part of its plan that is taken",
  remedy:
    "compare modelError in metrics.jsonl: if it grew, the robot, its floor or a sensor changed, or the model cannot " +
    "describe it, so mend that and train anew; if it did not, the plan went wrong, so drive on with the best policy, " +
    "lapgrad drive",
  needs: { modelRollouts: true, fitsModel: true, prefersLaps: true },
  colour: "blue",
  expects: [{ name: "predictedCost", heading: "predicted", unit: "(cost)" }],
  regions: [],
  start: (learningRate): GaussNewtonState => ({
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
      top: 0,
      floor: 0,
      chosen: 0,
      ...neverSpun(),
    },
    arrays: { best: NONE, bestPlan: NONE, confirmed: NONE, pending: NONE, untrained: NONE, expectedWindow: NONE },
  }),
  expectedCost: ({ arrays: { expectedWindow } }: GaussNewtonState, segments: number) =>
    expectedWindow.length > 0 ? expectedWindow.subarray(0, segments).reduce((a, b) => a + b, 0) : undefined,
  beginAnew: ({ numbers, arrays }: GaussNewtonState) => {
    Object.assign(numbers, { unchanged: 0, expected: 0, lastCost: 0 });
    arrays.expectedWindow = NONE;
  },
  remarks: ({ numbers }: GaussNewtonState) => {
    const { chosen, pace } = numbers;
    if (chosen === 0) return describeCalm(numbers, pace);
    return [`${RUNGS[chosen - 1].name} was driven on, improved in the model, at pace ${pace.toFixed(2)}`];
  },
  outlook: ({ numbers: { expected, unchanged, kappa } }: GaussNewtonState) =>
    expected < unchanged ? { predictedCost: expected, damping: kappa } : {},
  account: ({ numbers: { turn, expected, part, kappa } }: GaussNewtonState) =>
    turn > 0 ? { expectedCost: expected, part, damping: kappa } : {},
  estimate: (core: Core, batch: Batch, state: GaussNewtonState): Found => {
    const { numbers, arrays } = state;
    const theta = core.view("parameters");
    const present = theta.slice();
    if (arrays.untrained.length === 0) arrays.untrained = present;
    numbers.chosen = 0;
    const spin = afterSpin(numbers, batch.spins === true);
    if (spin) {
      numbers.unchanged = 0; // nobody knows what it will cost
      numbers.expected = 0;
      arrays.expectedWindow = NONE;
      return { loss: batch.cost, norm: 1, move: spin };
    }
    const changed = batch.changedFrom !== undefined;
    const realised = compared(numbers, batch.cost);
    const { cost, expected } = realised;
    const isJudged = batch.isJudged && !changed;
    const grows = isJudged && numbers.lastCost > 0 && cost > GROWTH * numbers.lastCost;
    const kept = isJudged && expected > 0 && cost <= KEPT * expected;
    if (batch.isJudged && numbers.fresh > 0) numbers.fresh--;
    if (changed) startAnew(state);
    const isFresh = numbers.fresh > 0; // what is known of the world grows from piece to piece
    const deceived = isJudged && !isFresh && numbers.floor > 0 && cost > DECEIVED * expected;
    if (changed || deceived) numbers.top = numbers.floor;
    const descends = changed || deceived || isFresh;
    if (deceived && numbers.floor > RUNGS.length)
      return { loss: batch.cost, norm: 1, move: "rest", hopeless: HOPELESS };
    if (isJudged) {
      judge(state, realised);
      if (kept) numbers.floor = Math.max(0, numbers.floor - 1);
    }
    if (batch.rolloutCost !== undefined && !changed) confirm(state, present, batch.rolloutCost);
    if (batch.isJudged) {
      numbers.lastCost = cost;
      Object.assign(numbers, { comparedCost: 0, comparedExpected: 0, comparedUnchanged: 0 });
    }
    if (batch.isWhole && !changed) {
      const worse = arrays.best.length > 0 && batch.cost > WORSE * numbers.bestCost;
      // worse again after going back: the best cost was luck, or a passage; what was driven now counts
      if (worse && numbers.retreats > 0) numbers.bestCost = Number.POSITIVE_INFINITY;
      if (worse && numbers.retreats === 0 && !deceived)
        return { loss: batch.cost, norm: normOf(arrays.bestPlan), move: "back" };
    }
    const model = new ModelRollouts(core, batch, numbers.turn++);
    const start = descends ? descend(core, model, state, present) : { from: present, pace: core.pace };
    let plan = planFrom(core, model, start, numbers, isFresh ? 0 : undefined);
    const { before, unchanged } = plan;
    // a rung up needs a promise that was kept
    if (numbers.pace > 0 && start.pace < numbers.ceiling && kept && !descends) {
      const pace = Math.min(numbers.ceiling, fasterPace(start.pace, numbers.turn));
      const quick = planFrom(core, model, { ...start, pace }, numbers);
      if (quick.after < plan.after) plan = quick;
    }
    theta.set(present);
    model.end();
    numbers.unchanged = unchanged;
    numbers.expected = plan.expected;
    if (batch.isJudged) arrays.expectedWindow = plan.window.expected;
    const found = { loss: batch.cost, norm: plan.norm };
    const isNew = descends || plan.pace > core.pace;
    if (isNew || plan.after < (1 - WORTHWHILE) * before) return { ...found, move: "plan", plan };
    // plans that promise next to nothing only wander
    numbers.expected = numbers.unchanged;
    if (batch.isJudged) arrays.expectedWindow = plan.window.unchanged;
    if (!grows) numbers.kappa = Math.max(KAPPA.least, numbers.kappa / KAPPA.relax);
    return { ...found, move: "rest" };
  },
  update: (core: Core, batch: Batch, state: GaussNewtonState, found: Found) => {
    const { numbers, arrays } = state;
    const theta = core.view("parameters");
    if (found.move === "calm") {
      theta.set(arrays.confirmed.length > 0 ? arrays.confirmed : arrays.untrained);
      numbers.pace = calmDown(core, numbers);
      startAnew(state);
      numbers.fresh = 0;
    } else if (found.move === "back") {
      numbers.retreats = 1;
      numbers.kappa = Math.min(KAPPA.most, numbers.kappa * KAPPA.factor);
      numbers.unchanged = numbers.bestCost;
      numbers.expected = numbers.bestCost;
      arrays.expectedWindow = Float64Array.of(numbers.bestCost);
      moveAlong(theta, arrays.best, arrays.bestPlan, RETREAT * numbers.part);
    } else if (found.move === "plan") {
      const { from, direction, pace } = found.plan;
      const isBest = batch.isWhole && (arrays.best.length === 0 || batch.cost <= numbers.bestCost);
      // what was driven while the world changed is no measure for what comes
      if (isBest && batch.changedFrom === undefined) {
        arrays.best = theta.slice();
        arrays.bestPlan = direction;
        numbers.bestCost = batch.cost;
        numbers.retreats = 0;
      }
      moveAlong(theta, from, direction, numbers.part);
      if (pace === core.pace) return;
      numbers.pace = pace;
      core.setPace(pace);
    }
  },
} as const satisfies UpdateRule<GaussNewtonState, Found>;

/** Down the ladder: what is driven on from, and at which pace. */
function descend(
  core: Core,
  model: ModelRollouts,
  { numbers, arrays }: GaussNewtonState,
  present: Float64Array,
): PlanStart {
  const policies = [present, halved(core, present), arrays.confirmed, arrays.untrained, arrays.untrained];
  const last = RUNGS.length - 1;
  const most = numbers.fresh === FRESH ? CAREFUL : 1;
  const chosen = chooseRung(core, model, policies, Math.min(numbers.top, last), most);
  const rung = chosen?.rung ?? last;
  numbers.floor = numbers.top > last ? RUNGS.length + 1 : rung + 1;
  numbers.chosen = rung + 1;
  return { from: chosen?.policy ?? arrays.untrained, pace: chosen?.pace ?? PACES[PACES.length - 1] };
}

/** After a change of the world nothing is promised, nothing is best, and trust is what it was at the start. */
function startAnew({ learningRate, numbers, arrays }: GaussNewtonState): void {
  numbers.fresh = FRESH;
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
function confirm({ numbers, arrays }: GaussNewtonState, driven: Float64Array, cost: number): void {
  if (arrays.pending.length > 0 && cost <= CONFIRMED * numbers.pendingCost) {
    arrays.confirmed = arrays.pending;
    numbers.confirmedCost = numbers.pendingCost;
  }
  const better = cost <= numbers.confirmedCost;
  arrays.pending = better ? driven : NONE;
  numbers.pendingCost = better ? cost : Number.MAX_VALUE;
}

/** Cost of what was driven, what was expected of it, and what without the last changes. */
interface Realised {
  readonly cost: number;
  readonly expected: number;
  readonly unchanged: number;
}

/** Adds what was driven to what is compared; its sums. What nothing was expected of takes no part. */
function compared(numbers: GaussNewtonState["numbers"], cost: number): Realised {
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
function judge({ learningRate, numbers }: GaussNewtonState, { cost, expected, unchanged }: Realised): void {
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
