/** What the control thread does with poses from outside: each new one goes to the robot. */
import { expect, test } from "@jest/globals";
import type { Robot } from "../../src/links/robot.js";
import { PoseEntry, SharedPoses } from "../../src/pose/shared-poses.js";
import { OutsidePoses } from "../../src/runtime/outside-poses.js";

test("each new pose goes to the robot once, the newest where several have come", () => {
  const writer = new SharedPoses();
  const poses = new OutsidePoses(new SharedPoses(writer.buffer));
  const taken: number[][] = [];
  const robot = { takePose: (pose: Float64Array) => taken.push(Array.from(pose)) } as unknown as Robot;
  const put = (x: number) => writer.put(Float64Array.of(1, 2, x, 4, 5));
  poses.handTo(robot);
  expect(taken).toEqual([]);
  put(3);
  poses.handTo(robot);
  poses.handTo(robot);
  for (let x = 10; x < 30; x++) put(x);
  poses.handTo(robot);
  expect(taken).toEqual([
    [1, 2, 3, 4, 5],
    [1, 2, 29, 4, 5],
  ]);
  expect(taken[0].length).toBe(PoseEntry.count);
});

test("a robot that has no use for poses is left alone", () => {
  const writer = new SharedPoses();
  writer.put(new Float64Array(PoseEntry.count));
  expect(() => new OutsidePoses(new SharedPoses(writer.buffer)).handTo({} as Robot)).not.toThrow();
});
