/** The numbers of the guided set-up without a robot: estimates, the limits of a move, the file. */
import { expect, test } from "@jest/globals";
import { Moving } from "../../src/runtime/move.js";
import { circleOf, deadZoneOf, speedOf, spreadOf, steeringLine, topSpeedOf, wayOf } from "../../src/setup/estimates.js";
import { withSettings } from "../../src/setup/file.js";

/** A drive at 0.5 m/s in steps of 0.02 s, of a curvature by the way that was driven. */
const drive = (seconds: number, curvature: (way: number) => number) =>
  Array.from({ length: Math.round(seconds / 0.02) }, (_, i) => ({
    time: 0.02 * (i + 1),
    seconds: 0.02,
    distance: 0.01,
    turn: 0.01 * curvature(0.01 * i),
  }));

test("ways, speeds and circles are sums and their quotients", () => {
  const samples = drive(6, () => 1.5);
  expect(wayOf(samples).distance).toBeCloseTo(3, 12);
  expect(wayOf(samples).turn).toBeCloseTo(4.5, 12);
  expect(speedOf(samples, 1, 2)).toBeCloseTo(0.5, 12);
  expect(speedOf([], 0, 1)).toBe(0);
  const quick = samples.map((sample, i) => ({ ...sample, distance: i < 50 || i >= 75 ? 0 : -0.024 }));
  expect(topSpeedOf(quick, 0.4)).toBeCloseTo(-1.2, 9);
  expect(topSpeedOf(samples.slice(0, 10), 0.4)).toBe(0);
  const circle = circleOf(samples);
  expect(circle?.curvature).toBeCloseTo(1.5, 12);
  expect(circle?.spread).toBeCloseTo(0, 9);
  expect(circleOf(drive(6, (way) => (way < 1.5 ? 1 : 2)))?.spread).toBeGreaterThan(0.9);
  expect(circleOf(drive(3, () => 1.5))).toBeUndefined();
  expect(circleOf([])).toBeUndefined();
  expect(spreadOf([0.95, 1, 1.05])).toBeCloseTo(0.1, 12);
});

test("a steering of gain 4 that is straight at -0.15 is found by two circles", () => {
  const { gain, straight } = steeringLine(0.6, 4 * 0.75, 4 * -0.45);
  expect(gain).toBeCloseTo(4, 12);
  expect(straight).toBeCloseTo(-0.15, 12);
});

test("the dead zone is where the line of two levels meets 0, and not beyond the levels around it", () => {
  const levels = (...speeds: number[]) => speeds.map((speed, i) => ({ throttle: 0.04 * i, speed }));
  expect(deadZoneOf(levels(0, 0, 0, 0.2, 0.6), 0.05)).toBeCloseTo(0.1, 12);
  expect(deadZoneOf(levels(0, 0, 0, 0.6, 0.7), 0.05)).toBeCloseTo(0.08, 12);
  expect(deadZoneOf(levels(0, 0, 0, 0.6), 0.05)).toBeCloseTo(0.1, 12);
  expect(deadZoneOf(levels(0, -0.4, -0.8), 0.05)).toBeCloseTo(0, 12);
});

/** How long a move lasts whose state is `stateAt` of the time [s]. */
function lasts(move: Parameters<Moving["begin"]>[0], stateAt: (time: number) => number[]) {
  const moving = new Moving();
  const command = new Float64Array(2);
  moving.begin(move, Float64Array.from(stateAt(0)));
  let most = 0;
  for (let step = 0; ; step++) {
    const time = 0.02 * step;
    if (!moving.step(time, Float64Array.from(stateAt(time)), command)) return { time, most };
    most = Math.max(most, command[0]);
  }
}

test("a move ends by its time, room, way and speed, or where it stands or is not measured", () => {
  const move = { throttle: 0.2, steering: 0.6, seconds: 7, room: 3 };
  const straight = (v: number) => (time: number) => [v * time, 0, v, 0];
  expect(lasts(move, (time) => [0.2 * time, 0, 0.2, 0])).toEqual({ time: 7, most: 0.2 });
  expect(lasts(move, straight(1)).time).toBeCloseTo(3.02, 6);
  expect(lasts({ ...move, seconds: 60, room: 1 }, (time) => [0, 0, time < 9 ? 1.2 : 1.2, 0]).time).toBeCloseTo(8.34, 6);
  expect(lasts(move, straight(1.6)).time).toBe(0);
  expect(lasts(move, () => [0, 0, 0, 0]).time).toBeCloseTo(1.02, 6);
  expect(lasts(move, (time) => [0, 0, time < 1 ? 0.5 : Number.NaN, 0]).time).toBeCloseTo(1, 6);
  expect(lasts({ ...move, throttle: 0 }, () => [0, 0, 0, 0]).time).toBe(7);
  const air = { throttle: 5, steering: 9, seconds: 99, room: Number.POSITIVE_INFINITY };
  expect(lasts(air, () => [0, 0, Number.NaN, 0])).toEqual({ time: 10, most: 0.35 });
  expect(lasts({ ...air, steering: Number.NaN }, () => [0, 0, 0, 0]).time).toBe(0);
});

test("the file keeps what is the user's, and says of every setting when it was measured", () => {
  const source = "# mine\nlink: vesc\nvesc:\n  maxDuty: 0.2 # slow\n  servoCentre: 0.5\nseed: 7\n";
  const text = withSettings("f", source, { vesc: { maxDuty: 0.2, servoCentre: 0.52 }, "wheel-travel": 0.014 }, "now");
  expect(text).toBe(
    "# mine\nlink: vesc\nvesc:\n  maxDuty: 0.2 # slow\n  servoCentre: 0.52 # now\nseed: 7\nwheel-travel: 0.014 # now\n",
  );
  expect(withSettings("f", "", { link: "serial", servo: { deadZone: 0.1 } }, "now")).toBe(
    "link: serial # now\nservo:\n  deadZone: 0.1 # now\n",
  );
});
