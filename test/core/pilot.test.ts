/** A drive step by step, as on a real robot, against the whole rollout in one call. */
import { expect, test } from "@jest/globals";
import { completeConfig } from "../../src/config/config.js";
import type { Core } from "../../src/core/core.js";
import { setTiming } from "../../src/recording/timing.js";
import { coreFor, initialisePolicy } from "../../src/session.js";
import { randomNumbers, relativeError } from "../support/cores.js";

const SEGMENTS = 8;
const N = 4;

/** A core with a random policy, its first start drawn. */
async function ready(): Promise<Core> {
  const config = completeConfig({ "rollout-segments": SEGMENTS, window: "0:0:0", hidden: [8] });
  const core = await coreFor(config, 1, SEGMENTS);
  initialisePolicy(core, 3);
  const random = randomNumbers(5);
  const theta = core.view("parameters");
  for (let i = 0; i < theta.length; i++) theta[i] = (theta[i] ?? 0) + 0.1 * random();
  core.sampleStart(0);
  setTiming(core, "hardware");
  return core;
}

test.each([1, 0.8])(
  "the same states at the same times give the same commands, references, network outputs and costs: pace %d",
  async (pace) => {
    const core = await ready();
    core.setPace(pace);
    core.rollOut(0, SEGMENTS);
    const [steps = 0, , start = 0] = core.view("counts");
    const pilot = await ready();
    pilot.setPace(pace);
    pilot.beginDrive();
    const row = (from: Core, region: "inputs" | "references" | "stageCosts", t: number, columns: number) =>
      from.view(region).subarray(t * columns, (t + 1) * columns);
    for (let t = 0; t < steps; t++) {
      const time = start + 0.02 * t;
      expect(pilot.networkDue(time)).toBe(t % 7 === 0);
      pilot.view("plantState").set(core.view("states").subarray(N * t, N * (t + 1)));
      expect(pilot.tick(time)).toBe(true);
      // times are differences of task times here, and multiples of dt there: 1e-15 of a second
      expect(relativeError(row(pilot, "inputs", 0, 2), row(core, "inputs", t, 2))).toBeLessThan(1e-12);
      expect(relativeError(row(pilot, "references", 0, 6), row(core, "references", t, 6))).toBeLessThan(1e-12);
      expect(pilot.view("stageCosts")[0]).toBeCloseTo(core.view("stageCosts")[t] ?? Number.NaN, 12);
    }
  },
);

test("uneven times: the network is called at the step nearest to its period", async () => {
  const core = await ready();
  core.beginDrive();
  core.view("plantState").set([0.1, 1.4, 3.3, 0.2]);
  const times = [1, 1.021, 1.039, 1.062, 1.08, 1.1, 1.119, 1.131, 1.16, 1.18];
  const called = times.filter((time) => {
    const due = core.networkDue(time);
    expect(core.tick(time)).toBe(true);
    return due;
  });
  expect(called).toEqual([1, 1.131]);
  expect(core.view("segmentTimes")[0]).toBe(1.131);
  expect(core.view("localTimes")[0]).toBeCloseTo(0.049, 12);
});

test("a state that is not a number, or out of bounds, or a policy that is not, gives no command", async () => {
  const core = await ready();
  const { Status } = core.exports;
  core.beginDrive();
  core.view("plantState").set([0, 1.5, 3, 0]);
  expect(core.tick(0)).toBe(true);
  for (const bad of [
    [Number.NaN, 1, 3, 0],
    [0, 11, 3, 0],
    [0, 1, 3, Number.POSITIVE_INFINITY],
  ]) {
    core.view("plantState").set(bad);
    expect(core.exports.tick(0.02)).toBe(Status.outOfBounds);
  }
  core.view("plantState").set([0, 1.5, 3, 0]);
  expect(core.tick(0.04)).toBe(true);
  core.view("parameters").fill(Number.NaN);
  expect(core.exports.tick(0.2)).toBe(Status.outOfBounds);
});

test("the plant driven in pieces goes where a rollout goes", async () => {
  const core = await ready();
  core.rollOut(0, SEGMENTS);
  const plant = await ready();
  plant.view("plantState").set(core.view("states").subarray(0, N));
  plant.restPlant();
  for (let t = 0; t < 7 * SEGMENTS; t++) {
    plant.view("inputs").set(core.view("inputs").subarray(2 * t, 2 * t + 2));
    plant.drivePlant(0.02);
  }
  expect(plant.view("plantState")).toEqual(core.view("states").subarray(7 * N * SEGMENTS, N * (7 * SEGMENTS + 1)));
});
