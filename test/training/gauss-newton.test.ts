/**
 * The Gauss-Newton update while driving: it learns on every plant, tells what it will do, and rests where its model is
 * of no use.
 */
import { expect, test } from "@jest/globals";
import { completeConfig, type PartialConfig } from "../../src/config/config.js";
import { trainingInMemory } from "../../src/training/in-memory.js";

/** Window costs of the first `laps` laps, the settling drive not among them, and the parameters that drove each. */
async function drive(given: PartialConfig, laps: number) {
  const { core, rollouts } = await trainingInMemory(completeConfig(given));
  const costs: number[] = [];
  const parameters: Float64Array[] = [];
  for await (const { index, windowCost } of rollouts()) {
    if (index === 0) continue;
    costs.push(windowCost);
    parameters.push(core.view("parameters").slice());
    if (costs.length === laps) break;
  }
  return { costs, parameters };
}

// measured on seeds 1 to 10 and 101 to 110, six updates: at most 0.006, 0.025 and 0.080
test.each([
  ["nominal", 0.02],
  ["identified", 0.06],
  ["single-track", 0.15],
])("on %s six laps after the first lead to less than %d of its cost, and none costs more", async (plant, part) => {
  for (const seed of [1, 2]) {
    const { costs } = await drive({ plant, seed }, 7);
    const [first = 0] = costs;
    expect(costs).toHaveLength(7);
    expect(Math.max(...costs)).toBe(first);
    expect(costs.at(-1)).toBeLessThan(part * first);
  }
});

test("a model that leaves its bounds in model rollouts is not followed: the policy rests", async () => {
  const parameters = { model: { throttleGain: 1e5 } };
  const { costs, parameters: policies } = await drive({ "model-fit": false, parameters }, 3);
  expect(costs).toHaveLength(3);
  for (const policy of policies) expect(policy).toStrictEqual(policies[0]);
});
