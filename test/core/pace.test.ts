/** The time scaling of the task: what it scales, that task time goes on where it changes, and what is left as it is. */
import { describe, expect, test } from "@jest/globals";
import type { Core } from "../../src/core/core.js";
import { dot, driveFrom, randomNumbers, relativeError, smallCore } from "../support/cores.js";
import { changePaces, taskTimesOf } from "../support/pace.js";

const DT = 0.02;
const LOOKAHEAD = 5.5 / 40 - DT;
const PERIOD = 275;

function nominal(core: Core, time: number): number[] {
  core.nominalSetpoint(time);
  return Array.from(core.view("probe").subarray(0, 4));
}

/** A rollout of 4 segments at pace 1, and its continuation: 3 of them in front, 5 at pace 0.8, 4 at 1.1. */
async function changing(): Promise<Core> {
  const core = await smallCore(3, { rollouts: 4, segments: 12 });
  driveFrom(core, 0, 4.9, 4); // the lap ends within
  core.setPace(0.8);
  core.rollOut(1, 5, 0, 3);
  core.setPace(1.1);
  core.rollOut(2, 4, 1, 8);
  return core;
}

test("task time passes at the pace, and goes on where that changes", async () => {
  const core = await changing();
  const times = taskTimesOf(core, 2);
  const paces = core.view("paces", 2);
  expect(Array.from(paces.subarray(0, 84))).toEqual(
    Array.from({ length: 84 }, (_, t) => (t < 21 ? 1 : t < 56 ? 0.8 : 1.1)),
  );
  expect(core.view("counts", 2)[2]).toBeCloseTo(4.9 + 7 * DT, 12);
  for (let t = 1; t < times.length; t++) expect(times[t] - times[t - 1]).toBeCloseTo(paces[t - 1] * DT, 12);
  for (let j = 0; j < 12; j++) expect(core.view("segmentTimes", 2)[j]).toBeCloseTo(times[7 * j], 12);
});

test("setpoint and start are those of the task at that pace; the cost's speed is not", async () => {
  const core = await changing();
  const setpoints = core.view("setpoints", 2);
  const outputs = core.view("outputs", 2);
  for (let j = 0; j < 12; j++) {
    const pace = core.view("paces", 2)[7 * j];
    const [x, y, vx, vy] = nominal(core, core.view("segmentTimes", 2)[j] + pace * LOOKAHEAD);
    const expected = [x, y, pace * vx, pace * vy];
    for (let i = 0; i < 4; i++) expect(setpoints[4 * j + i] - outputs[10 * j + i]).toBeCloseTo(expected[i], 12);
  }
  core.setPace(0.8);
  core.view("startSpread").fill(0);
  core.sampleStart(3);
  const [, , vx, vy] = nominal(core, core.view("counts", 3)[2]);
  expect(core.view("states", 3)[2]).toBeCloseTo(0.8 * Math.hypot(vx, vy), 12);
  core.rollOut(3, 1);
  const speed = (4 * Math.PI * 1.5) / 5.5;
  expect(core.view("residuals", 3)[1]).toBeCloseTo((0.8 * speed - speed) / Math.sqrt(30), 9);
});

test("which circle counts follows task time, not time", async () => {
  const core = await smallCore(2, { rollouts: 1, segments: 40 });
  core.view("parameters").fill(0);
  core.setPace(0.5);
  // 2.8 s at pace 1/2 end in the second quarter of the lap, where the right circle counts; at pace 1 the left one would
  driveFrom(core, 0, 0, 20);
  const last = taskTimesOf(core, 0)[139];
  expect(last).toBeCloseTo(0.5 * 139 * DT, 12);
  const [x, y] = core.view("states").subarray(4 * 139);
  expect(core.view("residuals")[3 * 139]).toBeCloseTo(Math.hypot(x - 1.5, y) - 1.5, 12);
});

