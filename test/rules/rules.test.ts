/**
 * Update rules as data: what is known of a rule comes from its file alone, and a rule that no task has heard of trains
 * them all.
 */
import { readdirSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { rules as compared } from "../../src/compare/rules.js";
import { completeConfig } from "../../src/config/config.js";
import type { UpdateRule } from "../../src/rules/definition.js";
import { estimateGradient } from "../../src/rules/gradient.js";
import { type RuleName, ruleNames, updateRules } from "../../src/rules/rules.js";
import { tasks } from "../../src/tasks/tasks.js";
import { collectorFor } from "../../src/training/collect.js";
import { trainingInMemory } from "../../src/training/in-memory.js";

/** A rule without a file: velocity = 0.9 velocity + gradient, theta -= rate * velocity. */
const momentum: UpdateRule = {
  name: "no file",
  learningRate: 1e-6,
  needs: {},
  colour: "purple",
  expects: [],
  regions: ["firstMoment"],
  start: (learningRate) => ({ learningRate, numbers: {}, arrays: {} }),
  outlook: () => ({}),
  estimate: estimateGradient,
  update: (core, _batch, { learningRate }) => {
    const [theta, velocity, gradient] = [core.view("parameters"), core.view("firstMoment"), core.view("gradient")];
    for (let i = 0; i < theta.length; i++) {
      velocity[i] = 0.9 * velocity[i] + gradient[i];
      theta[i] -= learningRate * velocity[i];
    }
  },
};
const table = updateRules as Record<string, UpdateRule>;
table["no file"] = momentum; // for this file alone

test("every rule has the name of its file, and comparisons know it", () => {
  const files = new Set(readdirSync("src/rules"));
  for (const name of ruleNames) {
    expect(files).toContain(`${name}.ts`);
    expect(updateRules[name].learningRate).toBeGreaterThan(0);
    expect(Object.values(compared).map(({ config }) => config.update)).toContain(name);
  }
});

test("every learning rate of a task is that of a rule", () => {
  for (const { training } of Object.values(tasks))
    for (const name of Object.keys(training.learningRate)) expect(ruleNames).toContain(name);
});

describe.each(Object.keys(tasks))("a rule that no task knows, on %s", (task) => {
  const config = completeConfig({ task, update: "no file" as RuleName });

  test("gets its defaults from its own file", () => {
    expect(tasks[task].training.learningRate).not.toHaveProperty("no file");
    expect(config["learning-rate"]).toBe(momentum.learningRate);
    expect([config["update-every"], config["model-fit"]]).toEqual(["rollout", false]);
    expect(collectorFor(config).room.rollouts).toBe(config.batch);
  });

  test("trains it for two updates", async () => {
    const { core, rollouts } = await trainingInMemory(config);
    const first = core.view("parameters").slice();
    for await (const { index, stopped, windowCost } of rollouts()) {
      expect(stopped).toBeUndefined();
      expect(windowCost).toBeGreaterThan(0);
      expect(core.view("parameters").every(Number.isFinite)).toBe(true);
      if (index > config.batch) expect(core.view("parameters")).not.toEqual(first);
      if (index > 2 * config.batch) return;
    }
    throw new Error("the training ended before its third batch");
  });
});

test("what a rule declares decides what a training with it needs", () => {
  const config = completeConfig({ update: "no file" as RuleName });
  expect(collectorFor(config).room.rollouts).toBe(1);
  table["no file"] = { ...momentum, needs: { modelRollouts: true, fitsModel: true, prefersLaps: true } };
  const needy = completeConfig({ update: "no file" as RuleName });
  table["no file"] = momentum;
  expect([needy["update-every"], needy["model-fit"], needy.model]).toEqual(["3", true, "raw"]);
});
