/** Statistics on curves made by hand. */
import { describe, expect, test } from "@jest/globals";
import { costAt, finalCost, lateCost, minutesTo, spreadOf, worstCost } from "../../src/compare/statistics.js";
import { judgeSweep, ratesModule, sweepJobs } from "../../src/compare/sweep.js";
import type { Curve } from "../../src/compare/training.js";
import { quantile } from "../../src/statistics.js";

const curve: Curve = { untrained: 2, minutes: [0, 1, 2], costs: [2, 1, 0.2], final: 0.1, failure: null };
const stopped: Curve = { ...curve, final: null, failure: { minutes: 3, why: "it left the track" } };

describe("a curve", () => {
  test("carries its last value forward", () => {
    expect([0, 0.99, 1, 1.5, 2, 5].map((at) => costAt(curve, at))).toEqual([1, 1, 0.5, 0.5, 0.1, 0.1]);
  });
  test("is infinitely bad from where it was stopped", () => {
    expect([2.9, 3, 4].map((at) => costAt(stopped, at))).toEqual([0.1, Infinity, Infinity]);
    expect(worstCost(stopped)).toBe(Infinity);
    expect(lateCost(stopped, 5)).toBe(Infinity);
    expect(finalCost(stopped)).toBe(Infinity);
  });
  test("one that was stopped at once has no cost", () => {
    const none: Curve = { untrained: 2, minutes: [], costs: [], final: null, failure: { minutes: 0, why: "" } };
    expect(costAt(none, 0)).toBe(Infinity);
    expect(minutesTo(none, 0.5)).toBe(Infinity);
  });
  test("first reaches a part of the untrained cost", () => {
    expect([0.5, 0.1, 0.05].map((part) => minutesTo(curve, part))).toEqual([1, 2, Infinity]);
  });
  test("late cost is the mean of the last fifth, at least of the last rollout", () => {
    expect(lateCost({ ...curve, minutes: [0, 4, 5], costs: [2, 1, 0.5] }, 5)).toBeCloseTo(0.375, 12);
    expect(lateCost(curve, 5)).toBeCloseTo(0.1, 12);
  });
});

describe("quartiles", () => {
  test("of five and of four values", () => {
    expect(spreadOf([5, 1, 4, 2, 3])).toEqual({ median: 3, lower: 2, upper: 4, worst: 5 });
    expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2.5, lower: 1.75, upper: 3.25, worst: 4 });
    expect(spreadOf([7])).toEqual({ median: 7, lower: 7, upper: 7, worst: 7 });
  });
  test("stopped seeds count, and are never NaN", () => {
    expect(spreadOf([1, 2, Infinity])).toEqual({ median: 2, lower: 1.5, upper: Infinity, worst: Infinity });
    expect(quantile([1, Infinity, Infinity], 0.5)).toBe(Infinity);
  });
});

test("the sweep takes the lowest late cost among the safe rates, and the least bad where none is safe", () => {
  const study = { updates: ["sgd"], plants: ["nominal"], seeds: [1], minutes: 2, rates: {} };
  const jobs = sweepJobs(study).slice(0, 3);
  const ending = (late: number, worst: number): Curve => ({ ...curve, costs: [2, 2 * worst, 2 * late] });
  const best = (curves: Curve[]) => judgeSweep(study, jobs, curves).findIndex((trial) => trial.best);
  expect(best([ending(0.3, 1), ending(0.2, 1.2), ending(0.1, 1.21)])).toBe(1);
  expect(best([ending(0.3, 9), ending(0.2, 2), ending(0.1, 3)])).toBe(1);
  const trials = judgeSweep(study, jobs, [ending(0.3, 1), ending(0.2, 1), ending(0.1, 1)]);
  expect(ratesModule(trials, "x")).toContain(`  nominal: {\n    sgd: ${jobs[2]?.learningRate?.toExponential()},\n  },`);
});
