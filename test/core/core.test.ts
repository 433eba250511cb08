/** The door and the arena: sizes, refusals, determinism, no allocation, elementary functions. */
import { expect, test } from "@jest/globals";
import { instantiate as instantiateTwin } from "#twin";
import { Core } from "../../src/core/core.js";
import { carFigure8 } from "../../src/tasks/car-figure8.js";
import { carTask, driveFrom, randomNumbers, smallCore } from "../support/cores.js";

const plant = { kind: "nominal", parameters: carFigure8.plants.nominal?.parameters ?? {} };
const setup = { task: carTask([5, 4]), plant, rollouts: 1, steps: 84, segments: 12 };

test("memory does not grow after configuration", async () => {
  const core = await smallCore(1, { rollouts: 2, hidden: [64, 64] });
  const bytes = core.exports.memory.buffer.byteLength;
  for (let i = 0; i < 300; i++) {
    driveFrom(core, i % 2, 0.01 * i, 12);
    core.gradient(0, 2);
    core.tangentPass(0, 0);
    core.hessianProduct(0, 2);
    core.adapt(1e-3, 0.9, 0.999, 1e-8, 0.1, 0.001);
  }
  expect(core.exports.memory.buffer.byteLength).toBe(bytes);
});

// widths that need every kernel of the layers, with even and odd numbers of inputs
test.each([[[9, 6]], [[27, 41]], [[64, 64]]])(
  "the plain JavaScript twin gives the same bits, hidden layers %j",
  async (hidden) => {
    const cores = [await smallCore(3, { hidden }), await smallCore(3, { hidden, exports: await instantiateTwin() })];
    const results = cores.map((core) => {
      core.seed(42, 7);
      core.initialise();
      const random = randomNumbers(4);
      const theta = core.view("parameters");
      for (let i = 0; i < theta.length; i++) theta[i] += 0.3 * random();
      core.sampleStart(0);
      core.rollOut(0, 12);
      core.view("direction").set(theta);
      core.hessianProduct(0, 1);
      const product = core.view("gradient").slice();
      const loss = core.gradient(0, 1);
      core.descend(1e-3);
      return [
        loss,
        ...product,
        ...core.view("states"),
        ...core.view("inputs"),
        ...core.view("gradient"),
        ...core.view("parameters"),
      ];
    });
    expect(results[0]?.every(Number.isFinite)).toBe(true);
    expect(results[1]).toStrictEqual(results[0]);
  },
);

test("refuses what does not fit, with what was got and what is allowed", async () => {
  await expect(Core.load({ ...setup, plant: { kind: "moon", parameters: {} } })).rejects.toThrow(
    'unknown plant "moon"; the core has: external, identified, nominal, singleTrack',
  );
  await expect(Core.load({ ...setup, rollouts: 0 })).rejects.toThrow("badDimension");
  await expect(Core.load({ ...setup, steps: 2 ** 24 })).rejects.toThrow("outOfMemory");
  await expect(Core.load({ ...setup, steps: 2 ** 30 })).rejects.toThrow("badDimension");
  const task = { ...setup.task, controller: { kind: "backstepping", parameters: { throttleLimit: 1 } } };
  await expect(Core.load({ ...setup, task })).rejects.toThrow(
    "parameter steeringLimit of controller backstepping must be a finite number, got undefined",
  );
  const core = await Core.load(setup);
  expect(() => core.setParameters("model", { kind: "car", parameters: { power: 1 } })).toThrow(
    'has no parameter "power"; it has: throttleGain',
  );
});

test("what a rollout has used of every region is told by what the region has a row for", async () => {
  const core = await smallCore(1, { segments: 12 });
  driveFrom(core, 0, 1, 5);
  const used = (name: Parameters<Core["usedPart"]>[0]) => core.usedPart(name, 0).length;
  expect(core.shapeOf("states")).toMatchObject({ columns: 4, rows: 7 * 12 + 1, per: "step" });
  expect(core.shapeOf("setpoints")).toMatchObject({ columns: 4, rows: 12, per: "segment" });
  expect(core.shapeOf("parameters")).toMatchObject({ rows: 1, per: "run" });
  expect([used("states"), used("inputs"), used("stageCosts")]).toEqual([4 * 36, 2 * 35, 35]);
  expect([used("setpoints"), used("segmentTimes")]).toEqual([4 * 5, 5]);
  expect([used("counts"), used("openingSetpoint"), used("earlierInputs")]).toEqual([3, 4, 2 * 64]);
  const names = core.rolloutRegions();
  expect(names).toEqual(expect.arrayContaining(["counts", "states", "deltas"]));
  expect(names).not.toContain("parameters");
});

