/**
 * The model's parameters from driving: recovered from data of the same structure, refused where the data do not
 * determine them.
 */
import { expect, test } from "@jest/globals";
import { type CarFit, fitCar } from "../../src/identification/car-fit.js";
import type { FitData } from "../../src/identification/fit-data.js";
import { randomNumbers } from "../support/cores.js";

const RAW: CarFit["parameters"] = {
  throttleGain: 1,
  drag: 0,
  steeringGain: 1,
  steeringBias: 0,
  offset: 0,
  linearDrag: 0,
  corneringDrag: 0,
  inverseGrip: 0,
};
const dt = 0.02;

/** A drive of the model itself, inputs random and smooth, delayed by whole steps. */
function driveOf(
  truth: CarFit["parameters"],
  delays: readonly [number, number],
  steps: number,
  noise: number,
  seed: number,
): FitData {
  const random = randomNumbers(seed);
  const states = new Float64Array(4 * (steps + 1));
  const inputs = new Float64Array(2 * steps);
  let [v, phi] = [2, 0];
  let [throttle, steering] = [0.4, 0];
  for (let t = 0; t <= steps; t++) {
    states.set([0, 0, v + noise * random(), phi + noise * random()], 4 * t);
    if (t === steps) break;
    throttle += 0.15 * (0.4 + 0.3 * random() - throttle) + 0.05 * random();
    steering += 0.1 * (0.8 * random() - steering) + 0.05 * random();
    inputs.set([throttle, steering], 2 * t);
    const u = t >= delays[0] ? inputs[2 * (t - delays[0])] : 0;
    const s = t >= delays[1] ? inputs[2 * (t - delays[1]) + 1] : 0;
    const linear = v * (truth.steeringGain * s - truth.steeringBias);
    const q = v * linear * truth.inverseGrip;
    const w = linear / (1 + q ** 4) ** 0.25;
    const drag = truth.linearDrag * v + truth.drag * v * v + truth.corneringDrag * Math.abs(v * w);
    v = Math.max(0, v + dt * (truth.throttleGain * u + truth.offset - drag));
    phi += dt * w;
  }
  return { states, inputs, periods: new Float64Array(steps).fill(dt), earlier: new Float64Array(0) };
}

test("recovers gains, drags, grip limit and delays from a minute of driving", () => {
  const truth = {
    throttleGain: 6,
    drag: 0.08,
    steeringGain: 4,
    steeringBias: 0.1,
    offset: 0.3,
    linearDrag: 0.2,
    corneringDrag: 0.25,
    inverseGrip: 1 / 9,
  };
  const drives = [1, 2, 3].map((seed) => driveOf(truth, [4, 6], 1000, 0, seed));
  const fit = fitCar(drives, RAW);
  if (!fit) throw new Error("no fit");
  expect(fit.delays).toStrictEqual([4, 6]);
  expect(fit.parameters.inverseGrip).toBeCloseTo(1 / 9, 10);
  expect(fit.parameters.steeringGain).toBeCloseTo(4, 2);
  expect(fit.parameters.steeringBias).toBeCloseTo(0.1, 2);
  expect(fit.parameters.throttleGain).toBeCloseTo(6, 1);
  expect(fit.turnRateError).toBeLessThan(0.02);
  expect(fit.accelerationError).toBeLessThan(0.02);
});

test("noise of the measurement changes gains by little, delays not at all", () => {
  const truth = { ...RAW, throttleGain: 6, steeringGain: 4, drag: 0.3 };
  const drives = [4, 5, 6].map((seed) => driveOf(truth, [3, 5], 1000, 0.002, seed));
  const fit = fitCar(drives, RAW);
  expect(fit?.delays).toStrictEqual([3, 5]);
  expect(Math.abs((fit?.parameters.steeringGain ?? 0) / 4 - 1)).toBeLessThan(0.02);
  expect(Math.abs((fit?.parameters.throttleGain ?? 0) / 6 - 1)).toBeLessThan(0.05);
});

test("a car at rest determines nothing", () => {
  const still: FitData = {
    states: new Float64Array(4 * 201),
    inputs: new Float64Array(400),
    periods: new Float64Array(200).fill(dt),
    earlier: new Float64Array(0),
  };
  expect(fitCar([still], RAW)).toBeUndefined();
});
