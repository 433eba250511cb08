/** Track and corridor in the frame of what sees them. */
import { expect, test } from "@jest/globals";
import { type Place, sceneOf } from "../../src/pose/scene.js";

const NOWHERE = { x: 0, y: 0, angle: 0 };
const circle = (radius: number) =>
  Array.from({ length: 120 }, (_, i): Place => {
    const angle = (2 * Math.PI * i) / 120;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
const radiiOf = (line: readonly Place[]) => line.map(([x, y]) => Math.hypot(x, y));

test("the corridor of a circle ends on two circles, which close", () => {
  const { edges } = sceneOf(circle(1.5), 0.5, NOWHERE);
  expect(edges).toHaveLength(2);
  for (const [line, radius] of [
    [edges[0], 1],
    [edges[1], 2],
  ] as const) {
    for (const one of radiiOf(line)) expect(one).toBeCloseTo(radius, 3);
    expect(line).toHaveLength(121);
  }
});

test("where a corridor is wider than a curve there is no edge inside, nor across another part of the track", () => {
  const wide = sceneOf(circle(1), 1.2, NOWHERE);
  expect(wide.edges).toHaveLength(1);
  for (const one of radiiOf(wide.edges[0])) expect(one).toBeCloseTo(2.2, 2);
  const eight = Array.from({ length: 240 }, (_, i): Place => {
    const angle = (2 * Math.PI * i) / 240;
    return [3 * Math.sin(angle), 1.5 * Math.sin(2 * angle)];
  });
  for (const line of sceneOf(eight, 0.4, NOWHERE).edges)
    for (const [x, y] of line) {
      const least = Math.min(...eight.map(([px, py]) => Math.hypot(px - x, py - y)));
      expect(least).toBeGreaterThan(0.39);
    }
});

test("a frame that is moved and turned on the track sees it elsewhere; without a track there is nothing", () => {
  const { path } = sceneOf([[2, 1]], 1, { x: 1, y: 1, angle: Math.PI / 2 });
  expect(path[0][0]).toBeCloseTo(0, 12);
  expect(path[0][1]).toBeCloseTo(-1, 12);
  expect(sceneOf([], 1, NOWHERE)).toEqual({ path: [], edges: [] });
});
