/** Commands on topics: what is published, whatever is asked for, and that a robot gets what was meant. */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { CommandPublisher, commandTopics, subscribeCommand } from "../../../src/links/ros2/command.js";
import { newMessage } from "../../../src/links/ros2/messages.js";
import type { RosNode } from "../../../src/links/ros2/node.js";
import { presets } from "../../../src/links/ros2/settings.js";
import { Graph } from "./graph.js";
import { numbersIn } from "./numbers.js";

const anything = fc.oneof(fc.double(), fc.double({ min: -2, max: 2 }), fc.constantFrom(Number.NaN, 1 / 0, -1 / 0));

test.each(Object.entries(presets))(
  "%s: whatever is asked for, complete finite messages within the limits",
  (_, settings) => {
    fc.assert(
      fc.property(anything, anything, fc.double({ min: -10, max: 10, noNaN: true }), (first, second, scale) => {
        const graph = new Graph();
        const command = new CommandPublisher(graph.node("lapgrad"), { ...settings, driveScale: scale });
        const isNumber = Number.isFinite(first) && Number.isFinite(second);
        expect(command.publish(first, second)).toBe(isNumber);
        command.stop(1);
        for (const { type, message } of graph.log) {
          const whole = numbersIn(newMessage[type]("base_link")).map(([path]) => path);
          const numbers = numbersIn(message);
          expect(numbers.map(([path]) => path)).toEqual(whole);
          for (const [path, value] of numbers) {
            expect(Number.isFinite(value)).toBe(true);
            const limit = Math.max(settings.driveLimit, settings.steerLimit);
            if (!path.includes("stamp")) expect(Math.abs(value)).toBeLessThanOrEqual(limit);
          }
        }
        // one message per topic for the command, and one for the stop, which is neutral
        expect(graph.log).toHaveLength(2 * commandTopics(settings).length);
        for (const { topic } of commandTopics(settings)) {
          const neutral = numbersIn(graph.last(topic)).filter(([path]) => !path.includes("stamp"));
          expect(neutral.every(([, value]) => value === 0)).toBe(true);
        }
      }),
      { seed: 3, numRuns: 300 },
    );
  },
);

test.each(Object.entries(presets))(
  "%s: the robot gets the inputs that were meant, and the sides are right",
  (_, settings) => {
    const graph = new Graph();
    const robot = graph.node("robot");
    const got: number[][] = [];
    subscribeCommand(robot, settings, (...inputs) => got.push(inputs));
    robot.start();
    const command = new CommandPublisher(graph.node("lapgrad"), settings);
    command.publish(0.5, -0.25);
    expect(got).toHaveLength(1);
    expect(got[0]?.[0]).toBeCloseTo(0.5, 12);
    expect(got[0]?.[1]).toBeCloseTo(-0.25, 12);
  },
);

test("an Ackermann command has speed, angle to the left, frame and stamp", () => {
  const graph = new Graph();
  new CommandPublisher(graph.node("lapgrad"), presets.ackermann).publish(0.5, 1);
  const { header, drive } = graph.last<ReturnType<(typeof newMessage)["ackermann_msgs/msg/AckermannDriveStamped"]>>(
    "/drive",
  ) ?? { header: undefined, drive: undefined };
  expect(drive).toEqual({ speed: 3, steering_angle: 0.4, acceleration: 0, jerk: 0, steering_angle_velocity: 0 });
  expect(header?.frame_id).toBe("base_link");
  expect(Math.abs((header?.stamp.sec ?? 0) - Date.now() / 1000)).toBeLessThan(5);
});

test("all topics together are waited for once", () => {
  const graph = new Graph();
  const node = graph.node("lapgrad");
  const waits: number[] = [];
  const settle = (milliseconds: number) => {
    waits.push(milliseconds);
    const until = performance.now() + milliseconds;
    while (performance.now() < until);
    return false;
  };
  const slow: RosNode = { ...node, advertise: (...about) => ({ ...node.advertise(...about), settle }) };
  const command = new CommandPublisher(slow, presets["jetracer-mocap"]);
  expect(command.stop(20)).toBe(false);
  expect(waits).toHaveLength(2);
  expect(waits[0] + waits[1]).toBeLessThanOrEqual(20);
});

test("a robot ignores commands that are no numbers", () => {
  const graph = new Graph();
  const robot = graph.node("robot");
  const got: number[][] = [];
  subscribeCommand(robot, presets.go1, (...inputs) => got.push(inputs));
  robot.start();
  const publisher = graph.node("bad").advertise("geometry_msgs/msg/Twist", "/cmd_vel", "reliable");
  const message = newMessage["geometry_msgs/msg/Twist"]();
  message.linear.x = Number.NaN;
  publisher.publish(message);
  expect(got).toEqual([]);
});
