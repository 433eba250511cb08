import { expect, test } from "@jest/globals";
import { uniformFrom, upperMedian } from "../src/statistics.js";

test("the upper median is the one in the middle of the sorted values, with equal ones among them too", () => {
  const random = uniformFrom(4);
  for (let length = 1; length < 200; length++) {
    const values = Float64Array.from({ length }, () => Math.floor(length * random()) / 3);
    const sorted = values.slice().sort();
    expect(upperMedian(values)).toBe(sorted[length >> 1]);
    expect(values.sort()).toStrictEqual(sorted);
  }
});
