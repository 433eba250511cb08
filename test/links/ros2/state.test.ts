/** The state from messages: good ones, and everything that can be wrong with them. */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { Fault } from "../../../src/links/faults.js";
import { newMessage, type Odometry, type PoseStamped, setStamp, setYaw } from "../../../src/links/ros2/messages.js";
import { StateSource } from "../../../src/links/ros2/state.js";

const ANY = { frame: "", stamps: "use", twistFrame: "world" } as const;
const STAMPS = 1_700_000_000;

function poseAt(time: number, x: number, y: number, yaw: number, frame = "world"): PoseStamped {
  const message = newMessage["geometry_msgs/msg/PoseStamped"](frame);
  setStamp(message.header.stamp, STAMPS + time);
  Object.assign(message.pose.position, { x, y });
  setYaw(message.pose.orientation, yaw);
  return message;
}

function odometryAt(time: number, x: number, y: number, yaw: number, v: number, rate = 0): Odometry {
  const message = newMessage["nav_msgs/msg/Odometry"]("odom");
  setStamp(message.header.stamp, STAMPS + time);
  message.pose.pose = poseAt(time, x, y, yaw).pose;
  message.twist.twist.linear.x = v;
  message.twist.twist.angular.z = rate;
  return message;
}

/** A circle of radius 1.5 m at 3 m/s, counted from task time 0. */
const RATE = 2;
const circle = (t: number) => ({ x: 1.5 * Math.sin(RATE * t), y: -1.5 * Math.cos(RATE * t), yaw: RATE * t });

test("an odometry's pose and twist are the state; the heading goes on beyond pi", () => {
  const source = new StateSource({ ...ANY, twistFrame: "body" });
  for (let i = 0; i <= 100; i++) {
    const t = i * 0.02;
    const { x, y, yaw } = circle(t);
    source.takeOdometry(odometryAt(t, x, y, yaw, 3, RATE), 5 + t);
    expect([source.x, source.y]).toEqual([x, y]);
    expect(source.phi).toBeCloseTo(yaw, 12);
    expect([source.v, source.rate, source.refusal]).toEqual([3, RATE, Fault.none]);
    expect(source.time).toBeCloseTo(5 + t, 6); // stamps have nanoseconds, doubles of 1.7e9 s have 0.2 µs
  }
});

test("without a twist, speed and yaw rate come from the poses of the last 40 ms", () => {
  const source = new StateSource(ANY);
  for (let i = 0; i <= 20; i++) {
    const { x, y, yaw } = circle(i * 0.01);
    source.takePose(poseAt(i * 0.01, x, y, yaw), i * 0.01);
  }
  // the chord of 0.08 rad is shorter than its arc by 0.08²/24; stamps are good to 0.2 µs of 40 ms
  expect(source.v).toBeCloseTo(3 * (1 - 0.08 ** 2 / 24), 4);
  expect(source.rate).toBeCloseTo(RATE, 4);
});

test("backward is negative, by differences and by twist", () => {
  const source = new StateSource(ANY);
  for (let i = 0; i <= 5; i++) source.takePose(poseAt(i * 0.02, -i * 0.02, 0, 0), i * 0.02);
  expect(source.v).toBeCloseTo(-1, 4);
  source.takeOdometry(odometryAt(0.2, 0, 0, 0, -0.5), 0.2);
  expect(source.refusal).toBe(Fault.frame); // another frame than before
});

test("a twist beside the pose counts in the room, or in the body, and not when it is old", () => {
  for (const [twistFrame, v] of [
    ["world", 5],
    ["body", 5],
  ] as const) {
    const source = new StateSource({ ...ANY, twistFrame });
    const twist = newMessage["geometry_msgs/msg/TwistStamped"]("world");
    // in the room to -x and -y; the car looks there too, or, in its own axes, goes backward
    Object.assign(twist.twist.linear, { x: -3, y: -4 });
    source.takeTwist(twist, 0);
    source.takePose(poseAt(0, 0, 0, Math.atan2(-4, -3)), 0);
    expect(source.v).toBeCloseTo(twistFrame === "world" ? v : -v, 12);
    source.takePose(poseAt(0.2, 0, 0, Math.atan2(-4, -3)), 0.2);
    expect(source.v).toBe(0);
  }
});

test("delivery that jitters does not move the time at which a state held", () => {
  const source = new StateSource(ANY);
  for (let i = 0; i < 100; i++) {
    const t = i * 0.02;
    source.takeOdometry(odometryAt(t, 0, 0, 0, 0), 70 + t + (i % 7) * 0.004);
    // the fastest message defines the delay; it may drift by 1 ms/s since
    expect(Math.abs(source.time - 70 - t)).toBeLessThan(0.0005);
  }
});

