/** Easing: the pace moves towards the cheapest, a little at a time, within its range, and only where that pays. */
import { expect, test } from "@jest/globals";
import { eased } from "../../src/rules/ease.js";

const RANGE = { least: 0.95, most: 1 };

/** The plan at `pace` after easing, in a model where a pace costs what is said; `tried`: the paces it was driven at. */
function easedAt(pace: number, costOf: (pace: number) => number, range = RANGE) {
  const tried: number[] = [];
  const model = {
    rollOut: (one: number) => {
      tried.push(one);
      return costOf(one);
    },
  };
  const plan = { pace, after: costOf(pace) };
  return { plan, found: eased(model, plan, range), tried };
}

test("to the least cost of a parabola, which is driven last", () => {
  const cost = (pace: number) => 1 + 5000 * (pace - 0.985) ** 2;
  const { found, tried } = easedAt(0.99, cost);
  expect(found.pace).toBeCloseTo(0.985, 9);
  expect(found.after).toBeCloseTo(1, 9);
  expect(tried[tried.length - 1]).toBe(found.pace);
});

test("by a hundredth at most, up or down, also where the costs bend the other way", () => {
  expect(easedAt(1, (pace) => pace).found.pace).toBeCloseTo(0.99, 9);
  expect(easedAt(0.96, (pace) => 2 - pace).found.pace).toBeCloseTo(0.9696, 9);
  expect(easedAt(0.99, (pace) => 1 - 10 * (1.2 - pace) ** 2).found.pace).toBeCloseTo(0.99 * 0.99, 9);
});

test("never beyond its range, which may be a single pace", () => {
  expect(easedAt(0.955, (pace) => pace).found.pace).toBe(0.95);
  expect(easedAt(0.995, (pace) => 3 - 2 * pace).found.pace).toBe(1);
  const { plan, found, tried } = easedAt(1, (pace) => pace, { least: 1, most: 1 });
  expect(found).toBe(plan);
  expect(tried).toEqual([]);
});

test.each([
  [0.3, 0.32],
  [0.3005, 0.301],
  [1.45, 1.5],
])("from %d to %d, near the ends of what can be driven, it tries nothing beyond them", (least, most) => {
  const [up, down] = [(pace: number) => most + 0.1 - pace, (pace: number) => pace];
  for (const pace of [least, most])
    for (const cost of [up, down]) {
      const { found, tried } = easedAt(pace, cost, { least, most });
      expect(Math.min(...tried)).toBeGreaterThanOrEqual(0.3);
      expect(Math.max(...tried)).toBeLessThanOrEqual(1.5);
      expect(found.pace).toBeGreaterThanOrEqual(least);
      expect(found.pace).toBeLessThanOrEqual(most);
    }
  expect(easedAt(least, up, { least, most }).found.pace).toBeGreaterThan(least);
  expect(easedAt(most, down, { least, most }).found.pace).toBeLessThan(most);
});

test("the plan as it is where another pace saves less than a thousandth, or the model leaves its bounds", () => {
  const little = easedAt(1, (pace) => 1 + 0.1 * pace);
  expect(little.found).toBe(little.plan);
  const lost = easedAt(1, (pace) => (pace < 1 ? Number.POSITIVE_INFINITY : 1));
  expect(lost.found).toBe(lost.plan);
  const everywhere = easedAt(1, () => Number.NaN);
  expect(everywhere.found).toBe(everywhere.plan);
});
