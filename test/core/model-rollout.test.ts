/**
 * Driving in the model: it repeats what was driven, foresees what will be, and adds the recorded errors where they
 * belong.
 */
import { describe, expect, test } from "@jest/globals";
import type { Core } from "../../src/core/core.js";
import { carFigure8 } from "../../src/tasks/car-figure8.js";
import { driveFrom, randomNumbers, smallCore } from "../support/cores.js";

const dt = carFigure8.timing.controlPeriod;
const PERIOD = Math.round(5.5 / dt);

/** A core whose plant has 5 steps of delay that the model knows of, and gains `modelScale` times those of the model. */
async function delayedCore(seed: number, modelScale: number, segments: number): Promise<Core> {
  const core = await smallCore(seed, { modelScale, rollouts: 3, segments });
  core.view("plantDelays").fill(5 * dt);
  core.view("inputDelays").fill(5);
  return core;
}

function changePolicy(core: Core, seed: number): void {
  const random = randomNumbers(seed);
  core.view("parameters").forEach((value, i, parameters) => {
    parameters[i] = value + 0.1 * random();
  });
}

function expectSameStates(core: Core, a: number, b: number, steps: number): void {
  const expected = core.view("states", b);
  core.view("states", a).forEach((value, i) => {
    if (i < 4 * (steps + 1)) expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 9);
  });
}

test("again, with the policy that was driven, is the recorded drive, however wrong the model", async () => {
  for (const seed of [1, 2, 3]) {
    const core = await delayedCore(seed, 0.6, 12);
    driveFrom(core, 0, seed, 12);
    core.recordModelError(0);
    expect(core.tryRollOutModel(1, 0, "replay", 0, 0)).toBe(true);
    expectSameStates(core, 1, 0, 84);
    expect(core.windowCost(1)).toBeCloseTo(core.windowCost(0), 9);
    expect(Array.from(core.view("counts", 1))).toStrictEqual(Array.from(core.view("counts", 0)));
  }
});

describe("with the true model any policy is foreseen", () => {
  test("going on", async () => {
    const core = await delayedCore(4, 1, 12);
    driveFrom(core, 0, 0.7, 12);
    core.recordModelError(0);
    changePolicy(core, 5);
    expect(core.tryRollOutModel(1, 0, "continuation", 10, 0)).toBe(true);
    core.rollOut(2, 10, 0, 0);
    expectSameStates(core, 1, 2, 70);
    expect(core.view("segmentTimes", 1)[9]).toBeCloseTo(core.view("segmentTimes", 2)[9] ?? Number.NaN, 12);
  });

  test("from a new start", async () => {
    const core = await delayedCore(6, 1, 12);
    driveFrom(core, 0, 0.7, 12);
    core.recordModelError(0);
    changePolicy(core, 7);
    expect(core.tryRollOutModel(1, 0, "restart", 10, 0.3)).toBe(true);
    const start = 0.7 + 84 * dt + Math.floor(0.3 * PERIOD) * dt;
    expect(core.view("counts", 1)[2]).toBeCloseTo(start, 12);
    core.nominalSetpoint(start);
    const [x = 0, y = 0, vx = 0, vy = 0] = core.view("probe");
    const states = core.view("states", 2);
    states.set(core.view("states", 1).subarray(0, 4));
    expect(states[0]).toBeCloseTo(x, 12);
    expect(states[1]).toBeCloseTo(y, 12);
    expect(states[2]).toBeCloseTo(Math.hypot(vx, vy), 12);
    core.view("counts", 2)[2] = core.view("counts", 1)[2] ?? 0;
    core.rollOut(2, 10);
    expectSameStates(core, 1, 2, 70);
  });
});

test("what the model does not explain is added where it occurred a period before", async () => {
  const core = await smallCore(8, { modelScale: 0.5, rollouts: 2, segments: 42 });
  driveFrom(core, 0, 1, 42);
  core.recordModelError(0);
  expect(core.tryRollOutModel(1, 0, "continuation", 3, 0)).toBe(true);
  const states = core.view("states", 1);
  const inputs = core.view("inputs", 1);
  const errors = core.view("disturbances", 0);
  expect(errors.some((error) => Math.abs(error) > 1e-3)).toBe(true);
  for (let t = 0; t < 21; t++) {
    const probe = core.view("probe");
    probe.set(states.subarray(4 * t, 4 * t + 4));
    probe.set(inputs.subarray(2 * t, 2 * t + 2), 4);
    core.evaluateLaw("model");
    for (let i = 0; i < 4; i++) {
      const error = errors[4 * (294 + t - PERIOD) + i] ?? Number.NaN;
      expect(states[4 * (t + 1) + i]).toBeCloseTo((probe[128 + i] ?? 0) + error, 12);
    }
  }
});