test("a replay of what was driven gives its costs, commands and gradient again", async () => {
  const core = await changing();
  core.gradient(2, 1);
  const before = ["stageCosts", "commands", "references", "taskShifts"] as const;
  const driven = before.map((name) => core.view(name, 2).slice(0, 84));
  const gradient = core.view("gradient").slice();
  core.replay(2, "called", true, true);
  core.gradient(2, 1);
  for (const [i, name] of before.entries())
    expect(relativeError(core.view(name, 2).subarray(0, 84), driven[i])).toBeLessThan(1e-11);
  expect(relativeError(core.view("gradient"), gradient)).toBeLessThan(1e-10);
});

describe.each([
  ["pace 0.8", () => 0.8],
  ["a change in mid-rollout", (segment: number) => (segment < 4 ? 1.1 : segment < 9 ? 0.7 : 0.95)],
] as const)("%s", (_, paceOf) => {
  /** Slot 1 is the model rollout with the true model of a drive that had these paces. */
  async function modelRollout(seed: number): Promise<{ readonly core: Core; readonly cost: () => number }> {
    const core = await smallCore(seed, { rollouts: 2, sensitivity: true });
    driveFrom(core, 0, 0.9 * seed, 12);
    changePaces(core, 0, paceOf);
    core.view("disturbances", 0).fill(0);
    const cost = () => {
      expect(core.tryRollOutModel(1, 0, "replay")).toBe(true);
      return core.windowCost(1);
    };
    return { core, cost };
  }

  test("the gradient is the derivative of the rollout's cost", async () => {
    for (let seed = 1; seed <= 5; seed++) {
      const { core, cost } = await modelRollout(seed);
      const theta = core.view("parameters").slice();
      const random = randomNumbers(seed + 40);
      const direction = theta.map(() => random());
      cost();
      core.gradient(1, 1);
      const slope = dot(core.view("gradient"), direction);
      const costAt = (h: number) => {
        core.view("parameters").set(theta.map((value, i) => value + h * direction[i]));
        return cost();
      };
      const h = 1e-4;
      const measured = (8 * (costAt(h) - costAt(-h)) - (costAt(2 * h) - costAt(-2 * h))) / (12 * h);
      expect(Math.abs(slope)).toBeGreaterThan(1e-3);
      expect(Math.abs(slope / measured - 1)).toBeLessThan(2e-6);
    }
  });

  test("co-state equals forward sensitivity, and is the transpose of the tangent", async () => {
    const { core, cost } = await modelRollout(6);
    cost();
    core.gradient(1, 1);
    const gradient = core.view("gradient").slice();
    core.sensitivityPass(1, 0);
    expect(relativeError(gradient, core.view("sensitivityGradient"))).toBeLessThan(1e-10);
    const random = randomNumbers(7);
    const v = core.view("direction");
    v.forEach((_value, i) => {
      v[i] = random();
    });
    core.tangentPass(1, 0);
    const residuals = core.view("residuals", 1);
    expect(2 * dot(residuals, core.view("residualTangents", 1))).toBeCloseTo(dot(gradient, v), 9);
  });

  test("a Hessian product is the difference of gradients along the displaced policy", async () => {
    const { core, cost } = await modelRollout(8);
    const theta = core.view("parameters").slice();
    const random = randomNumbers(9);
    const direction = theta.map(() => random());
    cost();
    core.view("direction").set(direction);
    core.hessianProduct(1, 1);
    const product = core.view("gradient").slice();
    const gradientAt = (h: number) => {
      core.view("parameters").set(theta.map((value, i) => value + h * direction[i]));
      cost();
      core.gradient(1, 1);
      return core.view("gradient").slice();
    };
    const h = 1e-5;
    const [ahead, behind] = [gradientAt(h), gradientAt(-h)];
    const measured = ahead.map((value, i) => (value - behind[i]) / (2 * h));
    expect(relativeError(product, measured)).toBeLessThan(1e-6);
  });
});

