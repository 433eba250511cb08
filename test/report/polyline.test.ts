import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { linesOf, pathData, sideLengths, thin } from "../../src/report/polyline.js";

/** Distance of a point from the straight piece between two others. */
function distance(x: number, y: number, [fromX, fromY]: number[], [toX, toY]: number[]): number {
  const [ax, ay, bx, by] = [fromX ?? NaN, fromY ?? NaN, toX ?? NaN, toY ?? NaN];
  const length = Math.hypot(bx - ax, by - ay);
  const along = length === 0 ? 0 : ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length;
  const clamped = Math.min(length, Math.max(0, along));
  const [unitX, unitY] = length === 0 ? [0, 0] : [(bx - ax) / length, (by - ay) / length];
  return Math.hypot(x - ax - clamped * unitX, y - ay - clamped * unitY);
}

const coordinate = fc.integer({ min: -5000, max: 15000 });
const points = fc.array(fc.tuple(coordinate, coordinate), { minLength: 1, maxLength: 120 });

describe("thin", () => {
  test("keeps every point, and so every extreme, within the tolerance of the line", () => {
    fc.assert(
      fc.property(points, fc.integer({ min: 0, max: 300 }), (line, tolerance) => {
        const [xs, ys] = [line.map(([x]) => x), line.map(([, y]) => y)];
        const kept = thin(xs, ys, tolerance);
        expect(kept[0]).toBe(0);
        expect(kept.at(-1)).toBe(line.length - 1);
        for (let piece = 1; piece < kept.length; piece++) {
          const [from, to] = [kept[piece - 1] ?? 0, kept[piece] ?? 0];
          for (let index = from; index <= to; index++) {
            const [x, y] = line[index] ?? [0, 0];
            expect(distance(x, y, line[from] ?? [], line[to] ?? [])).toBeLessThanOrEqual(tolerance + 1e-6);
          }
        }
        for (const values of [xs, ys]) {
          const left = kept.map((index) => values[index] ?? NaN);
          expect(Math.max(...values) - Math.max(...left)).toBeLessThanOrEqual(tolerance + 1e-6);
          expect(Math.min(...left) - Math.min(...values)).toBeLessThanOrEqual(tolerance + 1e-6);
        }
      }),
    );
  });

  test("drops nearly all of a smooth curve", () => {
    const xs = Array.from({ length: 2000 }, (_, index) => index * 5);
    const ys = xs.map((x) => 1000 * Math.sin(x / 1000));
    expect(thin(xs, ys, 3).length).toBeLessThan(120);
  });

  test("keeps the far point of a line that turns back", () => {
    expect(thin([0, 1000, 0], [0, 0, 0], 3)).toEqual([0, 1, 2]);
  });
});

describe("pathData", () => {
  /** End points of a path, strokes in a list each. */
  const parse = (path: string): number[][][] =>
    path
      .split("M")
      .slice(1)
      .map((stroke) => {
        const [x = NaN, y = NaN, ...steps] = (stroke.match(/-?\d+/g) ?? []).map(Number);
        const line = [[x, y]];
        for (let at = 0; at + 1 < steps.length; at += 2) {
          const [lastX = NaN, lastY = NaN] = line.at(-1) ?? [];
          line.push([lastX + (steps[at] ?? NaN), lastY + (steps[at + 1] ?? NaN)]);
        }
        return line;
      });

  test("goes through the kept points without drifting", () => {
    fc.assert(
      fc.property(points, (line) => {
        const [xs, ys] = [line.map(([x]) => x + 0.4), line.map(([, y]) => y - 0.4)];
        const kept = thin(xs.map(Math.round), ys.map(Math.round), 3);
        const expected = kept.map((index) => [Math.round(xs[index] ?? NaN) + 0, Math.round(ys[index] ?? NaN) + 0]);
        expect(parse(pathData(xs, ys, 3, 1e6))).toEqual([expected]);
      }),
    );
  });

  test("breaks at values that are not finite, draws a lone point as a dot, and stays within its bound", () => {
    expect(pathData([NaN, 1, 2, NaN, 5, 6], [0, 0, 9, 0, Infinity, 7], 0.1, 100)).toBe("M1 0l1 9M6 7h0");
    expect(pathData([0, 1e300], [0, -1e300], 0.1, 100)).toBe("M0 0l100-100");
    expect(pathData([], [], 0.1, 100)).toBe("");
  });
});

test("a path is read as it was written, and told point by point", () => {
  const value = fc.oneof(fc.integer({ min: -9000, max: 9000 }), fc.constant(Number.NaN));
  fc.assert(
    fc.property(fc.array(fc.tuple(value, value), { maxLength: 40 }), (points) => {
      const [xs, ys] = [0, 1].map((axis) => points.map((point) => point[axis]));
      const kept: number[] = [];
      const lines = linesOf(pathData(xs, ys, 50, 20_000, (index) => kept.push(index)));
      expect(lines.flatMap(({ x }) => x)).toEqual(kept.map((index) => xs[index]));
      expect(lines.flatMap(({ y }) => y)).toEqual(kept.map((index) => ys[index]));
    }),
  );
});

test("side lengths of a closed polyline", () => {
  expect(
    sideLengths([
      [0, 0],
      [3, 0],
      [3, 4],
    ]),
  ).toEqual([3, 4, 5]);
  expect(sideLengths([])).toEqual([]);
});
