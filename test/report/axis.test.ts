import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { extentOf, limitExtent, linearAxis, logAxis, pad } from "../../src/report/axis.js";
import { columnDecimals, formatFixed, formatNumber } from "../../src/report/text.js";

const labels = (axis: { ticks: readonly { label: string }[] }): string[] => axis.ticks.map(({ label }) => label);

describe("axes", () => {
  test("have round labels inside the frame, none twice, whatever the values", () => {
    const value = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(value, value, fc.integer({ min: 2, max: 10 }), (a, b, count) => {
        const axis = linearAxis(pad(extentOf([a, b]), 0.05), count);
        expect(axis.ticks.length).toBeGreaterThanOrEqual(1);
        expect(axis.ticks.length).toBeLessThanOrEqual(2 * count + 1);
        for (const { at } of axis.ticks) {
          expect(at).toBeGreaterThan(-1e-6);
          expect(at).toBeLessThan(1 + 1e-6);
        }
        expect(new Set(labels(axis)).size).toBe(axis.ticks.length);
      }),
    );
  });

  test("label what a reader expects", () => {
    expect(labels(linearAxis({ lo: 0, hi: 5.5 }, 6))).toEqual(["0", "1", "2", "3", "4", "5"]);
    expect(labels(linearAxis({ lo: -0.31, hi: 0.12 }, 4))).toEqual(["−0.3", "−0.2", "−0.1", "0.0", "0.1"]);
    expect(labels(linearAxis({ lo: -4.5e-5, hi: 4.5e-5 }, 4))).toEqual(["−4e−5", "−2e−5", "0", "2e−5", "4e−5"]);
    expect(labels(logAxis({ lo: 320, hi: 2600 }))).toEqual(["500", "1000", "2000"]);
    expect(labels(logAxis({ lo: 0.5, hi: 2000 }))).toEqual(["1", "10", "100", "1000"]);
    expect(labels(logAxis({ lo: 90, hi: 110 })).length).toBeGreaterThanOrEqual(3);
    expect(labels(logAxis({ lo: 1e-200, hi: 1e200 })).length).toBeLessThan(12);
  });

  test("place equal factors at equal distances on the logarithmic one", () => {
    const { position } = logAxis({ lo: 1, hi: 100 });
    expect([1, 10, 100].map(position)).toEqual([0, 0.5, 1]);
  });

  test("extents leave out what is not finite, and are cut around what matters", () => {
    expect(extentOf([3, NaN, -1, Infinity])).toEqual({ lo: -1, hi: 3 });
    expect(limitExtent({ lo: -1000, hi: 3 }, { lo: 0, hi: 2 }, 10)).toEqual({ lo: -20, hi: 3 });
    expect(limitExtent({ lo: -1000, hi: 3 }, extentOf([]), 10)).toEqual({ lo: -1000, hi: 3 });
    expect(pad(extentOf([]), 0.1)).toEqual({ lo: -1, hi: 1 });
    expect(pad({ lo: 0, hi: 0 }, 0.1)).toEqual({ lo: -1, hi: 1 });
  });
});

test("numbers for people", () => {
  expect([2165.495, 0.16153, 0, -0.05, 3.1e-4, 2.5e9, NaN, undefined].map((value) => formatNumber(value))).toEqual([
    "2165",
    "0.162",
    "0",
    "−0.0500",
    "3.10e−4",
    "2.50e+9",
    "–",
    "–",
  ]);
  expect(formatFixed(-0.0001, 2)).toBe("0.00");
  expect(columnDecimals([2165.5, 415.7, NaN, undefined, 0])).toBe(0);
  expect(columnDecimals([0.1615])).toBe(4);
  expect(columnDecimals([])).toBe(0);
});
