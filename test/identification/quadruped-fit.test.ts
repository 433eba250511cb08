/**
 * The quadruped's and the scalar model's fits: parameters and delays that made the data come out again, and refusals.
 */
import { expect, test } from "@jest/globals";
import type { FitData } from "../../src/identification/fit-data.js";
import { fitQuadruped, type QuadrupedFit } from "../../src/identification/quadruped-fit.js";
import { fitScalar } from "../../src/identification/scalar-fit.js";
import { randomNumbers } from "../support/cores.js";

const STEPS = 300;
const DT = 0.1;
const RAW = { speedGain: 1, response: 1, turnGain: 1, turnBias: 0 };

/** A robot driven by random inputs that act some steps later. */
function drive(truth: QuadrupedFit["parameters"], delays: readonly [number, number], constant = false): FitData {
  const random = randomNumbers(3);
  const inputs = new Float64Array(2 * STEPS).map((_, i) =>
    constant ? 0.5 : i % 2 === 0 ? 0.6 + 0.4 * random() : random(),
  );
  const states = new Float64Array(4 * (STEPS + 1));
  for (let t = 0; t < STEPS; t++) {
    const at = (column: number) => (t >= delays[column] ? inputs[2 * (t - delays[column]) + column] : 0);
    states[4 * t + 6] = states[4 * t + 2] + truth.response * (truth.speedGain * at(0) - states[4 * t + 2]);
    states[4 * t + 7] = states[4 * t + 3] + DT * (truth.turnGain * at(1) + truth.turnBias);
  }
  return { states, inputs, periods: new Float64Array(STEPS).fill(DT), earlier: new Float64Array(0) };
}

test("parameters and delays come out again; the priors cost 1e-3 at most", () => {
  const truth = { speedGain: 1.18, response: 0.4, turnGain: 0.9, turnBias: 0.1 };
  const fit = fitQuadruped([drive(truth, [2, 3])], { parameters: RAW, delays: [0, 0] });
  expect(fit.refused).toEqual([]);
  expect(fit.delays).toEqual([2, 3]);
  for (const name of ["speedGain", "response", "turnGain", "turnBias"] as const)
    expect(Math.abs(fit.parameters[name] - truth[name])).toBeLessThan(1e-3);
  expect(fit.speedError).toBeLessThan(1e-4);
});

test("a gain that would turn its sign is refused, and the other half is fitted all the same", () => {
  const present = { parameters: { ...RAW, turnGain: 0.7, turnBias: 0.3 }, delays: [1, 2] };
  const fit = fitQuadruped([drive({ ...RAW, speedGain: 1.3, turnGain: -1 }, [2, 0])], present);
  expect(fit.refused).toHaveLength(1);
  expect(fit.refused[0]).toMatch(/^turning: turnGain would be -(1|0\.99\d+); allowed is 0\.2 to 5$/);
  expect(fit.parameters).toMatchObject({ turnGain: 0.7, turnBias: 0.3 });
  expect(fit.delays).toEqual([2, 2]);
  expect(fit.parameters.speedGain).toBeCloseTo(1.3, 3);
  expect(fit.standardErrors).not.toHaveProperty("turnGain");
});

test("constant inputs determine a combination, which is said", () => {
  const fit = fitQuadruped([drive({ ...RAW, speedGain: 1.2 }, [0, 0], true)], { parameters: RAW, delays: [0, 0] });
  expect(fit.refused).toEqual([]);
  // turn rate = gain u + bias with one u: only the sum is known, and it is right
  expect(0.5 * fit.parameters.turnGain + fit.parameters.turnBias).toBeCloseTo(0.5, 4);
  expect(fit.correlations).toContainEqual({ between: ["turnGain", "turnBias"], value: expect.closeTo(-1, 3) });
  expect(fit.undetermined).toEqual(["turnGain", "turnBias"]);
  // half of the doubt is left to each: gain 1 and bias 0.5 before, the sum is 0.5 of one and the whole of the other
  expect(fit.standardErrors.turnGain).toBeCloseTo(Math.sqrt(0.5), 3);
  expect(fit.standardErrors.turnBias).toBeCloseTo(0.5 * Math.sqrt(0.5), 3);
});

test("no driving determines nothing: the model stays", () => {
  const fit = fitQuadruped([], { parameters: RAW, delays: [3, 4] });
  expect(fit.refused).toEqual([
    "speed: the driving does not determine the model",
    "turning: the driving does not determine the model",
  ]);
  expect(fit).toMatchObject({ parameters: RAW, delays: [3, 4] });
});

test("a and b of the scalar model", () => {
  const random = randomNumbers(8);
  const inputs = new Float64Array(50).map(() => random());
  const states = new Float64Array(51).fill(1);
  for (let t = 0; t < 50; t++) states[t + 1] = 0.9 * states[t] + 0.5 * inputs[t];
  const made = { states, inputs, periods: new Float64Array(50).fill(1), earlier: new Float64Array(0) };
  const fit = fitScalar([made], { a: 1, b: 1 });
  expect(fit.parameters.a).toBeCloseTo(0.9, 4);
  expect(fit.parameters.b).toBeCloseTo(0.5, 4);
  const reversed = { ...made, inputs: inputs.map((u) => -u) };
  expect(fitScalar([reversed], { a: 1, b: 1 }).refused).toEqual([expect.stringMatching(/^state: b would be -0\.5/)]);
});
