/** Where a robot that cannot be placed begins to drive. */
import { beforeAll, expect, test } from "@jest/globals";
import { completeConfig } from "../../src/config/config.js";
import type { Core } from "../../src/core/core.js";
import { pilotCore } from "../../src/runtime/control.js";
import { misplaced, nearestStart } from "../../src/runtime/nearest-start.js";
import { crossingsOf } from "../../src/tracks/crossings.js";
import { shapeOf, type Track } from "../../src/tracks/track.js";

let core: Core;
beforeAll(async () => {
  core = await pilotCore(completeConfig({ window: "0:0:0" }));
});

/** Place and direction of the task at a time. */
function pointAt(time: number): { x: number; y: number; phi: number } {
  core.nominalSetpoint(time);
  const [x = 0, y = 0, vx = 0, vy = 0] = core.view("probe");
  return { x, y, phi: Math.atan2(vy, vx) };
}

const LAP = 5.5;

test("on the track: a time at which the task is there, in that direction", () => {
  for (let time = 0; time < LAP; time += 0.1) {
    const { x, y, phi } = pointAt(time);
    const start = nearestStart(core, Float64Array.of(x, y, 0, phi));
    const found = pointAt(start.time);
    // half of the 1024th part of a lap, at 3.4 m/s and 2.3 rad/s; in the middle of the 8 two times have one pose
    expect(Math.hypot(found.x - x, found.y - y)).toBeLessThan(0.01);
    expect(start.distance).toBeLessThan(0.01);
    expect(Math.abs(start.turn)).toBeLessThan(0.01);
    if (Math.hypot(x, y) > 0.1) expect(start.time).toBeCloseTo(time, 2);
  }
});

test("beside the track, turned, and with a heading that went round several times", () => {
  const { x, y, phi } = pointAt(1.2);
  const [side, turn] = [0.2, 0.3];
  const state = Float64Array.of(x - side * Math.sin(phi), y + side * Math.cos(phi), 1, phi - turn + 6 * Math.PI);
  const start = nearestStart(core, state);
  expect(start.distance).toBeLessThan(0.35);
  expect(Math.abs(start.turn)).toBeLessThan(turn + 0.01);
  expect(Math.abs(start.time - 1.2)).toBeLessThan(0.15);
});

test("a car off the track, or looking backwards, is told so; at a crossing its direction decides", async () => {
  const load = (name: string) =>
    pilotCore(completeConfig({ task: "car-track", track: `examples/tracks/${name}.yaml`, window: "0:0:0" }));
  const [kidney, hairpins] = await Promise.all(["kidney", "hairpins"].map(load));
  const [x, y, , phi] = kidney.setup.task.initialState;
  const told = (side: number, turn: number) => {
    const state = Float64Array.of(x - side * Math.sin(phi), y + side * Math.cos(phi), 0, phi + turn);
    return misplaced(nearestStart(kidney, state));
  };
  expect(told(0.3, 0.4)).toStrictEqual([]);
  expect(told(-0.9, 0)).toStrictEqual([expect.stringMatching(/^It stands off the track, by 0\.\d\d m: put it on it$/)]);
  expect(told(0, Math.PI)).toStrictEqual(["It looks backwards along the track: turn it round"]);
  const track = hairpins.setup.task.track as Track;
  const { heading } = shapeOf(track);
  const [{ first, second }] = crossingsOf(track);
  const starts = [first, second].map((i) =>
    nearestStart(hairpins, Float64Array.of(track.x[i], track.y[i], 0, heading[i])),
  );
  for (const { distance, turn } of starts) expect([distance < 0.03, Math.abs(turn) < 0.1]).toStrictEqual([true, true]);
  expect(Math.abs(starts[0].time - starts[1].time)).toBeGreaterThan(1);
  // the other leg of a hairpin points the other way, within a metre or so; within half a metre it may be meant
  const said = new Set<string>();
  for (let i = 0; i < track.x.length; i += 5) {
    const start = nearestStart(hairpins, Float64Array.of(track.x[i], track.y[i], 0, heading[i] + Math.PI));
    for (const text of misplaced(start)) said.add(text);
  }
  expect([...said]).toStrictEqual(["It looks backwards along the track: turn it round"]);
});
