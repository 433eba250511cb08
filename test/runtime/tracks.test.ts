/** The gates of a robot on tracks that are not the figure-8: crossings, corridor, a sensor that lies. */
import { expect, test } from "@jest/globals";
import { Fault } from "../../src/links/faults.js";
import { lies, tryLie } from "../support/lying-car.js";

const TRIAL = { plant: "identified", by: "pose", noise: 0.005, seed: 2 } as const;
const on = (name: string, more: object = {}) => ({
  ...{ task: "car-track", track: `examples/tracks/${name}.yaml`, hidden: [8] },
  ...more,
});
const named = (fault: Fault | undefined) => Fault[fault ?? Fault.none];

test("a track that crosses itself is driven past all gates", async () => {
  const { fault, laps } = await tryLie({ ...TRIAL, laps: 3, given: on("hairpins") });
  expect([named(fault), laps]).toStrictEqual(["none", 3]);
});

test("the corridor is that of the track: a car that leaves it is stopped there", async () => {
  const { fault, untilStop } = await tryLie({ ...TRIAL, laps: 2, given: on("kidney", { corridor: 0.15 }) });
  expect(named(fault)).toBe(Fault[Fault.corridor]);
  expect(untilStop).toBeGreaterThan(0.13);
  expect(untilStop).toBeLessThan(0.25);
});

test("a wheel and a gyro that lie in the second lap are found, near the track", async () => {
  for (const name of ["encoder halved", "gyro reversed"]) {
    const lie = { at: 7, tell: lies[name] };
    const { fault, seconds, untilStop } = await tryLie({ ...TRIAL, by: "wheel", laps: 4, given: on("kidney"), lie });
    expect([name, named(fault)]).toStrictEqual([name, name.startsWith("gyro") ? "yawJump" : "speedJump"]);
    expect(seconds).toBeLessThan(1.5);
    expect(untilStop).toBeLessThan(1);
  }
});
