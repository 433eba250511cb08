/** Simulated robots: delays, lags, noise and jitter around the plant, and driving on across rollouts. */
import { expect, test } from "@jest/globals";
import { completeConfig } from "../../src/config/config.js";
import type { Core } from "../../src/core/core.js";
import { Core as CoreClass } from "../../src/core/core.js";
import { coreFor } from "../../src/session.js";
import { carFigure8 } from "../../src/tasks/car-figure8.js";
import { driveFrom, smallCore } from "../support/cores.js";

const dt = carFigure8.timing.controlPeriod;

async function plantCore(name: string, segments = 30, rollouts = 2): Promise<Core> {
  const plant = carFigure8.plants[name];
  if (!plant) throw new Error(`no plant ${name}`);
  return CoreClass.load({ task: carFigure8, plant, rollouts, steps: 12 * segments, segments });
}

test("a delayed input acts the given time later, and nothing before", async () => {
  const core = await smallCore(1, { segments: 12 });
  core.view("plantDelays").set([5 * dt, 0]);
  core.view("states").set([0, 0, 0, Math.PI / 2]);
  core.view("counts").set([0], 2);
  core.rollOut(0, 12);
  const states = core.view("states");
  const inputs = core.view("inputs");
  const { throttleGain = 0, drag = 0 } = carFigure8.plants.nominal?.parameters ?? {};
  for (let t = 0; t < 80; t++) {
    const v = states[4 * t + 2] ?? 0;
    const acting = t >= 5 ? (inputs[2 * (t - 5)] ?? 0) : 0;
    expect(states[4 * t + 6]).toBeCloseTo(v + dt * (throttleGain * acting - drag * v * v), 14);
  }
});

test("a lagged input follows its command with the given time constant", async () => {
  const core = await smallCore(1, { segments: 12 });
  const lag = 0.1;
  core.view("plantLags").set([lag, 0]);
  core.view("states").set([0, 0, 0, Math.PI / 2]);
  core.view("counts").set([0], 2);
  core.rollOut(0, 12);
  const states = core.view("states");
  const inputs = core.view("inputs");
  const { throttleGain = 0, drag = 0 } = carFigure8.plants.nominal?.parameters ?? {};
  let acting = 0;
  for (let t = 0; t < 80; t++) {
    const v = states[4 * t + 2] ?? 0;
    acting += (dt / (lag + dt)) * ((inputs[2 * t] ?? 0) - acting);
    expect(states[4 * t + 6]).toBeCloseTo(v + dt * (throttleGain * acting - drag * v * v), 14);
  }
});

test("noise has the given standard deviation, and the plant itself does not feel it", async () => {
  const core = await smallCore(1, { segments: 12 });
  const quiet = await smallCore(1, { segments: 12 });
  core.view("plantNoise").set([0.002, 0.004, 0, 0]);
  // no gains: the commands do not depend on the position, so both cars drive the same way
  for (const each of [core, quiet]) {
    each.view("outputScale").fill(0);
    each.view("nominalGains").fill(0);
    driveFrom(each, 0, 0.3, 12);
  }
  for (const [column, deviation] of [
    [0, 0.002],
    [1, 0.004],
  ] as const) {
    let square = 0;
    for (let t = 1; t <= 84; t++)
      square += ((core.view("states")[4 * t + column] ?? 0) - (quiet.view("states")[4 * t + column] ?? 0)) ** 2;
    // relative standard error of a deviation from 84 draws: 8 %
    expect(Math.abs(Math.sqrt(square / 84) / deviation - 1)).toBeLessThan(0.25);
  }
});

test("a core draws noise as its seed says before any policy is drawn in it", async () => {
  const first = async (seed: number) => {
    const noise = { "plant-noise": [0.002], "update-every": "rollout", window: "0:0:0" };
    const core = await coreFor(completeConfig({ seed, ...noise }), 1, 1);
    core.rollOut(0, 1);
    return core.view("states")[4];
  };
  const drawn = await Promise.all([1, 2, 3].map(first));
  for (const x of drawn) expect(Math.abs(x)).toBeLessThan(4 * 0.002); // a generator that nobody started draws -6
  expect(new Set(drawn).size).toBe(3);
});

test("jitter varies the periods as asked, and the recorded times are those driven", async () => {
  const core = await plantCore("identified");
  core.view("jitter").set([4e-5, 0.01]);
  core.sampleStart(0);
  core.rollOut(0, 30);
  const [steps = 0, segments = 0] = core.view("counts");
  const times = core.view("times").subarray(0, steps);
  const periods = core.view("periods").subarray(0, steps);
  const starts = core.view("segmentStarts").subarray(0, segments);
  for (let t = 1; t < steps; t++) expect(times[t]).toBeCloseTo((times[t - 1] ?? 0) + (periods[t - 1] ?? 0), 12);
  expect(new Set(periods).size).toBeGreaterThan(steps / 2);
  const lengths = new Set(Array.from(starts.subarray(1), (start, j) => start - (starts[j] ?? 0)));
  expect(lengths.size).toBeGreaterThan(1);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(11);
});

test("driving on in a second rollout is the same drive as one long rollout", async () => {
  for (const plant of ["nominal", "identified", "single-track"]) {
    const whole = await plantCore(plant, 30, 1);
    whole.seed(3, 0);
    whole.initialise();
    whole.sampleStart(0);
    whole.rollOut(0, 30);
    const parts = await plantCore(plant);
    parts.seed(3, 0);
    parts.initialise();
    parts.sampleStart(0);
    parts.rollOut(0, 12);
    parts.rollOut(1, 18, 0, 5);
    const [steps = 0, segments = 0] = parts.view("counts", 1);
    expect([steps, segments]).toStrictEqual([23 * 7, 23]);
    const expected = whole.view("states").subarray(4 * 7 * 7, 4 * (30 * 7 + 1));
    const near = (ours: Float64Array, wanted: Float64Array, places: number) => {
      for (const [i, value] of wanted.entries()) expect(ours[i]).toBeCloseTo(value, places);
    };
    near(parts.view("states", 1), expected, 9);
    near(parts.view("references", 1), whole.view("references").subarray(6 * 7 * 7, 6 * 30 * 7), 8);
  }
});

test("the single-track car's largest lateral acceleration is what its tyres give", async () => {
  const core = await plantCore("single-track");
  core.view("outputScale").fill(0);
  core.sampleStart(0);
  core.rollOut(0, 30);
  const states = core.view("states");
  let largest = 0;
  // over half a second, so that the turning of the body alone does not count
  for (let t = 50; t + 25 < 200; t++) {
    const turn = ((states[4 * (t + 25) + 3] ?? 0) - (states[4 * t + 3] ?? 0)) / (25 * dt);
    largest = Math.max(largest, Math.abs(turn * (states[4 * t + 2] ?? 0)));
  }
  const front = 0.841 * Math.sin((0.841 * Math.PI) / 2);
  const rear = 0.855 * Math.sin((0.959 * Math.PI) / 2);
  const limit = (9.81 * (front + rear)) / 2;
  expect(largest).toBeGreaterThan(0.5 * limit);
  expect(largest).toBeLessThan(1.1 * limit);
});
