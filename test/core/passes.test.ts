/** Co-state, tangent and forward sensitivity against each other and against differences of whole rollouts. */
import { describe, expect, test } from "@jest/globals";
import type { Core, OptionName } from "../../src/core/core.js";
import { dot, driveFrom, randomNumbers, relativeError, smallCore } from "../support/cores.js";

type Options = Partial<Record<OptionName, number>> & { readonly delays?: readonly [number, number] };

const CASES: readonly (readonly [string, Options])[] = [
  ["whole rollout", {}],
  ["truncated at network calls", { truncate: 1 }],
  ["without the network's state feedback", { stateFeedback: 0 }],
  ["window in the middle", { windowStart: 3, windowLength: 5 }],
  ["window to the end", { windowStart: 4 }],
  ["overlapping windows", { windowStart: 1, windowLength: 4, windowStride: 2 }],
  ["delayed inputs", { delays: [3, 9] }],
  [
    "one delay longer than a segment, truncated, windows",
    { delays: [0, 8], truncate: 1, windowStart: 2, windowLength: 3, windowStride: 1 },
  ],
];

function apply(core: Core, { delays, ...options }: Options): void {
  for (const [name, value] of Object.entries(options)) core.setOption(name as OptionName, value);
  if (delays) core.view("inputDelays").set(delays);
}

describe.each(CASES)("%s", (_, options) => {
  test("co-state equals forward sensitivity to 1e-10", async () => {
    for (let seed = 1; seed <= 4; seed++) {
      const core = await smallCore(seed, { sensitivity: true, modelScale: 0.7 });
      apply(core, options);
      driveFrom(core, 0, 1.1 * seed, 12);
      const loss = core.gradient(0, 1);
      const gradient = core.view("gradient").slice();
      expect(loss).toBeGreaterThan(0);
      expect(Math.hypot(...gradient)).toBeGreaterThan(1e-3);
      for (let window = 0; window < core.windowCount(0); window++) core.sensitivityPass(0, window);
      expect(relativeError(gradient, core.view("sensitivityGradient"))).toBeLessThan(1e-10);
    }
  });

  test("tangent and co-state are transposes to 1e-12", async () => {
    for (let seed = 1; seed <= 4; seed++) {
      const core = await smallCore(seed, { modelScale: 0.7 });
      apply(core, options);
      driveFrom(core, 0, 0.7 * seed, 12);
      const random = randomNumbers(seed);
      const v = core.view("direction");
      for (let i = 0; i < v.length; i++) v[i] = random();
      for (let window = 0; window < core.windowCount(0); window++) {
        const w = core.view("seeds");
        for (let i = 0; i < w.length; i++) w[i] = random();
        core.view("residualTangents").fill(0);
        core.tangentPass(0, window);
        const Jv = core.view("residualTangents");
        core.costatePass(0, window);
        const JTw = core.view("gradient");
        const scale = Math.hypot(...w) * Math.hypot(...Jv) + Math.hypot(...JTw) * Math.hypot(...v);
        expect(Math.abs(dot(w, Jv) - dot(JTw, v))).toBeLessThan(1e-12 * scale);
        expect(Math.hypot(...Jv)).toBeGreaterThan(1e-3);
      }
    }
  });
});

test("with the true model the gradient is the derivative of the rollout's cost", async () => {
  for (let seed = 1; seed <= 5; seed++) {
    const core = await smallCore(seed);
    const t0 = 0.9 * seed;
    driveFrom(core, 0, t0, 12);
    core.gradient(0, 1);
    const gradient = core.view("gradient").slice();
    const theta = core.view("parameters").slice();
    const random = randomNumbers(seed + 40);
    const direction = theta.map(() => random());
    const lossAt = (h: number): number => {
      core.view("parameters").set(theta.map((value, i) => value + h * (direction[i] ?? 0)));
      driveFrom(core, 0, t0, 12);
      return core.gradient(0, 1);
    };
    // fourth-order difference: error of the order h^4 = 1e-16 of the fifth derivative, rounding 1e-13 of the loss / h
    const h = 1e-4;
    const slope = (8 * (lossAt(h) - lossAt(-h)) - (lossAt(2 * h) - lossAt(-2 * h))) / (12 * h);
    // a clamp that switches between the points leaves a difference far above rounding; starts are chosen without
    expect(Math.abs(dot(gradient, direction) - slope) / Math.abs(slope)).toBeLessThan(2e-6);
  }
});

