/**
 * Hessian-vector products against differences of gradients of whole rollouts, and what only they can be checked for.
 */
import { describe, expect, test } from "@jest/globals";
import { completeConfig, type PartialConfig } from "../../src/config/config.js";
import type { RunConfig } from "../../src/config/schema.js";
import type { Core, OptionName } from "../../src/core/core.js";
import { hessianOf } from "../../src/curvature/hessian.js";
import { extremeEigenvalue } from "../../src/curvature/lanczos.js";
import { UserError } from "../../src/errors.js";
import { coreFor } from "../../src/session.js";
import { dot, jacobiEigenvalues, randomNumbers, relativeError } from "../support/cores.js";

/** What the nominal quadruped really does: its task's model is the paper's, which does not. */
const QUADRUPED = { speedGain: 1.18, response: 1, turnGain: 1, turnBias: 0.1 };

/** A vector of length 1 and any direction. */
function unitVector(size: number, seed: number): Float64Array {
  const random = randomNumbers(seed);
  const v = Float64Array.from({ length: size }, random);
  const length = Math.hypot(...v);
  return v.map((value) => value / length);
}

interface System {
  readonly core: Core;
  readonly config: RunConfig;
}

/** A task's core with a small network of random weights, its model being the plant unless told otherwise. */
async function systemOf(given: PartialConfig, slots = 1): Promise<System> {
  const config = completeConfig({ hidden: [5], model: "nominal", "model-scale": 1, window: "0:0:0", ...given });
  const core = await coreFor(config, slots, config["rollout-segments"]);
  const random = randomNumbers(3);
  const theta = core.view("parameters");
  for (let i = 0; i < theta.length; i++) theta[i] = 0.2 * random();
  return { core, config };
}

/** Drives slot 0 from the task's own initial state. */
function drive({ core, config }: System): void {
  core.view("states").set(core.setup.task.initialState);
  core.view("counts").set([0.3], 2);
  core.rollOut(0, config["rollout-segments"]);
}

/** (g(theta + h v) - g(theta - h v)) / 2h, each along a rollout of its own, to fourth order. */
function differenceOfRollouts(system: System, v: Float64Array, h: number): Float64Array {
  const { core } = system;
  const theta = core.view("parameters").slice();
  const gradientAt = (by: number) => {
    core.view("parameters").set(theta.map((value, i) => value + by * (v[i] ?? 0)));
    drive(system);
    core.gradient(0, 1);
    return core.view("gradient").slice();
  };
  const [a, b, c, d] = [gradientAt(h), gradientAt(-h), gradientAt(2 * h), gradientAt(-2 * h)];
  core.view("parameters").set(theta);
  drive(system);
  const at = (values: Float64Array, i: number) => values[i] ?? Number.NaN;
  return theta.map((_, i) => (8 * (at(a, i) - at(b, i)) - (at(c, i) - at(d, i))) / (12 * h));
}

/** |u^T H v - v^T H u| is rounding of the differences. */
function expectSymmetric(core: Core, slot = 0): void {
  const p = core.parameterCount();
  const [u, v] = [unitVector(p, 5), unitVector(p, 6)];
  const H = hessianOf(core, slot);
  const [Hu, Hv] = [H(u), H(v)];
  expect(Math.hypot(...Hu)).toBeGreaterThan(1e-3);
  expect(Math.abs(dot(u, Hv) - dot(v, Hu))).toBeLessThan(1e-9 * (Math.hypot(...Hu) + Math.hypot(...Hv)));
}

/** What a gradient reads and leaves. */
function kept(core: Core): Float64Array[] {
  const names = [
    "parameters",
    "gradient",
    "outputGradient",
    "residuals",
    "gains",
    "commands",
    "inputs",
    "modelTape",
  ] as const;
  return names.map((name) => core.view(name).slice());
}

const TASKS: readonly (readonly [string, PartialConfig])[] = [
  ["car-figure8", { task: "car-figure8", "rollout-segments": 20 }],
  ["car-figure8, window", { task: "car-figure8", "rollout-segments": 20, window: "0:12:0" }],
  ["car-figure8, delays", { task: "car-figure8", "rollout-segments": 16, "model-delay": 0.06, "plant-delay": [0.06] }],
  ["quadruped-figure8", { task: "quadruped-figure8", "rollout-segments": 20, parameters: { model: QUADRUPED } }],
  ["pendulum-reach", { task: "pendulum-reach", "rollout-segments": 15 }],
  ["pendulum-reach-open", { task: "pendulum-reach-open", "rollout-segments": 150 }],
  ["scalar", { task: "scalar", "rollout-segments": 40, parameters: { reward: { knee: 0.4 } } }],
];

describe.each(TASKS)("%s", (_, given) => {
  test("with the true model H v is the difference of whole rollouts' gradients", async () => {
    const system = await systemOf(given);
    drive(system);
    for (let seed = 1; seed <= 3; seed++) {
      const v = unitVector(system.core.parameterCount(), seed);
      const expected = differenceOfRollouts(system, v, 2e-5);
      expect(relativeError(hessianOf(system.core)(v), expected)).toBeLessThan(2e-8);
    }
  });

  test("with a wrong model it is symmetric all the same, and leaves everything as it was", async () => {
    const system = await systemOf({ ...given, "model-scale": 0.8, parameters: {} });
    drive(system);
    system.core.gradient(0, 1);
    const before = kept(system.core);
    expectSymmetric(system.core);
    system.core.gradient(0, 1);
    expect(kept(system.core)).toEqual(before);
  });
});

