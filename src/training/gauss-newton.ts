/**
 * The Gauss-Newton update (not in paper; equations in docs/equations.md, section 13): a few damped Gauss-Newton steps on drives in the
 * model lead to the plan, of which a part is taken. The damping follows the cost, so that it falls as the policy gets better, times
 * kappa, which follows how far the realised decrease kept the predicted one. When a rollout is clearly worse than the best one, the
 * parameters go back to the best. A plan that promises too little is not taken: the policy rests.
 */
import type { Core } from "../core/core.js";
import type { Batch, Optimiser } from "./optimisers.js";
import { Rehearsal } from "./rehearsal.js";

/** Steps that lead to a plan, and how often one of them is halved until it is an improvement. */
const STEPS = 3;
const HALVINGS = 3;
/** A step that improves on the one before by less than this part ends the planning. */
const CLOSE = 0.01;
const KAPPA = { start: 0.5, least: 0.3, most: 300, factor: 3, relax: 1.1 };
/** The part of a plan that is taken shrinks and grows with the same judgement, down to `least` of what was asked for. */
const PART = { least: 0.4, shrink: 0.7, grow: 1.05 };
const LEAST_DAMPING = 0.5;
/** A realised decrease below this part of the predicted one raises kappa, one above the other lowers it. */
const POOR = 0.25;
const GOOD = 0.75;
/** Promised decreases below this part of the cost are not worth a change. */
const WORTHWHILE = 0.15;
/** Predicted decreases below this part of the cost drown in the scatter between rollouts: they teach nothing about kappa. */
const TELLING = 0.1;
/** Times the best cost from which on a rollout is clearly worse. */
const WORSE = 2;
/** Part of the best parameters' plan that is taken instead, when the whole led to something worse. */
const RETREAT = 0.3;

interface State {
  /** updates so far */
  turn: number;
  kappa: number;
  /** part of the plan that is taken */
  part: number;
  /** window cost expected of the next rollout, or stretch, without the last change and with it; equal if there was none */
  unchanged: number;
  expected: number;
  bestCost: number;
  /** 1 after going back to the best parameters, until something better than then is driven */
  retreats: number;
}

/** `most`: part of a plan that is taken at first, and at most. */
export function gaussNewton(most: number): Optimiser {
  const state: State = {
    turn: 0,
    kappa: KAPPA.start,
    part: most,
    unchanged: 0,
    expected: 0,
    bestCost: 0,
    retreats: 0,
  };
  let best: Float64Array = new Float64Array(0);
  let bestPlan: Float64Array = new Float64Array(0);
  let plan: Float64Array = new Float64Array(0);
  let back = false;
  let rest = false;

  const judge = (cost: number): void => {
    const promised = state.unchanged - state.expected;
    if (promised <= TELLING * state.unchanged) return;
    const ratio = (state.unchanged - cost) / promised;
    if (ratio < POOR) {
      state.kappa = Math.min(KAPPA.most, state.kappa * KAPPA.factor);
      state.part = Math.max(PART.least * most, state.part * PART.shrink);
    } else if (ratio > GOOD) {
      state.kappa = Math.max(KAPPA.least, state.kappa / KAPPA.factor);
      state.part = Math.min(most, state.part * PART.grow);
    }
  };

  return {
    regions: [],
    state: () => ({ ...state }),
    arrays: () => ({ best, bestPlan }),
    restore: (values, arrays) => {
      for (const name of Object.keys(state) as (keyof State)[]) state[name] = values[name] ?? state[name];
      best = arrays.best ?? best;
      bestPlan = arrays.bestPlan ?? bestPlan;
    },
    outlook: () => (state.expected < state.unchanged ? { predictedCost: state.expected, damping: state.kappa } : {}),
    estimate: (core: Core, batch: Batch) => {
      judge(batch.cost);
      const worse = best.length > 0 && batch.cost > WORSE * state.bestCost;
      // worse again after going back: the best cost was luck, or a passage; what was driven now counts
      if (worse && state.retreats > 0) state.bestCost = Number.POSITIVE_INFINITY;
      back = worse && state.retreats === 0;
      if (back) return { loss: batch.cost, norm: normOf(bestPlan) };
      const rehearsal = new Rehearsal(core, batch, state.turn++);
      const before = rehearsal.drive();
      const unchanged = rehearsal.next();
      const found = planned(core, rehearsal, before, Math.max(LEAST_DAMPING, state.kappa * before));
      plan = found.plan;
      const theta = core.view("parameters");
      const present = theta.slice();
      moveAlong(theta, present, plan, state.part);
      const after = rehearsal.drive();
      state.unchanged = unchanged;
      state.expected = rehearsal.next();
      theta.set(present);
      rehearsal.end();
      // plans that promise next to nothing only wander
      rest = !(after < (1 - WORTHWHILE) * before);
      if (rest) {
        state.expected = state.unchanged;
        state.kappa = Math.max(KAPPA.least, state.kappa / KAPPA.relax);
      }
      return { loss: batch.cost, norm: found.norm };
    },
    update: (core: Core, batch: Batch) => {
      const theta = core.view("parameters");
      if (back) {
        state.retreats = 1;
        state.kappa = Math.min(KAPPA.most, state.kappa * KAPPA.factor);
        state.unchanged = state.bestCost;
        state.expected = state.bestCost;
        moveAlong(theta, best, bestPlan, RETREAT * state.part);
        return;
      }
      if (rest) return;
      if (best.length === 0 || batch.cost <= state.bestCost) {
        best = theta.slice();
        bestPlan = plan;
        state.bestCost = batch.cost;
        state.retreats = 0;
      }
      moveAlong(theta, theta, plan, state.part);
    },
  };
}

/**
 * From the present parameters to where a few steps lead, each an improvement in rehearsal, and the size of the first step, which is 0
 * only if nothing can be learned. `cost`: that of the last rehearsal; if it left its bounds the model is of no use, and nothing is planned.
 */
function planned(
  core: Core,
  rehearsal: Rehearsal,
  cost: number,
  damping: number,
): { readonly plan: Float64Array; readonly norm: number } {
  const theta = core.view("parameters");
  const present = theta.slice();
  core.write("anchor", present);
  let found = present;
  let least = cost; // of the cost and the damping
  let norm = 1;
  for (let i = 0; i < STEPS && Number.isFinite(cost); i++) {
    const before = least;
    rehearsal.solve(damping);
    if (i === 0) norm = normOf(core.view("step"));
    let part = 1;
    for (let halvings = 0; halvings <= HALVINGS && least === before; halvings++) {
      theta.set(found);
      core.exports.takeStep(part);
      const value = rehearsal.drive() + damping * squaredDistance(theta, present);
      if (value < least) least = value;
      else part /= 2;
    }
    if (least === before) break;
    found = theta.slice();
    if (least > (1 - CLOSE) * before) break;
  }
  theta.set(present);
  return { plan: found.map((value, i) => value - present[i]), norm };
}

/** theta = from + part * direction. */
function moveAlong(theta: Float64Array, from: Float64Array, direction: Float64Array, part: number): void {
  for (let i = 0; i < theta.length; i++) theta[i] = from[i] + part * direction[i];
}

function squaredDistance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

function normOf(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}
