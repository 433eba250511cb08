/** One loop of the study, measured with the core: bias, variance and curvature of the gradient against the horizon. */
import { Core } from "../../core/core.js";
import { hessianOf } from "../../curvature/hessian.js";
import { extremeEigenvalue } from "../../curvature/lanczos.js";
import { SLOW, type System, systemNamed, taskOf } from "./systems.js";

/** Error of the model's derivatives: so small that T times it stays small, as the theorem's factor Delta asks for. */
const DELTA = 1e-6;
/** Batch sizes N whose estimators' variance is measured. */
export const BATCHES = [1, 2, 4, 8, 16, 32];

/** Plain data, for a worker. */
export interface TheoryJob {
  readonly system: System["name"];
  /** rollouts drawn */
  readonly starts: number;
  /** T, growing */
  readonly horizons: readonly number[];
}

/** Everything per horizon, in its order. */
export interface Measured {
  readonly system: System["name"];
  readonly horizons: readonly number[];
  /**
   * |mean of the estimator - true gradient| / Delta, with the model's error in B alone, in the closed loop's A alone
   */
  readonly biasOfB: readonly number[];
  readonly biasOfA: readonly number[];
  /** E |g - mean g|^2 of one rollout's gradient */
  readonly variance: readonly number[];
  /** the same of the mean over N rollouts, for {@link BATCHES}, at the longest horizon */
  readonly batchVariance: readonly number[];
  /** largest |eigenvalue| of the Hessian, cost e^2/2 */
  readonly eigenvalue: readonly number[];
  /** sum over t of |p_{t+1}| |dx_t/dtheta|^2: what F_xx would be weighed with, if the system were not linear */
  readonly secondOrder: readonly number[];
}

/** Measures one loop; the same job gives the same numbers everywhere. */
export async function measureGrowth({ system: name, starts, horizons }: TheoryJob): Promise<Measured> {
  const system = systemNamed(name);
  return {
    system: name,
    horizons,
    ...(await statistics(system, starts, horizons)),
    ...(await curvature(system, horizons)),
  };
}

async function coreOf(system: System, knee: number, steps: number): Promise<Core> {
  const task = taskOf(system, knee);
  const plant = { kind: "nominal", parameters: { a: system.a, b: system.b } };
  return Core.load({ task, plant, rollouts: 1, steps, segments: steps });
}

/** Models with the same error Delta, once in b with a - b k kept, once in a alone, towards the stable side. */
function modelsOf({ a, b, k = 0 }: System): { B: number[]; A: number[] } {
  return { B: [a + k * DELTA, b + DELTA], A: [a - DELTA, b] };
}

async function statistics(system: System, starts: number, horizons: readonly number[]) {
  const longest = Math.max(...horizons);
  const core = await coreOf(system, 1, longest);
  core.seed(1, 0);
  const p = core.parameterCount();
  const models = modelsOf(system);
  const truth = [system.a, system.b];
  const gradients = horizons.map((): Float64Array[] => []);
  const biasOfA = horizons.map(() => new Float64Array(p));
  const biasOfB = horizons.map(() => new Float64Array(p));
  const addDifference = (model: readonly number[], to: readonly Float64Array[]) => {
    const differing = gradientsWith(core, model, horizons);
    for (const [i, sum] of to.entries()) {
      const exact = gradients[i][gradients[i].length - 1];
      differing[i].forEach((value, k) => {
        sum[k] += (value - exact[k]) / (starts * DELTA);
      });
    }
  };
  for (let start = 0; start < starts; start++) {
    core.sampleStart(0);
    core.rollOut(0, longest);
    for (const [i, gradient] of gradientsWith(core, truth, horizons).entries()) gradients[i].push(gradient);
    addDifference(models.B, biasOfB);
    addDifference(models.A, biasOfA);
  }
  return {
    biasOfB: biasOfB.map((mean) => Math.hypot(...mean)),
    biasOfA: biasOfA.map((mean) => Math.hypot(...mean)),
    variance: gradients.map((samples) => varianceOf(samples, 1)),
    batchVariance: BATCHES.map((batch) => varianceOf(gradients[gradients.length - 1], batch)),
  };
}

/** The gradient along the recorded rollout through a model (a, b), for every horizon: [W23 eq. 7]. */
function gradientsWith(core: Core, model: readonly number[], horizons: readonly number[]): Float64Array[] {
  core.write("modelParameters", model);
  core.linearise(0);
  return horizons.map((T) => {
    core.setOption("windowLength", T);
    core.gradient(0, 1);
    return core.view("gradient").slice();
  });
}

/** E |mean of `batch` samples - mean of all|^2, over consecutive groups. */
function varianceOf(samples: readonly Float64Array[], batch: number): number {
  const groups = Math.floor(samples.length / batch);
  const sums = (from: number, count: number) => {
    const sum = new Float64Array(samples[0].length);
    for (const sample of samples.slice(from, from + count)) {
      for (const [i, value] of sample.entries()) sum[i] += value;
    }
    return sum.map((value) => value / count);
  };
  const mean = sums(0, groups * batch);
  let total = 0;
  for (let group = 0; group < groups; group++) {
    const values = sums(group * batch, batch);
    for (const [i, value] of values.entries()) total += (value - mean[i]) ** 2;
  }
  return total / (groups - 1);
}

async function curvature(system: System, horizons: readonly number[]) {
  const longest = Math.max(...horizons);
  const drive = (core: Core) => {
    core.writeStart([1], SLOW / 8);
    core.rollOut(0, longest);
    return core;
  };
  const quadratic = drive(await coreOf(system, 0, longest));
  const bounded = drive(await coreOf(system, 1, longest));
  const p = quadratic.parameterCount();
  // dx_t along the setpoint's bias, behind the two weights of every output
  const outputs = bounded.setup.task.network.scale.length;
  bounded.view("direction")[2 * outputs] = 1;
  bounded.tangentPass(0, 0);
  const dx = bounded.view("stateTangents").slice();
  const toCostate = 1 / (system.b * (system.k ?? 1)); // the setpoint's adjoint is b k p_{t+1}
  const eigenvalue: number[] = [];
  const secondOrder: number[] = [];
  for (const T of horizons) {
    quadratic.setOption("windowLength", T);
    eigenvalue.push(Math.abs(extremeEigenvalue(hessianOf(quadratic), p).value));
    bounded.setOption("windowLength", T);
    bounded.gradient(0, 1);
    const adjoint = bounded.view("outputGradient");
    let sum = 0;
    for (let t = 0; t < T; t++) sum += Math.abs(adjoint[t * outputs] * toCostate) * dx[t] ** 2;
    secondOrder.push(sum);
  }
  return { eigenvalue, secondOrder };
}