describe("what is foreseen until new parameters act", () => {
  const ROW = 4; // of a state

  test("is what the plant will do, and where a model rollout leads, with the true model", async () => {
    const core = await delayedCore(10, 1, 16);
    driveFrom(core, 0, 0.7, 12);
    core.recordModelError(0);
    expect(core.tryForesee(0, 2)).toBe(true);
    expect(Array.from(core.view("counts", 0).subarray(0, 2))).toEqual([98, 14]);
    const foreseen = core.usedPart("states", 0);
    const times = core.usedPart("segmentTimes", 0);
    core.forget(0, 2);
    expect(Array.from(core.view("counts", 0).subarray(0, 2))).toEqual([84, 12]);
    core.rollOut(1, 2, 0, 12);
    const driven = core.usedPart("states", 1);
    expect(foreseen).toHaveLength(driven.length);
    for (const [i, value] of foreseen.entries()) expect(value).toBeCloseTo(driven[i], 9);
    for (const [j, time] of times.entries()) expect(time).toBeCloseTo(core.view("segmentTimes", 1)[j], 12);
    expect(core.tryRollOutModel(2, 0, "continuation", 2)).toBe(true);
    expect(core.usedPart("states", 2)).toEqual(foreseen.slice(84 * ROW));
  });

  test("takes the recorded errors with it, and is gone on from bit for bit", async () => {
    const core = await smallCore(11, { modelScale: 0.5, rollouts: 3, segments: 46 });
    driveFrom(core, 0, 1, 42);
    core.recordModelError(0);
    expect(core.tryRollOutModel(1, 0, "continuation", 5)).toBe(true);
    const whole = core.usedPart("states", 1);
    expect(core.tryForesee(0, 2)).toBe(true);
    const errors = core.view("disturbances", 0);
    for (let t = 294; t < 308; t++)
      for (let i = 0; i < ROW; i++) {
        expect(Math.abs(errors[ROW * t + i] - errors[ROW * (t - PERIOD) + i])).toBeLessThan(1e-12);
      }
    expect(errors.subarray(ROW * 294, ROW * 308).some((error) => Math.abs(error) > 1e-3)).toBe(true);
    expect(core.tryRollOutModel(2, 0, "continuation", 3)).toBe(true);
    for (const [i, value] of core.usedPart("states", 2).entries()) expect(value).toBeCloseTo(whole[14 * ROW + i], 9);
    // new parameters act from where the foreseen ends, not before
    changePolicy(core, 12);
    expect(core.tryRollOutModel(2, 0, "continuation", 3)).toBe(true);
    expect(core.view("states", 2).slice(0, ROW)).toEqual(core.view("states", 0).slice(308 * ROW, 309 * ROW));
    core.forget(0, 2);
    expect(core.usedPart("states", 0)).toHaveLength(295 * ROW);
  });

  test("ends where the model leaves its bounds, and refuses what there is no room for", async () => {
    const core = await smallCore(9, { rollouts: 2, segments: 12 });
    const { Status } = core.exports;
    driveFrom(core, 0, 1, 10);
    core.recordModelError(0);
    for (const [slot, segments] of [
      [0, 3],
      [0, -1],
      [2, 1],
    ])
      expect(core.exports.foresee(slot, segments)).toBe(Status.outOfRange);
    for (const [slot, segments] of [
      [0, 11],
      [0, -1],
      [1, 1],
      [2, 1],
    ])
      expect(core.exports.forget(slot, segments)).toBe(Status.outOfRange);
    expect(Array.from(core.view("counts", 0).subarray(0, 2))).toEqual([70, 10]);
    core.view("stateHigh")[2] = 0.1;
    expect(core.tryForesee(0, 2)).toBe(false);
    core.forget(0, 2);
    expect(Array.from(core.view("counts", 0).subarray(0, 2))).toEqual([70, 10]);
  });
});

test("ends where the model leaves its bounds, and refuses what there is no room for", async () => {
  const core = await smallCore(9, { rollouts: 2, segments: 12 });
  const { ModelStart, Status } = core.exports;
  driveFrom(core, 0, 1, 12);
  core.recordModelError(0);
  core.view("stateHigh")[2] = 0.1;
  expect(core.tryRollOutModel(1, 0, "continuation", 10)).toBe(false);
  for (const [slot, source, start, segments, pace] of [
    [0, 0, ModelStart.continuation, 10, 1],
    [2, 0, ModelStart.continuation, 10, 1],
    [1, 2, ModelStart.continuation, 10, 1],
    [1, 0, 3, 10, 1],
    [1, 0, ModelStart.continuation, 0, 1],
    [1, 0, ModelStart.restart, 13, 1],
    [1, 0, ModelStart.continuation, 10, 0.29],
    [1, 0, ModelStart.continuation, 10, Number.NaN],
  ] as const)
    expect(core.exports.rollOutModel(slot, source, start, segments, 0, pace)).toBe(Status.outOfRange);
  expect(core.exports.recordModelError(2)).toBe(Status.outOfRange);
});
