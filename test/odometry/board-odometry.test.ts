import { expect, test } from "@jest/globals";
import { BoardOdometry, OdometryStep } from "../../src/odometry/board-odometry.js";

const at = (x: number, y = 0, yaw = 0, moved = 0) => ({ x, y, yaw, moved });

test("a distance forward, backward, and along any heading of the board", () => {
  const odometry = new BoardOdometry();
  expect(odometry.take(0, at(100, 200, 1571), 0, 0)).toBe(OdometryStep.first);
  expect(odometry.take(0.02, at(100, 215, 1571), 0.75, 0)).toBe(OdometryStep.moved);
  expect(odometry.distance).toBeCloseTo(0.015, 6);
  expect(odometry.turn).toBe(0);
  odometry.take(0.04, at(100, 205, 1571), 0.75, 0);
  expect(odometry.distance).toBeCloseTo(-0.01, 6);
});

test("counts across the wrap of 16 bits, and across half a turn where a board keeps its yaw within one", () => {
  const odometry = new BoardOdometry();
  odometry.take(0, at(32760, -32768, 32760), 1, 3);
  odometry.take(0.02, at(-32756, -32768, -32716), 1, 3);
  expect(odometry.turn).toBeCloseTo(0.06, 9);
  expect(odometry.distance).toBeCloseTo(0.02 * Math.cos(32.79), 9);
  // the count has wrapped, the heading has not
  odometry.take(0.04, at(-32756 + 10, -32768 + 20, -32716), 1, 3);
  expect(odometry.distance).toBeCloseTo(0.01 * Math.cos(32.82) + 0.02 * Math.sin(32.82), 9);
  const within = new BoardOdometry();
  within.take(0, at(0, 0, 3130), 1, 3);
  expect(within.take(0.02, at(0, 0, -3100), 1, 3)).toBe(OdometryStep.moved);
  expect(within.turn).toBeCloseTo(2 * Math.PI - 6.23, 9);
});

test("a lost frame costs nothing: the next one has its distance too, and tells how many were lost", () => {
  const odometry = new BoardOdometry();
  odometry.take(0, at(0), 0.75, 0);
  expect(odometry.take(0.1, at(75, 0, 0, 15), 0.75, 0)).toBe(OdometryStep.moved);
  expect(odometry.distance).toBeCloseTo(0.075, 9);
  expect(odometry.frames).toBe(5);
  odometry.take(0.12, at(89, 0, 0, 14), 0.75, 0);
  expect(odometry.frames).toBe(1);
  odometry.take(0.16, at(61, 0, 0, 14), -0.7, 0);
  expect(odometry.frames).toBe(2);
  odometry.take(0.18, at(61, 0, 0, 0), 0, 0);
  expect(odometry.frames).toBe(1);
});

test("one pose that cannot be is passed over, two that agree are a board that starts anew", () => {
  const odometry = new BoardOdometry();
  odometry.take(0, at(4000, 3000, 900), 0.75, 0);
  expect(odometry.take(0.02, at(-20000, 3000, 900), 0.75, 0)).toBe(OdometryStep.doubtful);
  expect(odometry.distance).toBe(0);
  expect(odometry.take(0.04, at(4025, 3019, 900), 0.75, 0)).toBe(OdometryStep.moved);
  expect(odometry.distance).toBeCloseTo(0.025 * Math.cos(0.9) + 0.019 * Math.sin(0.9), 9);
  expect(odometry.take(0.06, at(0, 0, 0), 0.75, 0)).toBe(OdometryStep.doubtful);
  expect(odometry.take(0.08, at(2, 0, 0), 0.75, 0)).toBe(OdometryStep.leap);
  expect([odometry.distance, odometry.turn]).toEqual([0, 0]);
  expect(odometry.take(0.1, at(12, 0, 0), 0.75, 0)).toBe(OdometryStep.moved);
});

test("a long silence in which somebody pushed it is no restart", () => {
  const odometry = new BoardOdometry();
  odometry.take(0, at(1000), 0, 0);
  expect(odometry.take(2, at(2500, 0, 3000), 0, 0)).toBe(OdometryStep.moved);
});
