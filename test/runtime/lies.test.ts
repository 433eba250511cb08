/**
 * A training on a car whose sensors begin to lie: it is stopped, with the fault named, while it is truly near its
 * track. The whole table is docs/results/safety.md, of scripts/lies.mjs.
 */
import { expect, test } from "@jest/globals";
import { Fault } from "../../src/links/faults.js";
import { lies, type Measured, poseLies, tryLie } from "../support/lying-car.js";

const FITTED = 8;
const GIVEN = { hidden: [8] };
/** The corridor's half width and what it may be left by [m]. */
const MOST = 1.5 + 1;

test.each<[string, readonly Fault[]]>([
  ["gyro saturated", [Fault.yawRange]],
  ["gyro saturated at ±250 °/s", [Fault.yawJump]],
  ["gyro frozen", [Fault.frozenYaw, Fault.turnModel]],
  ["gyro asleep", [Fault.yawJump]],
  ["gyro halved", [Fault.yawJump]],
  ["gyro doubled", [Fault.yawJump]],
  ["gyro reversed", [Fault.yawJump]],
  ["encoder frozen", [Fault.frozenSpeed, Fault.speedModel]],
  ["encoder asleep", [Fault.speedJump]],
  ["encoder halved", [Fault.speedJump]],
  ["encoder doubled", [Fault.speedJump]],
  ["encoder reversed", [Fault.speedJump]],
  ["battery lost", [Fault.batteryLost]],
  ["all of it 0.3 s late", [Fault.delayed]],
])("%s in the second lap", async (name, faults) => {
  const lie = { at: FITTED, tell: lies[name] };
  const result = await tryLie({ plant: "identified", by: "wheel", noise: 0.005, seed: 2, laps: 4, given: GIVEN, lie });
  expect(faults.map((fault) => Fault[fault])).toContain(Fault[result.fault ?? Fault.none]);
  expect(result.seconds).toBeLessThan(1.5);
  expect(result.untilStop).toBeLessThan(MOST);
});

test.each<[string, Fault]>([
  ["pose frozen", Fault.frozenPlace],
  ["x and y swapped", Fault.course],
  ["heading mirrored", Fault.course],
])("%s from the start", async (name, fault) => {
  const lie = { at: 0, tell: poseLies[name] };
  const result = await tryLie({ plant: "identified", by: "pose", noise: 0.005, seed: 2, laps: 2, given: GIVEN, lie });
  expect(Fault[result.fault ?? Fault.none]).toBe(Fault[fault]);
  expect(result.untilRest).toBeLessThan(MOST);
});

const PLANTS = ["nominal", "identified", "single-track"];

test.each(PLANTS)("a gyro of %s that is wrong by a factor before anything is fitted", async (plant) => {
  for (const name of ["gyro halved", "gyro doubled"]) {
    const lie = { at: 1, tell: lies[name] };
    const result = await tryLie({ plant, by: "wheel", noise: 0.005, seed: 2, laps: 2, given: GIVEN, lie });
    expect([name, Fault[result.fault ?? Fault.none]]).toEqual([name, Fault[Fault.yawJump]]);
    expect(result.untilRest).toBeLessThan(1.5);
  }
});

test.each(PLANTS)("measurements of %s that are late from the start", async (plant) => {
  const lie = { at: 0, tell: lies["all of it 0.3 s late"] };
  const result = await tryLie({ plant, by: "wheel", noise: 0.005, seed: 2, laps: 2, given: GIVEN, lie });
  expect(Fault[result.fault ?? Fault.none]).toBe(Fault[Fault.delayed]);
  expect(result.untilStop).toBeLessThan(1.5);
});

test("a pose that is 0.3 s late, from the start and in the second lap; one that is 60 ms old is not late", async () => {
  const trial = { plant: "single-track", by: "pose", noise: 0.005, seed: 2, laps: 3, given: GIVEN } as const;
  const late = poseLies["pose 0.3 s late"];
  for (const at of [0, FITTED]) {
    const result = await tryLie({ ...trial, lie: { at, tell: late } });
    expect([at, Fault[result.fault ?? Fault.none]]).toEqual([at, Fault[Fault.delayed]]);
    expect(result.untilStop).toBeLessThan(1.5);
  }
  const old = (measured: Measured) => {
    measured.delay = 3;
  };
  const { fault, laps } = await tryLie({ ...trial, lie: { at: 0, tell: old } });
  expect([fault, laps]).toEqual([undefined, 3]);
});

test("a car that brakes hard on a slippery floor does not drive backwards", async () => {
  const slippery = { ...GIVEN, corridor: 4, plant: "identified", parameters: { plant: { gripLimit: 5.5 } } };
  const trial = { plant: "identified", by: "wheel", noise: 0.005, seed: 14, laps: 4 } as const;
  const { fault, laps } = await tryLie({ ...trial, given: slippery });
  expect([fault, laps]).toEqual([undefined, 4]);
});

test.each(PLANTS)("no false alarm in three laps of %s", async (plant) => {
  for (const by of ["wheel", "pose"] as const) {
    const { fault, laps } = await tryLie({
      plant,
      by,
      accelerometer: true,
      noise: 0.005,
      seed: 3,
      laps: 3,
      given: GIVEN,
    });
    expect([by, fault, laps]).toEqual([by, undefined, 3]);
  }
});
