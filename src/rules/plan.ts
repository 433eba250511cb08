/**
 * A plan (not in paper; docs/equations.md, section 13): where a few damped Gauss-Newton steps in the model lead, each
 * of them an improvement there, and what driving a part of it promises. Several robots are one problem, each with its
 * own model (section 47).
 */
import { normOf } from "../statistics.js";
import { type PlannedRobot, RobotsProblem } from "./robots-problem.js";

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

/** Of one robot. */
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
 * A plan from `from` for each of the robots; `part` of it is to be taken, and damping is `kappa` times the mean cost.
 * The cores' parameters are afterwards those with that part. `most`: steps; 0 plans nothing and only says what `from`
 * promises.
 */
export function planFrom(
  robots: readonly PlannedRobot[],
  from: Float64Array,
  { kappa, part }: { readonly kappa: number; readonly part: number },
  most = STEPS,
): Plan[] {
  const problem = new RobotsProblem(robots);
  problem.write(from);
  const cost = problem.rollOut();
  const before = problem.costs;
  const promised = () => robots.map(({ model }) => ({ next: model.nextCost(), window: model.windowCosts() }));
  const unchanged = promised();
  const { direction, norm } = steps(problem, from, cost, Math.max(LEAST_DAMPING, kappa * cost), most);
  const taken = from.slice();
  moveAlong(taken, from, direction, part);
  problem.write(taken);
  problem.rollOut();
  const after = problem.costs;
  const expected = promised();
  return robots.map(({ pace }, i) => ({
    from,
    pace,
    direction,
    norm,
    before: before[i],
    after: after[i],
    unchanged: unchanged[i].next,
    expected: expected[i].next,
    window: { unchanged: unchanged[i].window, expected: expected[i].window },
  }));
}

/**
 * From the parameters `present` to where a few steps lead, each an improvement in the model, and the size of the first
 * step, which is 0 only if nothing can be learned. `cost`: that of the last model rollouts; if it left its bounds the
 * model is of no use, and nothing is planned.
 */
function steps(
  problem: RobotsProblem,
  present: Float64Array,
  cost: number,
  damping: number,
  most: number,
): { readonly direction: Float64Array; readonly norm: number } {
  let found = present.slice();
  let least = cost; // of the cost and the damping
  let norm = 1;
  for (let i = 0; i < most && Number.isFinite(cost); i++) {
    const before = least;
    const step = problem.solve(present, found, damping);
    if (i === 0) norm = normOf(step);
    let part = 1;
    let next = found;
    for (let halvings = 0; halvings <= HALVINGS && least === before; halvings++) {
      next = found.map((value, k) => value + part * step[k]);
      problem.write(next);
      const value = problem.rollOut() + damping * squaredDistance(next, present);
      if (value < least) least = value;
      else part /= 2;
    }
    if (least === before) break;
    found = next;
    if (least > (1 - CLOSE) * before) break;
  }
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
