/** Cores for tests: small networks, reproducible random numbers, random recorded trajectories. */
import { Core, type CoreSetup } from "../../src/core/core.js";
import { carFigure8 } from "../../src/tasks/car-figure8.js";
import type { TaskDefinition } from "../../src/tasks/definition.js";

/** Uniform numbers in [-1, 1) from a seed (a 32-bit multiplicative congruence; good enough to spread test points). */
export function randomNumbers(seed: number): () => number {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/** The car task with another network, and a model whose parameters are those of the plant times `modelScale`. */
export function carTask(hidden: readonly number[], modelScale = 1): TaskDefinition {
  const scaled = Object.entries(carFigure8.model.parameters).map(([name, value]) => [name, value * modelScale]);
  return {
    ...carFigure8,
    network: { ...carFigure8.network, hidden },
    model: { ...carFigure8.model, parameters: Object.fromEntries(scaled) },
  };
}

export interface SmallSetup {
  readonly hidden?: readonly number[];
  readonly modelScale?: number;
  readonly rollouts?: number;
  readonly segments?: number;
  readonly sensitivity?: boolean;
  readonly exports?: ConstructorParameters<typeof Core>[0];
}

/** A configured core with random parameters (weights of size 0.5), for a car with a small network. */
export async function smallCore(seed: number, setup: SmallSetup = {}): Promise<Core> {
  const { hidden = [5, 4], modelScale = 1, rollouts = 1, segments = 12, sensitivity = false, exports } = setup;
  const task = carTask(hidden, modelScale);
  const plant = { kind: "nominal", parameters: carFigure8.plants.nominal?.parameters ?? {} };
  const core = exports
    ? new Core(exports, coreSetup(task, plant, rollouts, segments, sensitivity))
    : await Core.load(coreSetup(task, plant, rollouts, segments, sensitivity));
  const random = randomNumbers(seed);
  const parameters = core.view("parameters");
  for (let i = 0; i < parameters.length; i++) parameters[i] = 0.5 * random();
  return core;
}

function coreSetup(
  task: TaskDefinition,
  plant: CoreSetup["plant"],
  rollouts: number,
  segments: number,
  sensitivity: boolean,
): CoreSetup {
  return { task, plant, rollouts, steps: 7 * segments, segments, sensitivity };
}

/** Starts rollout `slot` at task time `t0` on the track and drives it. */
export function driveFrom(core: Core, slot: number, t0: number, segments: number): void {
  core.nominalSetpoint(t0);
  const [x = 0, y = 0, vx = 0, vy = 0] = core.view("probe");
  core.writeStart([x + 0.05, y - 0.04, 0.8 * Math.hypot(vx, vy), Math.atan2(vy, vx) + 0.1], t0, slot);
  core.rollOut(slot, segments);
}

/** Inner product. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? Number.NaN) * (b[i] ?? Number.NaN);
  return sum;
}

/** |a - b| / |b|. */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const difference = Array.from(a, (value, i) => value - (b[i] ?? Number.NaN));
  return Math.hypot(...difference) / Math.hypot(...Array.from(b));
}

/** All eigenvalues of a symmetric matrix, by Jacobi's rotations: slow, and nothing like what it checks. */
export function jacobiEigenvalues(matrix: readonly (readonly number[])[]): number[] {
  const a = matrix.map((row) => Float64Array.from(row));
  const n = a.length;
  const at = (i: number, k: number) => a[i]?.[k] ?? Number.NaN;
  const set = (i: number, k: number, value: number) => {
    const row = a[i];
    if (row) row[k] = value;
  };
  for (let sweep = 0; sweep < 30; sweep++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (at(p, q) === 0) continue;
        const theta = (at(q, q) - at(p, p)) / (2 * at(p, q));
        const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.hypot(theta, 1));
        const c = 1 / Math.hypot(t, 1);
        const s = t * c;
        for (let k = 0; k < n; k++) {
          const [x, y] = [at(k, p), at(k, q)];
          set(k, p, c * x - s * y);
          set(k, q, s * x + c * y);
        }
        for (let k = 0; k < n; k++) {
          const [x, y] = [at(p, k), at(q, k)];
          set(p, k, c * x - s * y);
          set(q, k, s * x + c * y);
        }
      }
    }
  }
  return a.map((row, i) => row[i] ?? Number.NaN);
}