test("a state outside its bounds, or NaN, ends the rollout there and says so", async () => {
  const core = await smallCore(1);
  core.view("stateHigh").set([0.5], 0);
  core.view("states").set([0, 0, 0, 0]);
  core.view("counts").set([0], 2);
  expect(core.tryRollOut(0, 12)).toBe(false);
  const steps = core.view("counts")[0] ?? 0;
  expect(steps).toBeGreaterThan(0);
  expect(steps).toBeLessThan(84);
  expect(core.view("states")[4 * steps]).toBeGreaterThan(0.5);
  core.view("states").set([0, 0, Number.NaN, 0]);
  expect(core.tryRollOut(0, 12)).toBe(false);
  expect(core.view("counts")[0]).toBe(1);
});

test("tanh to 5 ulp, odd, saturating, NaN kept", async () => {
  const task = { ...carTask([]) };
  const core = await Core.load({ ...setup, task });
  const theta = core.view("parameters");
  const bias = theta.length - 10;
  const z = core.view("probe");
  z.fill(0, 0, 64);
  const tanh = (x: number): number => {
    theta.fill(x, bias);
    core.evaluateLaw("network");
    expect(z[128]).toBe(z[137]); // both lanes, and the odd one out
    return z[128] ?? Number.NaN;
  };
  for (let i = 0; i < 4000; i++) {
    const x = (i < 2000 ? 1e-3 : 0.01) * i * (i % 2 === 0 ? 1 : -1);
    const exact = Math.tanh(x); // itself within 1 ulp
    expect(Math.abs(tanh(x) - exact)).toBeLessThanOrEqual(5 * 2 ** -53 * Math.abs(exact));
  }
  expect(tanh(0)).toBe(0);
  expect(tanh(1e-300)).toBe(1e-300);
  expect(tanh(400)).toBe(1);
  expect(tanh(-1e308)).toBe(-1);
  expect(tanh(Number.POSITIVE_INFINITY)).toBe(1);
  expect(tanh(Number.NaN)).toBeNaN();
});

test("sine, cosine and the angle of a vector to 2 ulp, also far from zero", async () => {
  const core = await smallCore(1);
  const probe = core.view("probe");
  for (let i = 0; i < 3000; i++) {
    const phi = (i - 1500) * (i % 3 === 0 ? 0.01 : i % 3 === 1 ? 1.7 : 1e4);
    probe.set([0, 0, 50, phi, 0, 0]); // v dt = 1
    core.evaluateLaw("model");
    expect(Math.abs((probe[128] ?? 0) - Math.cos(phi))).toBeLessThan(3e-16);
    expect(Math.abs((probe[129] ?? 0) - Math.sin(phi))).toBeLessThan(3e-16);
  }
  for (let i = 0; i < 3000; i++) {
    const angle = -Math.PI + (i * Math.PI) / 1500 + 1e-9;
    const size = 10 ** ((i % 13) - 6);
    // at heading 0 and unit gain the steering is the angle of the commanded velocity, clamped far out
    core.setParameters("controller", { kind: "backstepping", parameters: { throttleLimit: 1, steeringLimit: 10 } });
    probe.set([0, 0, 0, 0, 0, 0, size * Math.cos(angle), size * Math.sin(angle), 0, 0, 0, 0, 0, 1, 0, 0]);
    core.evaluateLaw("controller");
    const exact = Math.atan2(size * Math.sin(angle), size * Math.cos(angle));
    expect(Math.abs((probe[129] ?? 0) - exact)).toBeLessThanOrEqual(4.5e-16 * Math.max(Math.abs(exact), 0.1));
  }
});

test("initial weights are Glorot-uniform, biases and last layer 0, starts uniform; both follow the seed", async () => {
  const core = await Core.load({ ...setup, task: carTask([64, 64]) });
  const draw = (seed: number) => {
    core.seed(seed, 0);
    core.initialise();
    return core.view("parameters").slice();
  };
  const theta = draw(1);
  expect(draw(1)).toStrictEqual(theta);
  expect(draw(2)).not.toStrictEqual(theta);
  const second = theta.subarray(7 * 64, 7 * 64 + 64 * 64);
  const bound = Math.sqrt(6 / 128);
  expect(Math.max(...second.map(Math.abs))).toBeLessThanOrEqual(bound);
  const variance = second.reduce((sum, w) => sum + w * w, 0) / second.length;
  // standard error of the variance of 4096 draws: 1.4 %
  expect(Math.abs(variance / (bound ** 2 / 3) - 1)).toBeLessThan(0.06);
  expect(theta.subarray(6 * 64, 7 * 64).every((b) => b === 0)).toBe(true);
  expect(theta.subarray(7 * 64 + 65 * 64).every((w) => w === 0)).toBe(true);
  const times = Array.from({ length: 2000 }, () => {
    core.sampleStart(0);
    return core.view("counts")[2] ?? Number.NaN;
  });
  expect(Math.min(...times)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...times)).toBeLessThan(5.5);
  const mean = times.reduce((a, b) => a + b) / times.length;
  expect(Math.abs(mean - 2.75)).toBeLessThan(0.15); // standard error 0.036
});