test("with the true model a continuation and a new start are foreseen at a pace of their own", async () => {
  const core = await smallCore(4, { rollouts: 3, segments: 12 });
  driveFrom(core, 0, 0.7, 12);
  core.recordModelError(0);
  expect(core.tryRollOutModel(1, 0, "continuation", 10, 0, 0.8)).toBe(true);
  core.setPace(0.8);
  core.rollOut(2, 10, 0, 0);
  expect(relativeError(core.view("states", 1).subarray(0, 284), core.view("states", 2).subarray(0, 284))).toBeLessThan(
    1e-9,
  );
  expect(core.view("segmentTimes", 1)[9]).toBeCloseTo(core.view("segmentTimes", 2)[9], 12);

  expect(core.tryRollOutModel(1, 0, "restart", 10, 0.3, 0.8)).toBe(true);
  const start = core.view("counts", 1)[2];
  expect(start).toBeCloseTo(0.7 + 84 * DT + Math.floor(0.3 * PERIOD) * DT, 12);
  const [, , vx, vy] = nominal(core, start);
  expect(core.view("states", 1)[2]).toBeCloseTo(0.8 * Math.hypot(vx, vy), 12);
  core.view("states", 2).set(core.view("states", 1).subarray(0, 4));
  core.view("counts", 2)[2] = start;
  core.rollOut(2, 10);
  expect(relativeError(core.view("states", 1).subarray(0, 284), core.view("states", 2).subarray(0, 284))).toBeLessThan(
    1e-9,
  );
});

test("recorded errors of the model are added at the same place of the task, whatever the paces", async () => {
  const core = await smallCore(8, { modelScale: 0.5, rollouts: 2, segments: 80 });
  core.setPace(0.77); // no place lies in the middle between two steps
  driveFrom(core, 0, 1, 80);
  core.recordModelError(0);
  expect(core.tryRollOutModel(1, 0, "continuation", 60, 0, 1.1317)).toBe(true);
  const [recorded, driven] = [taskTimesOf(core, 0), taskTimesOf(core, 1)];
  const states = core.view("states", 1);
  const probe = core.view("probe");
  const jumps: number[] = [];
  for (let t = 0; t < driven.length; t++) {
    // the last time that this place was driven
    let place = driven[t];
    while (place >= recorded[559] + 0.77 * DT) place -= PERIOD * DT;
    const nearest = recorded.reduce(
      (best, time, s) => (Math.abs(time - place) < Math.abs(recorded[best] - place) - 1e-9 ? s : best),
      0,
    );
    probe.set(states.subarray(4 * t, 4 * t + 4));
    probe.set(core.view("inputs", 1).subarray(2 * t, 2 * t + 2), 4);
    core.evaluateLaw("model");
    for (let i = 0; i < 4; i++)
      expect(states[4 * (t + 1) + i]).toBeCloseTo(probe[128 + i] + core.view("disturbances", 0)[4 * nearest + i], 10);
    jumps.push(nearest);
  }
  expect(Math.max(...jumps)).toBe(559);
});

test("a pace outside its range is refused, and one that is asked for begins with the next network call", async () => {
  const core = await smallCore(1);
  for (const pace of [0, 0.29, 1.501, Number.NaN]) expect(() => core.setPace(pace)).toThrow(`pace ${pace}`);
  expect(core.pace).toBe(1);
  core.setPace(0.7);
  expect(core.pace).toBe(0.7);
  core.beginDrive();
  core.view("plantState").set([0, 1.5, 3, 0]);
  core.tick(10);
  core.setPace(0.9);
  core.tick(10.02);
  expect(core.view("paces")[0]).toBe(0.7);
  core.tick(10.14);
  expect(core.view("paces")[0]).toBe(0.9);
  expect(core.view("taskShifts")[0]).toBeCloseTo(-0.3 * 0.14, 12);
});
