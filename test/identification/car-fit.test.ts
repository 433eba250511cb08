/**
 * The model's parameters from driving: recovered from data of the same structure, refused where the data do not
 * determine them.
 */
import { expect, test } from "@jest/globals";
import { type CarParameters, fitCar } from "../../src/identification/car-fit.js";
import type { FitData } from "../../src/identification/fit-data.js";
import { randomNumbers } from "../support/cores.js";

const RAW: CarParameters = {
  throttleGain: 1,
  drag: 0,
  steeringGain: 1,
  steeringBias: 0,
  offset: 0,
  linearDrag: 0,
  corneringDrag: 0,
  inverseGrip: 0,
  throttleGrip: 0,
};
const PRESENT = { parameters: RAW, delays: [0, 0] };
const dt = 0.02;

/** A drive of the model itself, inputs as commanded or random and smooth, delayed by whole steps. */
function driveOf(
  truth: CarParameters,
  delays: readonly [number, number],
  steps: number,
  noise: number,
  seed: number,
  commanded?: (t: number) => readonly number[],
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
    inputs.set(commanded?.(t) ?? [throttle, steering], 2 * t);
    const u = t >= delays[0] ? inputs[2 * (t - delays[0])] : 0;
    const s = t >= delays[1] ? inputs[2 * (t - delays[1]) + 1] : 0;
    const linear = v * (truth.steeringGain * s - truth.steeringBias);
    const q = (v * linear * truth.inverseGrip) / Math.sqrt(1 - truth.throttleGrip * u * u);
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
    throttleGrip: 0.6,
  };
  const drives = [1, 2, 3].map((seed) => driveOf(truth, [4, 6], 1000, 0, seed));
  const fit = fitCar(drives, PRESENT);
  expect(fit.refused).toEqual([]);
  expect(fit.delays).toStrictEqual([4, 6]);
  expect(fit.parameters.inverseGrip).toBeCloseTo(1 / 9, 3);
  expect(fit.parameters.throttleGrip).toBeCloseTo(0.6, 1);
  expect(fit.parameters.steeringGain).toBeCloseTo(4, 2);
  expect(fit.parameters.steeringBias).toBeCloseTo(0.1, 2);
  expect(fit.parameters.throttleGain).toBeCloseTo(6, 1);
  expect(fit.turnRateError).toBeLessThan(0.02);
  expect(fit.accelerationError).toBeLessThan(0.02);
});

test("noise of the measurement changes gains by little, delays not at all", () => {
  const truth = { ...RAW, throttleGain: 6, steeringGain: 4, drag: 0.3 };
  const drives = [4, 5, 6].map((seed) => driveOf(truth, [3, 5], 1000, 0.002, seed));
  const fit = fitCar(drives, PRESENT);
  expect(fit.delays).toStrictEqual([3, 5]);
  expect(Math.abs(fit.parameters.steeringGain / 4 - 1)).toBeLessThan(0.02);
  expect(Math.abs(fit.parameters.throttleGain / 6 - 1)).toBeLessThan(0.05);
});

test("a car at rest determines nothing", () => {
  const still: FitData = {
    states: new Float64Array(4 * 201),
    inputs: new Float64Array(400),
    periods: new Float64Array(200).fill(dt),
    earlier: new Float64Array(0),
  };
  const fit = fitCar([still], { parameters: { ...RAW, drag: 0.4 }, delays: [3, 5] });
  expect(fit.refused).toEqual([
    "turning: the driving does not determine the model",
    "pulling: the driving does not determine the model",
  ]);
  expect(fit).toMatchObject({ parameters: { ...RAW, drag: 0.4 }, delays: [3, 5], standardErrors: {} });
});

/** How far a parameter is from the truth, in its standard errors. */
const apart = (fit: ReturnType<typeof fitCar>, truth: CarParameters, name: keyof CarParameters) =>
  Math.abs(fit.parameters[name] - truth[name]) / (fit.standardErrors[name] ?? Number.NaN);

test("slowly and far from the limit of grip: the gain is sure, the limit is said to stay at its prior", () => {
  const truth = { ...RAW, throttleGain: 6, steeringGain: 4, offset: -2 };
  const drive = driveOf({ ...truth, linearDrag: 1 }, [3, 5], 1000, 0, 7);
  // the same commands at half a metre per second: lateral accelerations below 1 m/s²
  const slow = { ...drive, states: drive.states.map((value, i) => (i % 4 === 2 ? 0.5 : value)) };
  for (let t = 0; t < 1000; t++)
    slow.states[4 * t + 7] = slow.states[4 * t + 3] + dt * 0.5 * 4 * (t >= 5 ? slow.inputs[2 * (t - 5) + 1] : 0);
  const fit = fitCar([slow], PRESENT);
  expect(fit.undetermined).toEqual(["inverseGrip", "throttleGrip"]);
  expect(apart(fit, truth, "steeringGain")).toBeLessThan(3);
  expect(fit.parameters.inverseGrip).toBeCloseTo(0.1, 2);
  expect(fit.parameters.throttleGrip).toBe(0);
});

test("what driving does not excite does not walk: forty refits with noise stay where the first were", () => {
  const truth = { ...RAW, throttleGain: 6, steeringGain: 4, offset: 0.5, linearDrag: 0.4, drag: 0.2 };
  let model: Parameters<typeof fitCar>[1] = PRESENT;
  const offsets: number[] = [];
  for (let k = 0; k < 40; k++) {
    const fit = fitCar([driveOf(truth, [3, 5], 300, 0.02, 100 + k)], model, k % 5 > 0 ? "near" : "all");
    expect(fit.refused).toEqual([]);
    offsets.push(fit.parameters.offset);
    model = fit;
  }
  const half = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(Math.abs(half(offsets.slice(20)) - half(offsets.slice(0, 20)))).toBeLessThan(0.3);
});