interface Bad {
  readonly what: string;
  readonly fault: Fault;
  readonly spoil: (message: PoseStamped, i: number) => void;
}
const bad: readonly Bad[] = [
  { what: "NaN", fault: Fault.notFinite, spoil: ({ pose }) => Object.assign(pose.position, { x: Number.NaN }) },
  { what: "infinity", fault: Fault.notFinite, spoil: ({ pose }) => Object.assign(pose.position, { y: 1 / 0 }) },
  {
    what: "an orientation of no length",
    fault: Fault.notFinite,
    spoil: ({ pose }) => Object.assign(pose.orientation, { z: 0, w: 0 }),
  },
  { what: "another frame", fault: Fault.frame, spoil: (message) => Object.assign(message.header, { frame_id: "map" }) },
  { what: "the same stamp", fault: Fault.stamps, spoil: ({ header }) => setStamp(header.stamp, STAMPS) },
  { what: "older stamps", fault: Fault.stamps, spoil: ({ header }, i) => setStamp(header.stamp, STAMPS - i) },
];

test.each(bad)("$what: refused by name, the state stays, and the next good message counts", ({ fault, spoil }) => {
  const source = new StateSource(ANY);
  source.takePose(poseAt(0, 1, 2, 0.5), 0);
  for (let i = 1; i <= 10; i++) {
    const message = poseAt(i * 0.02, 9, 9, 0);
    spoil(message, i);
    source.takePose(message, i * 0.02);
    expect(source.refusal).toBe(fault);
    expect([source.x, source.y, source.arrival]).toEqual([1, 2, 0]);
  }
  source.takePose(poseAt(0.22, 3, 4, 0.5), 0.22);
  expect([source.x, source.y, source.arrival, source.refusal]).toEqual([3, 4, 0.22, Fault.none]);
});

test("a clock that was set back is believed after a second", () => {
  const source = new StateSource(ANY);
  source.takePose(poseAt(100, 0, 0, 0), 100);
  let accepted = Number.NaN;
  for (let i = 1; i <= 100 && Number.isNaN(accepted); i++) {
    source.takePose(poseAt(i * 0.02, 1, 0, 0), 100 + i * 0.02);
    if (source.refusal === Fault.none) accepted = i * 0.02;
  }
  expect(accepted).toBeCloseTo(1.02, 9);
  expect(source.time).toBeCloseTo(101.02, 6);
});

test.each([0.5, 2])("simulated time at %s of real time: refused by name within a second and a half", (pace) => {
  const source = new StateSource(ANY);
  let refused = Number.NaN;
  for (let i = 0; i <= 100; i++) {
    source.takePose(poseAt(i * 0.02 * pace, 0, 0, 0), i * 0.02);
    if (source.refusal === Fault.pace && Number.isNaN(refused)) refused = i * 0.02;
  }
  expect(refused).toBeLessThan(1.5);
  expect(source.refusal).toBe(Fault.pace);
});

test("messages that were held up for 0.2 s and come all at once are no simulated time", () => {
  const source = new StateSource(ANY);
  for (let i = 0; i <= 200; i++) {
    const t = i * 0.02;
    source.takePose(poseAt(t, 0, 0, 0), i % 40 < 10 ? (i - (i % 40) + 10) * 0.02 + (i % 40) * 1e-4 : t + 0.001);
    expect(source.refusal).toBe(Fault.none);
  }
});

test("stamps that are ignored may be anything", () => {
  const source = new StateSource({ ...ANY, stamps: "ignore" });
  for (let i = 0; i < 10; i++) {
    const message = poseAt(0, i, 0, 0);
    source.takePose(message, i * 0.02);
    expect([source.x, source.time, source.refusal]).toEqual([i, i * 0.02, Fault.none]);
  }
});

test("whatever comes: the state is finite numbers, or the message throws and is not used", () => {
  const number = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 0, -0));
  const vector = fc.record({ x: number, y: number, z: number }, { requiredKeys: [] });
  const message = fc.record(
    {
      header: fc.record({ stamp: fc.record({ sec: number, nanosec: number }), frame_id: fc.constantFrom("", "a") }),
      pose: fc.record({ position: vector, orientation: fc.record({ x: number, y: number, z: number, w: number }) }),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.array(message, { maxLength: 8 }), (messages) => {
      const source = new StateSource(ANY);
      messages.forEach((one, i) => {
        try {
          source.takePose(one as PoseStamped, i * 0.02);
        } catch {}
      });
      const { x, y, v, phi, rate } = source;
      expect([x, y, v, phi, rate].every(Number.isFinite)).toBe(true);
    }),
    { seed: 6, numRuns: 2000 },
  );
});
