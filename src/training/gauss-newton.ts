/**
 * The damped Gauss-Newton update (not in paper; equations in docs/equations.md): theta += step d with
 * (J^T W J + mu I) d = -J^T W r. The damping mu follows the cost, mu = kappa * cost, so that it falls as the policy gets better, and
 * kappa follows how far the realised decrease kept the predicted one. When a rollout is clearly worse than the best one, the
 * parameters go back to the best, and a smaller part of its step is taken. A step that promises too little is not taken: the policy rests.
 */
import type { Core } from "../core/core.js";
import type { Batch, Optimiser } from "./optimisers.js";

/** Residuals beyond this [m] are down-weighted (Huber). */
const THRESHOLD = 1;
const ITERATIONS = 15;
/** Of the right-hand side, at which the conjugate gradients stop. */
const TOLERANCE = 1e-3;
/** The first step, from the untrained policy, can be bolder than those that refine it. */
const KAPPA = { start: 0.5, least: 1, most: 300, factor: 3, relax: 1.1 };
/** The part of d that is taken shrinks and grows with the same judgement, down to `least` of what was asked for. */
const PART = { least: 0.4, shrink: 0.7, grow: 1.05 };
const LEAST_DAMPING = 0.3;
/** A realised decrease below this part of the predicted one raises kappa, one above the other lowers it. */
const POOR = 0.25;
const GOOD = 0.75;
/** Promised decreases below this part of the cost are not worth a step. */
const WORTHWHILE = 0.15;
/** Predicted decreases below this part of the cost drown in the scatter between rollouts: they teach nothing about kappa. */
const TELLING = 0.1;
/** Times the best cost from which on a rollout is clearly worse. */
const WORSE = 2;
/** Part of the best parameters' step that is taken instead, when the whole led to something worse. */
const RETREAT = 0.3;

function normOf(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}

interface State {
  kappa: number;
  /** part of d that is taken */
  part: number;
  /** cost before the last step, and the decrease it promised */
  cost: number;
  promised: number;
  bestCost: number;
  /** 1 after going back to the best parameters, until something better than then is driven */
  retreats: number;
}

/** `step`: part of d that is taken at first, and at most. */
export function gaussNewton(step: number): Optimiser {
  const state: State = { kappa: KAPPA.start, part: step, cost: 0, promised: 0, bestCost: 0, retreats: 0 };
  let best: Float64Array = new Float64Array(0);
  let bestStep: Float64Array = new Float64Array(0);
  let back = false;
  let rest = false;

  const judge = (cost: number): void => {
    if (state.promised <= TELLING * state.cost) return;
    const ratio = (state.cost - cost) / state.promised;
    if (ratio < POOR) {
      state.kappa = Math.min(KAPPA.most, state.kappa * KAPPA.factor);
      state.part = Math.max(PART.least * step, state.part * PART.shrink);
    } else if (ratio > GOOD) {
      state.kappa = Math.max(KAPPA.least, state.kappa / KAPPA.factor);
      state.part = Math.min(step, state.part * PART.grow);
    }
  };

  return {
    regions: [],
    state: () => ({ ...state }),
    arrays: () => ({ best, bestStep }),
    restore: (values, arrays) => {
      for (const name of Object.keys(state) as (keyof State)[]) state[name] = values[name] ?? state[name];
      best = arrays.best ?? best;
      bestStep = arrays.bestStep ?? bestStep;
    },
    outlook: () => (state.promised > 0 ? { predictedCost: state.cost - state.promised, damping: state.kappa } : {}),
    estimate: (core: Core, batch: Batch) => {
      judge(batch.cost);
      const worse = best.length > 0 && batch.cost > WORSE * state.bestCost;
      // worse again after going back: the best cost was luck, or a passage; what was driven now counts
      if (worse && state.retreats > 0) state.bestCost = Number.POSITIVE_INFINITY;
      back = worse && state.retreats === 0;
      if (back) return { loss: batch.cost, norm: normOf(bestStep) };
      const damping = Math.max(LEAST_DAMPING, state.kappa * batch.cost);
      core.exports.solveStep(batch.first, batch.count, damping * batch.count, THRESHOLD, ITERATIONS, TOLERANCE);
      const [cost = 0, slope = 0, curvature = 0, norm = 0] = core.view("solution");
      state.cost = batch.cost;
      state.promised = (2 * state.part * slope - state.part * state.part * curvature) / batch.count;
      // steps that promise next to nothing only wander, and the policy forgets what it is not driving at the moment
      rest = state.promised < WORTHWHILE * batch.cost;
      if (rest) {
        state.promised = 0;
        state.kappa = Math.max(KAPPA.least, state.kappa / KAPPA.relax);
      }
      return { loss: cost, norm };
    },
    update: (core: Core, batch: Batch) => {
      const theta = core.view("parameters");
      if (rest && !back) return;
      if (!back) {
        if (best.length === 0 || batch.cost <= state.bestCost) {
          best = theta.slice();
          bestStep = core.view("step").slice();
          state.bestCost = batch.cost;
          state.retreats = 0;
        }
        core.exports.takeStep(state.part);
        return;
      }
      state.retreats = 1;
      state.kappa = Math.min(KAPPA.most, state.kappa * KAPPA.factor);
      state.cost = state.bestCost;
      state.promised = 0;
      const part = state.part * RETREAT;
      for (let i = 0; i < theta.length; i++) theta[i] = best[i] + part * bestStep[i];
    },
  };
}
