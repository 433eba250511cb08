/** The study `go1`: the paper's data budget is enough, SGD needs more of it, and the recordings of the real robot. */
import { beforeAll, expect, test } from "@jest/globals";
import { finalCost, spreadOf } from "../../src/compare/statistics.js";
import { pageOf } from "../../src/reproduce/go1.js";
import type { Conformance, Walked } from "../../src/reproduce/go1-recordings.js";
import { BUDGET, type Swept, sweep, type Trained, trainAll } from "../../src/reproduce/go1-training.js";
import { dataTest, referenceData } from "../reference-data.js";

const SEEDS = 3;

let swept: Swept[];
let trained: Trained[];
beforeAll(async () => {
  swept = await sweep();
  trained = await trainAll(SEEDS, swept);
});

test("in seven rollouts the default update gets below a tenth of the cost, the authors' SGD does not", async () => {
  expect(BUDGET).toBeCloseTo(5.94, 2);
  const ends = trained.map(({ curves }) => spreadOf(curves.map(finalCost)));
  expect(ends[0]?.worst).toBeLessThan(0.02);
  expect(ends[1]?.worst).toBeLessThan(0.02);
  expect(ends[3]?.median).toBeGreaterThan(0.1);
  for (const { curves } of trained)
    for (const { minutes, failure } of curves) {
      expect(failure).toBeNull();
      expect(minutes.at(-1)).toBeLessThan(BUDGET);
      expect(minutes[0]).toBe(0);
    }
});

test("without reference data there is part one, with charts and no failure", async () => {
  const page = await pageOf(SEEDS, swept, trained, undefined);
  expect(page.failure).toBeUndefined();
  expect(page.sections.map(({ heading }) => heading)).toEqual(["Simulated Go1, 3 seeds", "Learning rates"]);
  expect(page.results.walked).toEqual([]);
});

dataTest(
  "recorded Go1: commands to 1e-12, costs to 1e-8; half the first rollout's cost after ten, and with the network",
  async () => {
    const page = await pageOf(SEEDS, swept, trained, referenceData);
    const { conformance, walked } = page.results as { conformance: Conformance[]; walked: Walked[] };
    expect(conformance.map(({ rollouts }) => rollouts)).toEqual([10, 1, 1]);
    for (const { commandError, referenceError } of conformance) {
      expect(commandError).toBeLessThan(1e-12);
      expect(referenceError).toBeLessThan(1e-5);
    }
    expect(conformance[0]?.costError).toBeLessThan(1e-8);
    expect(conformance[2]?.setpointError).toBeLessThan(1e-12);
    const training = walked.filter(({ file }) => file === "go1-hw-train");
    expect(training).toHaveLength(10);
    expect((training.at(-1)?.cost ?? 1) / (training[0]?.cost ?? 1)).toBeCloseTo(0.48, 1);
    const [without, withNetwork] = walked.slice(10);
    expect(without?.cost).toBeCloseTo(0.0464, 3);
    expect(withNetwork?.cost).toBeCloseTo(0.0218, 3);
    expect(withNetwork?.radialError).toBeLessThan(0.75 * (without?.radialError ?? 0));
    expect(training.reduce((sum, { minutes }) => sum + minutes, 0)).toBeCloseTo(5.94, 1);
  },
);
