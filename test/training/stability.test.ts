/** The loop's spectral radius against what is known of it, and what is said of it before training. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import trainCommand from "../../src/cli/commands/train.js";
import { completeConfig, type PartialConfig } from "../../src/config/config.js";
import { spectralRadius } from "../../src/control/riccati.js";
import { tasks } from "../../src/tasks/tasks.js";
import { instability, loopGrowth } from "../../src/training/stability.js";
import { Captured, newFolder } from "../support/runs.js";

const growthOf = (given: PartialConfig) => loopGrowth(completeConfig(given));
const scalarWith = (a: number, b = 1) => growthOf({ task: "scalar", parameters: { model: { a, b } } });

test.each([
  [1.2, 1],
  [1.7, 1],
  [1.75, 1],
  [-0.6, 1],
  [3, 1],
  [1.2, 0.1],
])("scalar, a = %d, b = %d: |a - b k|, k = 0.7", async (a, b) => {
  const expected = Math.abs(a - 0.7 * b);
  const growth = await scalarWith(a, b);
  expect(Math.abs(growth.radius / expected - 1)).toBeLessThan(1e-12);
  expect(instability(growth) !== undefined).toBe(expected >= 1 - 1e-12);
});

test("a delay in the model counts: x+ = a x - b k x(t - d)", async () => {
  const { radius } = await growthOf({ task: "scalar", "model-delay": 2, parameters: { model: { a: 1.2, b: 1 } } });
  const companion = [
    [1.2, 0, -0.7],
    [1, 0, 0],
    [0, 1, 0],
  ];
  const expected = spectralRadius(companion);
  expect(expected).toBeGreaterThan(1.05);
  // over a lap of 20 steps from one state of three: of the right size, not exact
  expect(Math.abs(radius / expected - 1)).toBeLessThan(0.1);
});

test.each(Object.keys(tasks))("%s: warned of if and only if it has no feedback", async (task) => {
  for (const model of ["raw", "nominal"] as const) {
    const { radius } = await growthOf({ task, model });
    if (task === "pendulum-reach-open") expect(radius).toBeGreaterThan(1.005);
    else expect(radius).toBeLessThan(0.999);
  }
});

test("the car is stable whatever the scale of its model", async () => {
  for (const scale of [0.25, 0.5, 1])
    expect((await growthOf({ model: "nominal", "model-scale": scale })).radius).toBeLessThan(0.999);
  expect((await growthOf({ "model-delay": 0.12 })).radius).toBeLessThan(0.999);
});

test("a loop that leaves its bounds at once has no finite radius", async () => {
  const weightless = { model: { mass1: 1e-9, mass2: 1e-9 } };
  const growth = await growthOf({ task: "pendulum-reach", parameters: weightless });
  expect(growth).toEqual({ radius: Number.POSITIVE_INFINITY, steps: 1 });
  expect(instability(growth)).toContain("spectral radius Infinity");
});

test("train says it before it drives, and only then", async () => {
  const folder = await newFolder();
  const said = async (given: PartialConfig, name: string) => {
    const output = new Captured();
    await trainCommand.run(
      { given: { task: "scalar", rollouts: 1, "model-fit": false, ...given }, out: join(folder, name) },
      output,
    );
    return output.lines;
  };
  const unstable = await said({ parameters: { model: { a: 1.8, b: 1 } } }, "unstable");
  expect(unstable[1]).toMatch(/^warning: the untrained loop is not stable on its own model: /);
  expect(unstable[1]).toMatch(
    /: spectral radius 1\.1000 per control step, .* 6\.12 times over 19 steps.*fewer rollout-segments$/,
  );
  expect((await said({}, "stable")).join("\n")).not.toContain("warning");
  await rm(folder, { recursive: true });
});
