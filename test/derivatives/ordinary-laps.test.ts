/** What ordinary laps of a training say of the model while it drives. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import trainCommand from "../../src/cli/commands/train.js";
import type { PartialConfig } from "../../src/config/config.js";
import gaussNewton from "../../src/rules/gauss-newton.js";
import { KAPPA, startState } from "../../src/rules/gauss-newton-state.js";
import { Captured, metricsOf, newFolder } from "../support/runs.js";

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

const CAR = { offset: 0.5, drag: 0.105, corneringDrag: 0.325, inverseGrip: 1 / 7.7, steeringBias: 0 };
/** Plain gradient steps, once per lap, with a model that stays what it is. */
const fixed = (throttleGain: number, steeringGain: number): PartialConfig => ({
  plant: "identified",
  update: "sgd",
  "update-every": "lap",
  "learning-rate": 1e-9,
  rollouts: 5,
  hidden: [8],
  "model-fit": false,
  "model-scale": 1,
  "model-delay": 0.1,
  parameters: { model: { ...CAR, throttleGain, steeringGain } },
});

async function noticedIn(name: string, given: PartialConfig): Promise<readonly string[][]> {
  const out = join(folder, name);
  await trainCommand.run({ given, out }, new Captured());
  return (await metricsOf(out)).map((lap) => (lap as unknown as { noticed: string[] }).noticed);
}

test("reversed steering is said once, in the third lap", async () => {
  const [, , third, ...later] = await noticedIn("reversed", fixed(6.6, -4.3));
  expect(third).toEqual([
    "the response to steering is the other way round than the model says: check the wiring, and the signs of the " +
      "model's parameters; lapgrad diagnose says more after lapgrad shake",
  ]);
  expect(later).toEqual([[], []]);
});

test("after a resume it is not said again", async () => {
  const out = join(folder, "reversed");
  await trainCommand.run({ given: { rollouts: 7 }, resume: out }, new Captured());
  const noticed = (await metricsOf(out)).map((lap) => (lap as unknown as { noticed: string[] }).noticed.length);
  expect(noticed).toEqual([0, 0, 1, 0, 0, 0, 0]);
});

test.each([
  ["known", fixed(6.6, 4.3)],
  ["fitted", { plant: "identified", rollouts: 5, hidden: [8] } as PartialConfig],
])("nothing is said of a model that is right: %s", async (name, given) => {
  expect((await noticedIn(name, given)).flat()).toEqual([]);
});

test("gains far too large are said, with the factor", async () => {
  const noticed = (await noticedIn("far", fixed(66, 43))).flat();
  expect(noticed.join("\n")).toMatch(/the response to \w+ is smaller than the model says, by a factor of \d/);
});

test("a Gauss-Newton update trusts a model less that was seen to be wrong", () => {
  const state = startState(1);
  gaussNewton.distrust(state);
  expect(state.numbers.kappa).toBe(10 * KAPPA.start);
  for (let i = 0; i < 9; i++) gaussNewton.distrust(state);
  expect(state.numbers.kappa).toBe(KAPPA.most);
});
