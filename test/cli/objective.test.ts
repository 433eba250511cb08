/** `lapgrad objective`: a number that a search can trust. */
import { expect, test } from "@jest/globals";
import objective from "../../src/cli/commands/objective.js";
import { trainFor } from "../../src/compare/training.js";
import { completeConfig, type PartialConfig } from "../../src/config/config.js";
import { Captured } from "../support/runs.js";

const SMALL: PartialConfig = { task: "scalar", update: "sgd", "learning-rate": 1e-3, hidden: [4] };

/** What it prints, and says as JSON. */
async function told(given: PartialConfig, more: object = {}) {
  const output = new Captured();
  const { task, ...others } = given;
  await objective.run({ task, given: others, minutes: 1, seeds: 1, measure: "policy", ...more } as never, output);
  const [result] = output.results as { value: number; trainings: { seed: number; value: number; failure: string }[] }[];
  return { lines: output.lines, ...result };
}

test("is one line, the last policy's cost as a part of the untrained one, and the same every time", async () => {
  const { untrained, final, costs } = await trainFor(completeConfig({ ...SMALL, seed: 3 }), 1);
  const { lines, value } = await told({ ...SMALL, seed: 3 });
  expect(value).toBe((final ?? Number.NaN) / untrained);
  expect(value).toBeLessThan(1);
  expect(lines).toEqual([String(value)]);
  const learning = await told({ ...SMALL, seed: 3 }, { measure: "learning" });
  expect(learning.value).toBeCloseTo(costs.reduce((sum, cost) => sum + cost, 0) / costs.length / untrained, 12);
});

test("is the mean over seeds", async () => {
  const { value, trainings } = await told({ ...SMALL, seed: 5 }, { seeds: 3 });
  expect(trainings.map(({ seed }) => seed)).toEqual([5, 6, 7]);
  expect(value).toBeCloseTo(trainings.reduce((sum, one) => sum + one.value, 0) / 3, 12);
  expect(new Set(trainings.map((one) => one.value)).size).toBe(3);
});

test("of a training that failed is the factor at which it is stopped, never NaN or infinite", async () => {
  const { value, trainings } = await told({ ...SMALL, "learning-rate": 1e9, "stop-factor": 7 });
  expect(value).toBe(7);
  expect(trainings[0].failure).toMatch(/bounds|times the untrained|finite/);
});

test("is of no training whose cost is no part of the untrained one's", async () => {
  await expect(told({ ...SMALL, "start-from": "runs/other" })).rejects.toThrow(/leave --start-from out$/);
  await expect(told({ task: "car-track", race: true })).rejects.toThrow(/leave --race out$/);
});

test("is of no robot", async () => {
  await expect(told({ link: "serial", device: "/dev/null" })).rejects.toThrow(
    /--link is serial; a search trains many policies, most of them bad: allowed is sim/,
  );
});
