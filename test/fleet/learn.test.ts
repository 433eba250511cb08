/** Several robots, one policy: its problem, its algorithm, and its folder, in simulation. */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import trainCommand from "../../src/cli/commands/train.js";
import { completeConfig, type PartialConfig } from "../../src/config/config.js";
import { fleetInMemory } from "../../src/fleet/in-memory.js";
import { SimLink } from "../../src/links/kinds/sim.js";
import { ModelRollouts } from "../../src/rules/model-rollouts.js";
import { RobotsProblem } from "../../src/rules/robots-problem.js";
import { Traits } from "../../src/rules/traits.js";
import { initialisePolicy } from "../../src/session.js";
import { trainingInMemory } from "../../src/training/in-memory.js";
import { RolloutSource } from "../../src/training/rollout-source.js";
import { trainingFor } from "../../src/training/training.js";
import { Captured, metricsOf, newFolder } from "../support/runs.js";

/** A network that is quick to learn with. */
const SMALL: PartialConfig = { plant: "identified", hidden: [8], seed: 70002 };

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

/** A robot that has driven a piece, and what an update learns from it. */
async function driven(config: PartialConfig) {
  const training = await trainingFor(completeConfig(config));
  initialisePolicy(training.core, training.config.seed);
  const source = new RolloutSource(training, new SimLink(), 0);
  await source.drive(0);
  source.goOn();
  const batch = source.batch();
  const { core } = training;
  return { core, model: new ModelRollouts(core, batch, 0), pace: core.pace };
}

test("the step of two robots that are one twice is that of the one, found by other means", async () => {
  const [one, two] = [await driven(SMALL), await driven(SMALL)];
  const theta = one.core.view("parameters").slice();
  const alone = new RobotsProblem([one]);
  const cost = alone.rollOut();
  const expected = alone.solve(theta, theta, 0.5).slice();
  const both = new RobotsProblem([one, two]);
  expect(both.rollOut()).toBe(cost);
  const step = both.solve(theta, theta, 0.5);
  const largest = Math.max(...expected.map(Math.abs));
  expect(largest).toBeGreaterThan(1e-3);
  for (const [i, value] of step.entries()) expect(Math.abs(value - expected[i])).toBeLessThan(1e-6 * largest);
});

test("traits act on the first layer's biases, and their transpose is one", async () => {
  const { core } = await driven(SMALL);
  const traits = new Traits(core, Float64Array.of(0.5, -0.25));
  const common = Float64Array.from({ length: traits.size }, (_, i) => Math.sin(i));
  const own = traits.ownOf(common);
  const width = 8;
  const bias = 6 * width;
  expect(traits.size).toBe(core.parameterCount() + 2 * width);
  expect(own[bias + 3]).toBeCloseTo(
    common[bias + 3] + 0.5 * common[own.length + 3] - 0.25 * common[own.length + width + 3],
    14,
  );
  expect(own[0]).toBe(common[0]);
  const gradient = Float64Array.from(own, (_, i) => Math.cos(i));
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i], 0);
  expect(dot(traits.transpose(gradient), common)).toBeCloseTo(dot(gradient, own), 10);
});

test("a fleet of one is a training, bit for bit", async () => {
  const config = completeConfig({ ...SMALL, rollouts: 1 });
  const fleet = await fleetInMemory([config]);
  const together: number[] = [];
  for await (const event of fleet.learn(1))
    if (event.kind === "drove" && event.event.kind === "rollout") together.push(event.event.windowCost);
  const single: number[] = [];
  const { core, rollouts } = await trainingInMemory(config);
  for await (const { windowCost } of rollouts()) {
    single.push(windowCost);
    break;
  }
  expect(together).toStrictEqual(single);
  expect(fleet.common).toHaveLength(core.parameterCount());
});

describe("on disk", () => {
  const ROBOTS = ["light:throttleGain=1.1", "heavy:gripLimit=0.9,delay=0.12"];
  const train = async (out: string, laps: number, robot = ROBOTS) => {
    const output = new Captured();
    await trainCommand.run({ given: SMALL, robot, laps, out: join(folder, out) }, output);
    return output;
  };

  test("one that is wired the wrong way leaves for good, and harms neither the other nor a resume", async () => {
    const robots = ["right", "wrong:steeringGain=-1"];
    const output = await train("wrong", 2, robots);
    expect(output.lines.join("\n")).toMatch(/wrong left the others driving: it turns against its steering[^;]*$/m);
    const [right, wrong] = await Promise.all(
      ["right", "wrong"].map((name) => metricsOf(join(folder, "wrong", "robots", name))),
    );
    expect(right[1].windowCost).toBeLessThan(0.5 * right[0].windowCost);
    expect(wrong.map(({ windowCost }) => Number.isFinite(windowCost))).toStrictEqual([false]);
    await train("again", 1, robots);
    await trainCommand.run({ given: {}, resume: join(folder, "again"), laps: 2 }, new Captured());
    for (const file of ["metrics.jsonl", "robots/wrong/metrics.jsonl", "robots/right/rollouts/0002.mcap"])
      expect(await readFile(join(folder, "again", file))).toEqual(await readFile(join(folder, "wrong", file)));
  });

  test("both learn one policy, and a fleet that was stopped goes on bit for bit", async () => {
    const output = await train("whole", 2);
    const [result] = output.results as [{ rollouts: unknown[]; robots: { name: string; rollouts: object[] }[] }];
    expect(result.robots.map(({ name, rollouts }) => [name, rollouts.length])).toStrictEqual([
      ["light", 2],
      ["heavy", 2],
    ]);
    const [first, second] = await metricsOf(join(folder, "whole"));
    expect(second.windowCost).toBeLessThan(0.5 * first.windowCost);
    expect(second.robots).toBe(2);
    await train("cut", 1);
    await trainCommand.run({ given: {}, resume: join(folder, "cut"), laps: 2 }, new Captured());
    for (const file of ["metrics.jsonl", "robots/heavy/updates.jsonl", "robots/light/rollouts/0002.mcap"])
      expect(await readFile(join(folder, "cut", file))).toEqual(await readFile(join(folder, "whole", file)));
    await expect(
      trainCommand.run({ given: {}, resume: join(folder, "cut", "robots", "heavy") }, new Captured()),
    ).rejects.toThrow(/learns with the others: resume that/);
    const report = await readFile(join(folder, "whole", "report.html"), "utf8");
    expect(report).toContain('<a href="robots/heavy/report.html">heavy</a>');
  });
});
