/**
 * The running example of [W23 sec. 5] itself: u_t = the parameter of step t, no feedback, reward -x^2/2. Every formula
 * of the paper about it as printed, as it follows from (5) and (7), and as the core has it. Costs are counted for t = 0
 * .. T - 1, as in section 5.2.
 */
import { Core } from "../../core/core.js";
import { extremeEigenvalue } from "../../curvature/lanczos.js";
import { taskOf } from "./systems.js";

export interface Example {
  readonly a: number;
  readonly b: number;
  /** of the model */
  readonly aHat: number;
  readonly bHat: number;
  readonly T: number;
}

/** Sum of f(i) for from <= i < to. */
function sum(from: number, to: number, f: (i: number) => number): number {
  let total = 0;
  for (let i = from; i < to; i++) total += f(i);
  return total;
}

/** As they follow from [W23 5, 7]; n = t - t' - 1 is the number of factors of Phi_{t,t'}. */
export const exact = {
  /** estimated less true d x_t / d u_t': a^n db + sum over s of a^(t-s-1) da ahat^(s-t'-1) bhat */
  sensitivityError: ({ a, b, aHat, bHat }: Example, t: number, from: number): number =>
    a ** (t - from - 1) * (bHat - b) +
    sum(from + 1, t, (s) => a ** (t - s - 1) * (aHat - a) * aHat ** (s - from - 1)) * bHat,
  /** d (sum of x^2/2) / d u_j through the model, along x_t = a^t x_0 */
  gradient: ({ a, aHat, bHat, T }: Example, x0: number): number[] =>
    Array.from({ length: T }, (_, j) => sum(j + 1, T, (t) => a ** t * x0 * aHat ** (t - j - 1) * bHat)),
  /** E |g - E g|^2 of one rollout: the gradient is linear in x_0, uniform on [-1, 1], which has variance 1/3 */
  variance: (example: Example): number => exact.gradient(example, 1).reduce((total, g) => total + g * g, 0) / 3,
  /** d^2 (sum of x^2/2) / d u_i d u_j = sum over t > max(i, j) of the products of both sensitivities: not diagonal */
  hessian: ({ a, b, T }: Example): number[][] =>
    Array.from({ length: T }, (_, i) =>
      Array.from({ length: T }, (_, j) => sum(Math.max(i, j) + 1, T, (t) => b * b * a ** (2 * t - i - j - 2))),
    ),
} as const;

/** As the paper prints them. */
export const printed = {
  /** sec. 5.1 */
  sensitivityError: ({ a, b, aHat, bHat }: Example, t: number, from: number): number =>
    a ** (t - from) * (bHat - b) + sum(from + 1, t, () => a ** (t - from - 1) * b * (aHat - a)),
  /** sec. 5.2: one number, where there is a vector */
  gradient: ({ a, b, T }: Example, x0: number): number =>
    sum(0, T, (t) => a ** t * x0 * sum(0, t, (from) => a ** (t - from) * b)),
  /** sec. 5.2: of a given x_0 */
  variance: (example: Example, x0: number): number => printed.gradient(example, x0) ** 2,
  /** sec. 5.3: Delta_t of the diagonal matrix */
  hessianDiagonal: ({ a, b, T }: Example): number[] =>
    Array.from({ length: T }, (_, t) => sum(t + 1, T, (s) => a ** (s - t) * b)),
} as const;

/**
 * The same by the core: its co-state pass hands out the derivatives by the outputs of every step, which are the inputs
 * here.
 */
export class MeasuredExample {
  private constructor(
    private readonly core: Core,
    private readonly example: Example,
  ) {}

  static async of(example: Example): Promise<MeasuredExample> {
    const task = taskOf({ a: example.a, b: example.b, k: undefined }, 0);
    const steps = example.T;
    // e = x: no target
    const reward = { ...task.reward, parameters: { ...task.reward.parameters, amplitude: 0 } };
    const plant = { kind: "nominal", parameters: { a: example.a, b: example.b } };
    const core = await Core.load({ task: { ...task, reward }, plant, rollouts: 1, steps, segments: steps });
    return new MeasuredExample(core, example);
  }

  /**
   * d cost / d u_j from x_0 under the inputs u (absent: 0, the untrained network), through the model or, `exactly`, the
   * truth.
   */
  gradient(x0: number, { exactly = false, inputs }: { exactly?: boolean; inputs?: readonly number[] } = {}): number[] {
    this.drive(x0, exactly, inputs);
    this.core.gradient(0, 1);
    return Array.from(this.core.view("outputGradient"));
  }

  /** Cost from x_0 without inputs. */
  cost(x0: number): number {
    this.drive(x0, true);
    return this.core.windowCost(0);
  }

  /** d x_{T-1} / d u_j through the model, or the truth: the co-state pass seeded with the last error alone. */
  lastSensitivity(exactly: boolean): number[] {
    const { core } = this;
    this.drive(1, exactly);
    core.view("seeds").fill(0)[this.example.T - 1] = Math.SQRT2; // the residual is e / sqrt 2
    core.costatePass(0, 0);
    return Array.from(core.view("outputGradient"));
  }

  /**
   * E |g - E g|^2 over x_0 uniform on [-1, 1]: Gauss's two points are exact for squares of what is linear in x_0, and
   * the mean is 0.
   */
  variance(): number {
    const squares = [-1, 1].map((sign) => this.gradient(sign / Math.sqrt(3)).reduce((total, g) => total + g * g, 0));
    return squares.reduce((total, square) => total + square / 2, 0);
  }

  /** The cost is quadratic in the inputs, so differences of gradients by unit inputs are exact; row j. */
  hessian(): number[][] {
    const { T } = this.example;
    const base = this.gradient(1, { exactly: true });
    return Array.from({ length: T }, (_, j) => {
      const inputs = Array.from({ length: T }, (_, i) => (i === j ? 1 : 0));
      return this.gradient(1, { exactly: true, inputs }).map((g, i) => g - base[i]);
    });
  }

  /** Largest eigenvalue of {@link hessian}, by Lanczos on its rows. */
  largestEigenvalue(): number {
    const rows = this.hessian();
    const product = (v: ArrayLike<number>) =>
      Float64Array.from(rows, (row) => row.reduce((total, h, i) => total + h * v[i], 0));
    return extremeEigenvalue(product, rows.length, { tolerance: 1e-13 }).value;
  }

  /** Leaves the rollout from x_0 in the core, with what its derivatives need. */
  private drive(x0: number, exactly: boolean, inputs?: readonly number[]): void {
    const { core, example } = this;
    const { a, b, aHat, bHat, T } = example;
    core.write("modelParameters", exactly ? [a, b] : [aHat, bHat]);
    core.writeStart([x0], 0);
    core.rollOut(0, T);
    if (!inputs) return;
    // inputs that no network gives: written into the recording, which is then gone through again
    core.write("outputs", inputs);
    core.write("inputs", inputs);
    const x = core.view("states");
    for (let t = 0; t < T; t++) x[t + 1] = a * x[t] + b * inputs[t];
    core.replay(0, "recorded", true);
  }
}