test("the batch gradient is the mean, or the sum, of the rollouts' gradients", async () => {
  const core = await smallCore(2, { rollouts: 3 });
  const single: Float64Array[] = [];
  const losses: number[] = [];
  for (let i = 0; i < 3; i++) {
    driveFrom(core, 0, 1.3 * i + 0.2, 12);
    losses.push(core.gradient(0, 1));
    single.push(core.view("gradient").slice());
  }
  for (let i = 0; i < 3; i++) driveFrom(core, i, 1.3 * i + 0.2, 12);
  const total = core.view("gradient").map((_, i) => single.reduce((sum, g) => sum + (g[i] ?? 0), 0));
  const mean = core.gradient(0, 3);
  expect(mean).toBeCloseTo(losses.reduce((a, b) => a + b) / 3, 10);
  expect(
    relativeError(
      core.view("gradient"),
      total.map((g) => g / 3),
    ),
  ).toBeLessThan(1e-13);
  core.setOption("meanOverBatch", 0);
  const sum = core.gradient(0, 3);
  expect(sum).toBeCloseTo(
    losses.reduce((a, b) => a + b),
    10,
  );
  expect(relativeError(core.view("gradient"), total)).toBeLessThan(1e-13);
});

test("a replay of a rollout gives the rollout's costs, commands and gradient again", async () => {
  const core = await smallCore(7, { modelScale: 0.5 });
  driveFrom(core, 0, 2.2, 12);
  core.gradient(0, 1);
  const before = {
    gradient: core.view("gradient").slice(),
    costs: core.view("stageCosts").slice(),
    inputs: core.view("inputs").slice(),
  };
  for (const region of [
    "references",
    "commands",
    "residuals",
    "stageCosts",
    "modelTape",
    "controllerTape",
    "rewardTape",
    "gains",
  ] as const) {
    core.view(region).fill(Number.NaN);
  }
  core.replay(0, "called", true);
  expect(relativeError(core.view("commands"), before.inputs)).toBeLessThan(1e-13);
  expect(relativeError(core.view("stageCosts"), before.costs)).toBeLessThan(1e-13);
  core.gradient(0, 1);
  expect(relativeError(core.view("gradient"), before.gradient)).toBeLessThan(1e-11);
});

test("plain gradient descent and Adam do what their formulas say", async () => {
  const core = await smallCore(1);
  const theta = core.view("parameters").slice();
  const random = randomNumbers(9);
  const g = theta.map(() => random());
  core.view("gradient").set(g);
  core.descend(0.25);
  core.view("parameters").forEach((value, i) => {
    expect(value).toBe((theta[i] ?? 0) - 0.25 * (g[i] ?? 0));
  });
  core.view("parameters").set(theta);
  core.adapt(0.01, 0.9, 0.999, 1e-8, 1 - 0.9, 1 - 0.999);
  core.adapt(0.01, 0.9, 0.999, 1e-8, 1 - 0.9 ** 2, 1 - 0.999 ** 2);
  // a constant gradient: both corrected moments stay g and g^2, so two steps move by 2 rate g / (|g| + epsilon)
  core.view("parameters").forEach((value, i) => {
    const gi = g[i] ?? 0;
    expect(value).toBeCloseTo((theta[i] ?? 0) - (0.02 * gi) / (Math.abs(gi) + 1e-8), 10);
  });
});
