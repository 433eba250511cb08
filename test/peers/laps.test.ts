/** Rules without a network: their derivatives, that they learn, and what is counted of it. */
import { describe, expect, test } from "@jest/globals";
import { completeConfig } from "../../src/config/config.js";
import { setWindows } from "../../src/core/windows.js";
import { account, lapsOf, unitsOf } from "../../src/peers/accounting.js";
import { contenders } from "../../src/peers/contenders.js";
import { Evaluation } from "../../src/peers/evaluation.js";
import { LapDrive } from "../../src/peers/lap-drive.js";
import type { DrivenPart, Learner } from "../../src/peers/learner.js";
import { SetpointTable } from "../../src/peers/setpoint-table.js";

const on = (plant: string) => completeConfig({ plant, seed: 1001 });

test("responses to single outputs are the transpose of the co-state pass", async () => {
  const laps = await LapDrive.load(on("identified"));
  const steady = new Float64Array(10);
  laps.driveLap(() => steady);
  laps.driveLap(() => steady);
  laps.fit();
  const { core, drive, lap } = laps;
  const counted = core.view("segmentStarts", drive.slot)[lap];
  const residuals = core.view("residuals", drive.slot).slice();
  const byResponse = new Float64Array(80 * 10);
  laps.responses(drive.slot, 0, 10, (j, k, response, step) => {
    let sum = 0;
    for (let i = 3 * Math.max(counted, step); i < response.length; i++) sum += 2 * residuals[i] * response[i];
    byResponse[10 * j + k] = sum;
  });
  setWindows(core, { start: lap, length: 0, stride: 0 });
  core.setOption("windowBurnIn", lap);
  core.gradient(drive.slot, 1);
  const byCostate = core.view("outputGradient", drive.slot);
  const size = Math.max(...byCostate.map(Math.abs));
  expect(size).toBeGreaterThan(0.1);
  for (const [i, value] of byResponse.entries()) expect(Math.abs(value - byCostate[i])).toBeLessThan(1e-9 * size);
});

test("a table of setpoints is a ring of straight lines between its knots", () => {
  const table = new SetpointTable(5.5);
  table.values = Float64Array.from({ length: 160 }, (_, i) => i);
  const into = new Float64Array(4);
  const at = (time: number) => {
    table.at(time, into);
    return Array.from(into);
  };
  expect(at(0)).toEqual([0, 1, 2, 3]);
  expect(at(1.5 * 0.1375)[0]).toBeCloseTo(6, 9);
  expect(at(39.5 * 0.1375)[1]).toBeCloseTo((157 + 1) / 2, 9);
  expect(at(-0.1375)[0]).toBeCloseTo(156, 9);
  expect(at(5.5 + 0.1375)[2]).toBeCloseTo(6, 9);
});

// costs after half a minute and a minute of driving, parts of the untrained policy's
test.each([
  ["refit", "nominal", 0.01, 0.01],
  ["refit", "single-track", 0.3, 0.15],
  ["ilc", "nominal", 0.4, 0.1],
  ["difftune", "identified", 0.3, 0.2],
])("%s learns on %s", async (rule, plant, half, whole) => {
  const config = on(plant);
  const evaluation = await Evaluation.load(config);
  const found = await account(contenders[rule].learner(config), evaluation, [0.5, 1], unitsOf(config));
  expect(found.failure).toBeNull();
  expect(found.evaluation[0]).toBeLessThan(half);
  expect(found.evaluation[1]).toBeLessThan(whole);
  expect(found.worstLap[1]).toBeGreaterThan(found.whileLearning[1] as number);
});

describe("what a training costs", () => {
  const units = { lapSteps: 2, period: 15 };
  const evaluation = { untrained: () => 2 } as unknown as Evaluation;
  async function* fake(...parts: Partial<DrivenPart>[]): Learner {
    for (const part of parts) yield { costs: new Float64Array(0), ends: false, evaluate: () => 1, ...part };
  }

  test("counts every step, and whole laps of each drive", async () => {
    const learner = fake(
      { costs: Float64Array.of(4, 2) },
      { costs: Float64Array.of(100), ends: true }, // no whole lap
      { costs: Float64Array.of(8, 8, 0), evaluate: () => Number.POSITIVE_INFINITY },
      { costs: Float64Array.of(6, 1) },
    );
    const found = await account(learner, evaluation, [0.5, 1, 2], units);
    expect(found.evaluation).toEqual([0.5, null, 0.5]);
    // after 2 steps, after 6, which is when a minute was over, and after 8
    expect(found.whileLearning).toEqual([3 / 2, 122 / 6 / 2, 129 / 8 / 2]);
    expect(found.worstLap).toEqual([1.5, 4, 4]);
    expect(found.failure).toBeNull();
  });

  test("of one that was stopped is infinite from then on", async () => {
    const learner = fake({ costs: Float64Array.of(4, 2) }, { costs: Float64Array.of(1), stopped: "it left" });
    const found = await account(learner, evaluation, [0.5, 1], units);
    expect(found.evaluation).toEqual([0.5, null]);
    expect(found.whileLearning).toEqual([1.5, null]);
    expect(found.worstLap).toEqual([1.5, null]);
    expect(found.failure).toEqual({ minutes: 0.75, why: "it left" });
  });

  test("is told lap by lap", async () => {
    const learner = fake(
      { costs: Float64Array.of(4, 2, 5) },
      { costs: Float64Array.of(1), ends: true },
      { costs: Float64Array.of(7), stopped: "it left" },
    );
    const laps = [];
    for await (const { driven, cost, stopped } of lapsOf(learner, units)) laps.push([driven, cost, stopped]);
    expect(laps).toEqual([
      [3, 3, undefined],
      [4, 3, undefined],
      [5, Number.NaN, "it left"],
    ]);
  });
});
