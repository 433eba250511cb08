/** Plants that change: what acts when and where, against steps computed by hand; and combined slip. */
import { expect, test } from "@jest/globals";
import { completeConfig, type PartialConfig } from "../../src/config/config.js";
import type { Core } from "../../src/core/core.js";
import { coreFor, initialisePolicy } from "../../src/session.js";

const H = 0.005; // integration step of `identified`

/** A core whose plant changes so, without delays and lags. */
async function changing(plant: string, changes: string[], given: PartialConfig = {}, segments = 40): Promise<Core> {
  const config = completeConfig({ plant, "plant-change": changes, window: "0:0:0", ...given });
  const core = await coreFor(config, 1, segments);
  core.view("plantDelays").fill(0);
  core.view("plantLags").fill(0);
  initialisePolicy(core, 1);
  return core;
}

/** The plant's parameter that acts in a step of `seconds` from now on. */
function acting(core: Core, name: string, seconds = H): number {
  core.drivePlant(seconds);
  const { kind } = core.setup.plant;
  return core.view("actingParameters")[core.parameterNames("plant", kind).indexOf(name)];
}

test("less grip turns the car less, by the plant's own equations", async () => {
  const { steeringGain, steeringTrim, gripLimit } = (await changing("identified", [])).setup.plant.parameters;
  const turnRate = (limit: number) => {
    const linear = steeringGain * 3 * (0.4 - steeringTrim);
    return linear / (1 + ((3 * linear) / limit) ** 4) ** 0.25;
  };
  for (const [changes, factor] of [
    [[], 1],
    [["grip=0.8@seconds0"], 0.8],
    [["grip=0.8@lap0", "gripLimit=0.5@seconds0"], 0.4],
  ] as const) {
    const core = await changing("identified", [...changes]);
    core.write("plantState", [0, 0, 3, 0]);
    core.restPlant();
    core.view("inputs").set([0.2, 0.4]);
    core.drivePlant(H);
    expect(core.view("plantState")[3]).toBeCloseTo(H * turnRate(factor * gripLimit), 14);
  }
});

test("a step acts from its time on, a ramp half of it half way, and later all of it", async () => {
  const core = await changing("identified", ["grip=0.8@seconds0.5", "throttle=1..0.7@seconds0.2..0.6"]);
  const { gripLimit, throttleGain } = core.setup.plant.parameters;
  core.write("plantState", [0, 0, 3, 0]);
  core.restPlant();
  for (let step = 0; step < 200; step++) {
    const time = step * H;
    const ramp = Math.min(1, Math.max(0, (time - 0.2) / 0.4));
    expect(acting(core, "throttleGain")).toBeCloseTo(throttleGain * (1 - 0.3 * ramp), 12);
    const grip = core.view("actingParameters")[core.parameterNames("plant", "identified").indexOf("gripLimit")];
    expect(grip).toBe(gripLimit * (step >= 100 ? 0.8 : 1));
  }
});

test("a lap is as many network calls as the task's lap takes: 40 of 0.14 s", async () => {
  const core = await changing("nominal", ["steering=0.5@lap1.5"]);
  core.write("plantState", [0, 0, 3, 0]);
  core.restPlant();
  const { steeringGain } = core.setup.plant.parameters;
  const found = Array.from({ length: 425 }, () => acting(core, "steeringGain", 0.02));
  expect(found.slice(0, 420).every((value) => value === steeringGain)).toBe(true);
  expect(found.slice(420)).toEqual([0, 0, 0, 0, 0].map(() => steeringGain * 0.5));
});

test("a place changes the plant inside its circle alone", async () => {
  const core = await changing("single-track", ["grip=0.6@place:1,-1,0.5"]);
  for (const [x, y, grip] of [
    [1, -1, 0.6],
    [1.49, -1, 0.6],
    [1.51, -1, 1],
    [0.7, -0.61, 0.6],
    [0.69, -0.59, 1],
    [-1, 1, 1],
  ]) {
    core.write("plantState", [x, y, 0, 0]);
    core.restPlant();
    expect(acting(core, "grip", 1e-9)).toBe(grip);
  }
});

