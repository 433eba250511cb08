/**
 * A training on a car whose sensors begin to lie: it is stopped, with the fault named, while it is truly near its
 * track. The whole table is docs/results/safety.md, of scripts/lies.mjs.
 */
import { expect, test } from "@jest/globals";
import { Fault } from "../../src/links/faults.js";
import { lies, poseLies, tryLie } from "../support/lying-car.js";

const FITTED = 8;
const GIVEN = { hidden: [8] };
/** The corridor's half width and what it may be left by [m]. */
const MOST = 1.5 + 1;

test.each<[string, readonly Fault[]]>([
  ["gyro saturated", [Fault.yawRange]],
  ["gyro saturated at ±250 °/s", [Fault.turnModel, Fault.frozenYaw]],
  ["gyro frozen", [Fault.frozenYaw, Fault.turnModel]],
  ["gyro asleep", [Fault.frozenYaw, Fault.turnModel]],
  ["gyro doubled", [Fault.turnModel]],
  ["gyro reversed", [Fault.turnModel, Fault.turnSign]],
  ["encoder frozen", [Fault.frozenSpeed, Fault.speedModel]],
  ["encoder asleep", [Fault.speedJump]],
  ["encoder halved", [Fault.speedJump]],
  ["encoder doubled", [Fault.speed, Fault.speedJump]],
  ["encoder reversed", [Fault.speedJump]],
  ["battery lost", [Fault.batteryLost]],
  ["all of it 0.3 s late", [Fault.turnModel]],
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

test.each(["nominal", "identified", "single-track"])("no false alarm in three laps of %s", async (plant) => {
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