test("outliers: a step in a hundred that is wrong by a radian and 2 m/s changes gains by less than 2 %", () => {
  const truth = { ...RAW, throttleGain: 6, steeringGain: 4, drag: 0.3, inverseGrip: 0.1 };
  const drive = driveOf(truth, [3, 5], 1500, 0, 9);
  for (let t = 50; t < 1500; t += 100) {
    drive.states[4 * t + 2] += 2;
    drive.states[4 * t + 3] -= 1;
  }
  const fit = fitCar([drive], PRESENT);
  expect(fit.delays).toStrictEqual([3, 5]);
  expect(Math.abs(fit.parameters.steeringGain / 4 - 1)).toBeLessThan(0.02);
  expect(Math.abs(fit.parameters.throttleGain / 6 - 1)).toBeLessThan(0.02);
});

test("age of what is measured and transport delay act together: the fit finds their sum", () => {
  const truth = { ...RAW, throttleGain: 6, steeringGain: 4, drag: 0.3 };
  const drive = driveOf(truth, [3, 5], 1000, 0, 10);
  const age = 3;
  const states = drive.states.map((_, i) => drive.states[Math.max(i % 4, i - 4 * age)]);
  expect(fitCar([{ ...drive, states }], PRESENT).delays).toStrictEqual([6, 8]);
});

test("steering the wrong way round refuses turning and says by how much; pulling is fitted all the same", () => {
  const truth = { ...RAW, throttleGain: 6, steeringGain: -4, drag: 0.3 };
  const fit = fitCar([driveOf(truth, [3, 5], 1000, 0, 11)], PRESENT);
  expect(fit.refused).toHaveLength(1);
  expect(fit.refused[0]).toMatch(/^turning: steeringGain would be -(4|3\.9\d+) 1\/m; allowed is 0\.2 to 30$/);
  expect(fit.parameters.steeringGain).toBe(1);
  expect(fit.parameters.throttleGain).toBeCloseTo(6, 1);
});

test("commands that repeat themselves every segment fit delays a segment apart alike: the usual one is taken", () => {
  const truth = { ...RAW, throttleGain: 6, steeringGain: 4, drag: 0.3 };
  const ripple = [0.02, 0.05, 0.03, -0.01, -0.04, -0.03, -0.02];
  const commanded = (t: number) => [0.4 + ripple[t % 7], 0.3 + 2 * ripple[t % 7]];
  const whole = driveOf(truth, [4, 5], 1400, 0.002, 12, commanded);
  const drive = {
    states: whole.states.subarray(4 * 28),
    inputs: whole.inputs.subarray(2 * 28),
    periods: whole.periods.subarray(28),
    earlier: whole.inputs.subarray(0, 2 * 28),
  };
  // where the search begins does not matter, nor whether the alias explains a little more by chance
  for (const last of [0, 12])
    expect(fitCar([drive], { parameters: RAW, delays: [last, last] }).delays).toStrictEqual([4, 5]);
});

test("after a change a short drive is fitted as the model before it, but for what it shows", () => {
  const before: CarParameters = {
    throttleGain: 9,
    drag: 0.3,
    steeringGain: 4,
    steeringBias: 0.1,
    offset: 0.8,
    linearDrag: 0.6,
    corneringDrag: 0.1,
    inverseGrip: 0.13,
    throttleGrip: 0,
  };
  const present = { parameters: before, delays: [3, 4] as [number, number] };
  const drive = driveOf({ ...before, inverseGrip: 0.18 }, [3, 4], 70, 0.002, 5);
  const held = fitCar([drive], present, "changed", before);
  const free = fitCar([drive], present, "near");
  expect(held.refused).toEqual([]);
  expect(held.parameters.inverseGrip).toBeCloseTo(0.18, 1);
  expect(held.delays).toEqual([3, 4]);
  const others = ["throttleGain", "drag", "offset", "linearDrag", "corneringDrag", "steeringGain"] as const;
  const distance = ({ parameters }: { readonly parameters: CarParameters }) =>
    Math.hypot(...others.map((name) => parameters[name] - before[name]));
  expect(distance(held)).toBeLessThan(0.3 * distance(free));
  // to the model before, whatever was fitted since
  const since = { ...present, parameters: { ...before, steeringGain: 2, throttleGain: 3, inverseGrip: 0.3 } };
  const again = fitCar([drive], since, "changed", before);
  for (const name of [...others, "inverseGrip"] as const)
    expect(again.parameters[name]).toBeCloseTo(held.parameters[name], 3);
});

test("after a change a car at the limit of its grip is fitted though that says nothing of its steering gain", () => {
  const before: CarParameters = { ...RAW, throttleGain: 9, offset: 0.8, steeringGain: 4, inverseGrip: 0.15 };
  const present = { parameters: before, delays: [3, 4] as [number, number] };
  const fullLock = driveOf({ ...before, inverseGrip: 0.25 }, [3, 4], 60, 0.002, 5, () => [0.5, 1]);
  const held = fitCar([fullLock], present, "changed", before);
  expect(held.refused).toEqual([]);
  expect(held.parameters.steeringGain).toBeCloseTo(4, 0);
  expect(held.parameters.inverseGrip).toBeCloseTo(0.25, 1);
});
