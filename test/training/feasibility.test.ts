/** Lap times that no robot of its kind can drive are said before it drives, with one that it can. */
import { expect, test } from "@jest/globals";
import { completeConfig, type PartialConfig } from "../../src/config/config.js";
import { infeasibility } from "../../src/training/feasibility.js";

const said = (given: PartialConfig, track: Record<string, number> = {}) =>
  infeasibility(completeConfig({ ...given, ...(given.parameters ? {} : { parameters: { task: track } }) }));

test("the tasks as they are can be driven, on every plant", async () => {
  for (const plant of ["nominal", "identified", "single-track"]) expect(await said({ plant })).toBeUndefined();
  for (const task of ["quadruped-figure8", "scalar", "cart-pole", "pendulum-reach"])
    expect(await infeasibility(completeConfig({ task }))).toBeUndefined();
});

test("a lap that needs more speed, more grip, or tighter curves than there are", async () => {
  // terminal speed sqrt(0.75 * 11.25 / 0.55) = 3.917 m/s, task 4 pi 1.5 / 3 = 6.28 m/s
  const fast = await said({ plant: "nominal" }, { lapTime: 3 });
  expect(fast).toContain("asks for 6.28 m/s");
  expect(fast).toContain("plant nominal reaches 3.92 m/s");
  expect(fast).toContain("raise task.lapTime to 4.81 or more");
  // 4.19^2 / 1.5 = 11.7 m/s^2 of 7.7: 4.5 s * sqrt(11.7 / 7.7)
  const sliding = await said({ plant: "identified" }, { lapTime: 4.5 });
  expect(sliding).toContain("11.7 m/s² in its curves in 4.50 s; plant identified reaches 6.89 m/s and 7.70 m/s²");
  expect(sliding).toContain("raise task.lapTime to 5.55 or more");
  // 1 / 4.3 m is the least radius
  expect(await said({ plant: "identified" }, { radius: 0.15 })).toContain("too tight at any speed: raise task.radius");
  expect(await said({ task: "quadruped-figure8" }, { lapTime: 12 })).toContain("raise task.lapTime to 16.0 or more");
});

test("half the grip is seen, as is a lower limit of the controller", async () => {
  expect(await said({ plant: "identified", parameters: { plant: { gripLimit: 4 } } })).toContain("4.00 m/s²");
  expect(await said({ plant: "nominal", parameters: { controller: { throttleLimit: 0.3 } } })).toContain("2.48 m/s");
});

test("a robot: by its model where that is known, and by max-speed", async () => {
  expect(await said({ link: "serial" }, { lapTime: 3 })).toContain("max-speed stops it at 5 m/s");
  const known = { link: "serial", "max-speed": 9, "model-scale": 1 } as const;
  expect(await said(known, { lapTime: 3 })).toContain("the model reaches 3.92 m/s");
  expect(await said({ ...known, model: "raw" }, { lapTime: 3 })).toBeUndefined();
});

test("a track beyond the bounds is refused", async () => {
  await expect(said({}, { radius: 6 })).rejects.toThrow(
    /reaches 12\.0 m from the middle, but its bounds end at 10\.0 m/,
  );
});