const OPTIONS: readonly (readonly [string, Partial<Record<OptionName, number>>, readonly number[]])[] = [
  ["truncated at network calls", { truncate: 1 }, [0, 0]],
  ["truncated, with delays", { truncate: 1 }, [3, 9]],
  ["without the network's state feedback", { stateFeedback: 0 }, [0, 0]],
  ["window in the middle, delays", { windowStart: 5, windowLength: 4 }, [2, 8]],
  ["overlapping windows", { windowStart: 1, windowLength: 6, windowStride: 2 }, [0, 0]],
  ["burn-in", { windowStart: 6, windowBurnIn: 4 }, [0, 3]],
];

test.each(OPTIONS)("symmetric and repeatable: %s", async (_, options, delays) => {
  const { core } = await systemOf({ task: "car-figure8", "rollout-segments": 12, "model-scale": 0.7 }, 2);
  core.view("states").set(core.setup.task.initialState);
  core.rollOut(0, 12);
  // drive on with other parameters: references and gains kept in front are those of the old ones
  const theta = core.view("parameters");
  theta.set(theta.map((value, i) => value + 0.02 * Math.sin(i)));
  core.rollOut(1, 8, 0, 4);
  for (const [name, value] of Object.entries(options)) core.setOption(name as OptionName, value);
  core.view("inputDelays").set(delays);
  core.linearise(1);
  expectSymmetric(core, 1);
  const v = unitVector(theta.length, 8);
  const [once, again] = [hessianOf(core, 1)(v), hessianOf(core, 1)(v)];
  expect(again).toEqual(once);
});

test("the truncated Hessian of one segment is that of a rollout of this segment", async () => {
  const { core } = await systemOf({ task: "pendulum-reach", "rollout-segments": 1 });
  core.view("states").set([1.9, 0.3, 0.2, -0.1]);
  core.rollOut(0, 1);
  const v = unitVector(core.view("parameters").length, 2);
  const whole = hessianOf(core)(v);
  core.setOption("truncate", 1);
  expect(relativeError(hessianOf(core)(v), whole)).toBeLessThan(1e-12);
});

test("a batch has the mean of its rollouts' Hessians", async () => {
  const system = await systemOf({ task: "scalar", "rollout-segments": 20, parameters: { reward: { knee: 0.4 } } }, 2);
  const { core } = system;
  for (const slot of [0, 1]) {
    core.view("states", slot).set([slot - 0.3]);
    core.rollOut(slot, 20);
  }
  const v = unitVector(core.view("parameters").length, 4);
  const [first, second] = [hessianOf(core, 0)(v), hessianOf(core, 1)(v)];
  const mean = first.map((value, i) => (value + (second[i] ?? 0)) / 2);
  expect(relativeError(hessianOf(core, 0, 2)(v), mean)).toBeLessThan(1e-11);
  core.setOption("meanOverBatch", 0);
  expect(
    relativeError(
      hessianOf(core, 0, 2)(v),
      mean.map((value) => 2 * value),
    ),
  ).toBeLessThan(1e-11);
});

test("a rollout that does not exist, and one that explodes, are refused", async () => {
  const { core } = await systemOf({ task: "scalar", "rollout-segments": 4 });
  expect(() => hessianOf(core, 1)([])).toThrow(UserError);
  core.view("modelParameters").set([1e200, 1]);
  core.rollOut(0, 4);
  expect(() => hessianOf(core)(unitVector(core.view("parameters").length, 1))).toThrow(
    /not finite.*shorten the window/,
  );
});

describe("largest eigenvalue by Lanczos", () => {
  test.each([["car-figure8", 14, 3] as const, ["pendulum-reach", 10, 3] as const, ["scalar", 40, 4] as const])(
    "%s: equals that of the dense matrix to 1e-6",
    async (task, segments, width) => {
      const system = await systemOf({ task, "rollout-segments": segments, hidden: [width] });
      drive(system);
      const p = system.core.parameterCount();
      // dense, column by column from whole rollouts: nothing of it comes from the products
      const columns = Array.from({ length: p }, (_, i) =>
        differenceOfRollouts(
          system,
          Float64Array.from({ length: p }, (_, k) => (k === i ? 1 : 0)),
          1e-4,
        ),
      );
      const entry = (i: number, k: number) => columns[i]?.[k] ?? Number.NaN;
      const dense = columns.map((_, i) => columns.map((_, k) => (entry(i, k) + entry(k, i)) / 2));
      const eigenvalues = jacobiEigenvalues(dense);
      const largest = Math.max(...eigenvalues);
      const magnitude = eigenvalues.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best));
      const H = hessianOf(system.core);
      const found = extremeEigenvalue(H, p, { of: "largest" });
      expect(Math.abs(found.value - largest)).toBeLessThan(1e-6 * Math.abs(largest));
      expect(found.residual).toBeLessThan(1e-7 * Math.abs(magnitude));
      expect(Math.abs(extremeEigenvalue(H, p).value - magnitude)).toBeLessThan(1e-6 * Math.abs(magnitude));
    },
  );
});
