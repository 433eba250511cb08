/**
 * The model rollouts of robots that share one policy, as one Gauss-Newton problem (docs/equations.md, section 47): the
 * cost is the mean of theirs, [W23 eq. 8], and each is driven through a model of its own, in a core of its own.
 */
import type { Core } from "../core/core.js";
import { type ModelRollouts, SOLVER } from "./model-rollouts.js";
import type { Traits } from "./traits.js";

/** A robot of a plan, and the pace that it is planned for. */
export interface PlannedRobot {
  readonly core: Core;
  readonly model: ModelRollouts;
  readonly pace: number;
  /** by which the common parameters become its own; undefined: they are */
  readonly traits?: Traits | undefined;
}

export class RobotsProblem {
  /** mean cost of each robot's model rollouts, after {@link rollOut}; infinite if one left its bounds */
  costs: readonly number[] = [];
  readonly #robots: readonly PlannedRobot[];

  constructor(robots: readonly PlannedRobot[]) {
    this.#robots = robots;
  }

  /** Gives all robots the common parameters. */
  write(parameters: Float64Array): void {
    for (const robot of this.#robots) writeParameters(robot, parameters);
  }

  /** Rolls all models out with the present parameters; the mean of the costs. */
  rollOut(): number {
    this.costs = this.#robots.map(({ model, pace }) => model.rollOut(pace));
    return this.costs.reduce((sum, cost) => sum + cost, 0) / this.#robots.length;
  }

  /**
   * The step d of the last {@link rollOut} with
   *   (sum_i J_i^T W_i J_i + mu I) d = -sum_i J_i^T W_i r_i - mu (theta - a),   mu = damping times the rollouts,
   * by conjugate gradients; J_i and r_i are those of robot i. `anchor` is a, `present` theta. A single robot's is the
   * core's own.
   */
  solve(anchor: Float64Array, present: Float64Array, damping: number): Float64Array {
    const [only] = this.#robots;
    if (this.#robots.length === 1 && only.traits === undefined) {
      only.core.write("anchor", anchor);
      writeParameters(only, present);
      only.model.solve(damping);
      return only.core.view("step");
    }
    this.write(present);
    const mu = this.#robots.reduce((sum, { model }) => sum + damping * model.count, 0);
    for (const { model } of this.#robots) model.weighResiduals();
    const rest = this.#gathered(({ model }) => model.transposeOfResiduals());
    for (let k = 0; k < rest.length; k++) rest[k] = -rest[k] - mu * (present[k] - anchor[k]);
    return conjugateGradients(rest, (direction) => {
      const product = this.#gathered((robot) => {
        robot.core.write("direction", robot.traits?.ownOf(direction) ?? direction);
        robot.model.normalProduct();
      });
      for (let k = 0; k < product.length; k++) product[k] += mu * direction[k];
      return product;
    });
  }

  /** The sum over the robots of what `pass` leaves in the region `gradient`, by the common parameters. */
  #gathered(pass: (robot: PlannedRobot) => void): Float64Array {
    let sum: Float64Array | undefined;
    for (const robot of this.#robots) {
      pass(robot);
      const gradient = robot.core.view("gradient");
      const common = robot.traits?.transpose(gradient) ?? gradient;
      if (sum) for (let k = 0; k < sum.length; k++) sum[k] += common[k];
      else sum = common.slice();
    }
    return sum ?? new Float64Array(0);
  }
}

/** Gives a robot's core the common parameters, as they are for it. */
export function writeParameters({ core, traits }: Omit<PlannedRobot, "model" | "pace">, common: Float64Array): void {
  core.write("parameters", traits?.ownOf(common) ?? common);
}

/** x with A x = b; `rest`, which is overwritten, is b, `product` gives A v of a symmetric, positive A. */
function conjugateGradients(rest: Float64Array, product: (direction: Float64Array) => Float64Array): Float64Array {
  const x = new Float64Array(rest.length);
  const direction = rest.slice();
  const right = dot(rest, rest);
  let square = right;
  for (let done = 0; done < SOLVER.iterations && square > SOLVER.tolerance ** 2 * right; done++) {
    const image = product(direction);
    const curvature = dot(direction, image);
    if (!(curvature > 0)) break;
    const alpha = square / curvature;
    for (let k = 0; k < x.length; k++) {
      x[k] += alpha * direction[k];
      rest[k] -= alpha * image[k];
    }
    const next = dot(rest, rest);
    for (let k = 0; k < x.length; k++) direction[k] = rest[k] + (next / square) * direction[k];
    square = next;
  }
  return x;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}
