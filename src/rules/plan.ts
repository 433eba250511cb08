/**
 * A plan (not in paper; docs/equations.md, section 13): where a few damped Gauss-Newton steps in the model lead, each
 * of them an improvement there, and what driving a part of it promises.
 */
import type { Core } from "../core/core.js";
import { normOf } from "../statistics.js";
import type { ModelRollouts } from "./model-rollouts.js";

/** Steps that lead to a plan, and how often one of them is halved until it is an improvement. */
const STEPS = 3;
const HALVINGS = 3;
/** A step that improves on the one before by less than this part ends the planning. */
const CLOSE = 0.01;
const LEAST_DAMPING = 0.15;

/** Parameters, and the pace that they are driven at. */
export interface PlanStart {
  readonly from: Float64Array;
  readonly pace: number;
}

export interface Plan extends PlanStart {
  /** of all parameters, from `from` on */
  readonly direction: Float64Array;
  /** of the first step; 0 only if nothing can be learned */
  readonly norm: number;
  /** mean cost of the model rollouts at `from`, and with a part of the plan */
  readonly before: number;
  readonly after: number;
  /** the same of the next rollout where it counts */
  readonly unchanged: number;
  readonly expected: number;
  /** of every segment of the next window, at `from` and with that part */
  readonly window: { readonly unchanged: Float64Array; readonly expected: Float64Array };
}

/**
 * A plan from `start`, of which `part` is to be taken; damping is `kappa` times the cost. The core's parameters are
 * afterwards those with that part. `most`: steps; 0 plans nothing and only says what `start` promises.
 */
export function planFrom(
  core: Core,
  model: ModelRollouts,
  { from, pace }: PlanStart,
  { kappa, part }: { readonly kappa: number; readonly part: number },
  most = STEPS,
): Plan {
  const theta = core.view("parameters");
  theta.set(from);
  const before = model.rollOut(pace);
  const [unchanged, unchangedWindow] = [model.nextCost(), model.windowCosts()];
  const { direction, norm } = steps(core, model, before, Math.max(LEAST_DAMPING, kappa * before), pace, most);
  moveAlong(theta, from, direction, part);
  const after = model.rollOut(pace);
  const window = { unchanged: unchangedWindow, expected: model.windowCosts() };
  return { from, pace, direction, norm, before, after, unchanged, expected: model.nextCost(), window };
}

/**
 * From the present parameters to where a few steps lead, each an improvement in the model, and the size of the first
 * step, which is 0 only if nothing can be learned. `cost`: that of the last model rollouts; if it left its bounds the
 * model is of no use, and nothing is planned.
 */
function steps(
  core: Core,
  model: ModelRollouts,
  cost: number,
  damping: number,
  pace: number,
  most: number,
): { readonly direction: Float64Array; readonly norm: number } {
  const theta = core.view("parameters");
  const present = theta.slice();
  core.write("anchor", present);
  let found = present;
  let least = cost; // of the cost and the damping
  let norm = 1;
  for (let i = 0; i < most && Number.isFinite(cost); i++) {
    const before = least;
    model.solve(damping);
    if (i === 0) norm = normOf(core.view("step"));
    let part = 1;
    for (let halvings = 0; halvings <= HALVINGS && least === before; halvings++) {
      theta.set(found);
      core.takeStep(part);
      const value = model.rollOut(pace) + damping * squaredDistance(theta, present);
      if (value < least) least = value;
      else part /= 2;
    }
    if (least === before) break;
    found = theta.slice();
    if (least > (1 - CLOSE) * before) break;
  }
  theta.set(present);
  return { direction: found.map((value, i) => value - present[i]), norm };
}

/** theta = from + part * direction. */
export function moveAlong(theta: Float64Array, from: Float64Array, direction: Float64Array, part: number): void {
  for (let i = 0; i < theta.length; i++) theta[i] = from[i] + part * direction[i];
}

function squaredDistance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}