test("factors of 1 change no bit, with and without something between policy and plant", async () => {
  for (const plant of ["nominal", "identified", "single-track"]) {
    const drive = async (changes: string[]) => {
      const config = completeConfig({ plant, "plant-change": changes, window: "0:0:0" });
      const core = await coreFor(config, 1, 80);
      initialisePolicy(core, 3);
      core.sampleStart(0);
      core.rollOut(0, 80);
      return core.usedPart("states", 0);
    };
    const unchanged = await drive([]);
    expect(await drive(["throttle=1@seconds0", "steering=1..1@lap0..1", "throttle=1@place:0,0,1"])).toEqual(unchanged);
    expect(await drive(["throttle=0.9@lap1"])).not.toEqual(unchanged);
    const until = (states: Float64Array) => states.subarray(0, 4 * 281);
    expect(until(await drive(["throttle=0.9@lap1"]))).toEqual(until(unchanged));
  }
});

test("the time since standstill runs on from one separate rollout to the next", async () => {
  const core = await changing("nominal", ["throttle=0.5@seconds6"], {}, 40);
  const { throttleGain } = core.setup.plant.parameters;
  const gains = [0, 1].map(() => {
    core.sampleStart(0);
    core.rollOut(0, 40); // 5.6 s
    return core.view("actingParameters")[0];
  });
  expect(gains).toEqual([throttleGain, throttleGain / 2]);
  expect(core.view("drivenBefore")[0]).toBeCloseTo(5.6, 10);
});

test("combined slip takes from the rear axle what the motor needs; load transfer loads it", async () => {
  const [v, lateral, turnRate, throttle] = [3, 0.3, 2, 0.55];
  /** change of the sideways speed in a step, and of the turn rate */
  const step = async (parameters: Record<string, number>) => {
    const core = await changing("single-track", [], { parameters: { plant: parameters } });
    core.write("plantState", [0, 0, v, 0]);
    core.restPlant();
    core.view("plantMemory").set([lateral, turnRate], core.exports.PlantMemory.inner);
    core.view("inputs").set([throttle, 0.2]);
    core.drivePlant(1e-3);
    const inner = core.view("plantMemory").subarray(core.exports.PlantMemory.inner);
    return [(inner[0] - lateral) / 1e-3, (inner[1] - turnRate) / 1e-3];
  };
  const { mass, wheelbase, inertia } = (await changing("single-track", [])).setup.plant.parameters;
  const arm = wheelbase / 2;
  const delta = 0.515 * Math.tanh(1.023 * (0.2 - 0.027));
  const axle = (slip: number, B: number, C: number, D: number) => -D * Math.sin(C * Math.atan(B * slip));
  const motor = (25.36 - 4.815 * v) * (throttle - 0.164);
  const friction = 1.27 * Math.tanh(7.67 * v) + 0.74 * v - 0.11 * v * v;
  const expected = (slip: number, transfer: number) => {
    const moved = transfer * 0.25 * (motor - friction);
    const frontLoad = (mass * 9.81) / 2 - moved;
    const rearLoad = (mass * 9.81) / 2 + moved;
    const front = frontLoad * axle(Math.atan2(lateral + arm * turnRate, v) - delta, 8.6, 0.841, 0.841);
    const left = Math.sqrt(Math.max(0, 1 - ((slip * motor) / (0.855 * rearLoad)) ** 2));
    const rear = left * rearLoad * axle(Math.atan2(lateral - arm * turnRate, v), 11.55, 0.959, 0.855);
    const sideways = (front * Math.cos(delta) + rear) / mass - v * turnRate;
    return [sideways, (arm * (front * Math.cos(delta) - rear)) / inertia];
  };
  for (const [combinedSlip, loadTransfer] of [
    [0, 0],
    [1, 0],
    [0.5, 0],
    [0, 1],
    [1, 1],
    [10, 0], // wheels that spin do not hold the car sideways at all
  ]) {
    const found = await step({ combinedSlip, loadTransfer });
    const [sideways, turning] = expected(combinedSlip, loadTransfer);
    expect(found[0]).toBeCloseTo(sideways, 8);
    expect(found[1]).toBeCloseTo(turning, 6);
  }
});

test("a change of a parameter that the plant does not have is refused by the core", async () => {
  const core = await changing("nominal", ["throttle=0.5@seconds6"]);
  core.view("plantChanges")[core.exports.Change.parameter] = 99;
  expect(core.exports.prepare()).toBe(core.exports.Status.outOfRange);
});
