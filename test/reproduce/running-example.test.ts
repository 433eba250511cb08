/** The closed forms of the paper's running example against the core, to about 1e-10. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { type Example, exact, MeasuredExample, printed } from "../../src/reproduce/theory/running-example.js";
import { jacobiEigenvalues, relativeError } from "../support/cores.js";

const example: Example = { a: 1.2, b: 0.7, aHat: 1.1, bHat: 0.9, T: 14 };
let measured: MeasuredExample;
beforeAll(async () => {
  measured = await MeasuredExample.of(example);
});

describe("gradient by the sequence of inputs", () => {
  test.each([1, -0.4])("from x_0 = %d, through model and truth", (x0) => {
    const { a, b } = example;
    expect(relativeError(measured.gradient(x0), exact.gradient(example, x0))).toBeLessThan(1e-10);
    const truth = { ...example, aHat: a, bHat: b };
    expect(relativeError(measured.gradient(x0, { exactly: true }), exact.gradient(truth, x0))).toBeLessThan(1e-10);
    // with the true model the sums are geometric: a^(j+1) b x_0 (a^(2(T-j-1)) - 1) / (a^2 - 1)
    const geometric = Array.from(
      { length: example.T },
      (_, j) => (a ** (j + 1) * b * x0 * (a ** (2 * (example.T - j - 1)) - 1)) / (a * a - 1),
    );
    expect(relativeError(measured.gradient(x0, { exactly: true }), geometric)).toBeLessThan(1e-10);
  });

  test("its error is the sum of the sensitivities' errors times the states", () => {
    const { a, T } = example;
    const estimated = measured.gradient(1);
    const truth = measured.gradient(1, { exactly: true });
    const errors = estimated.map((g, j) => g - (truth[j] ?? 0));
    const closed = errors.map((_, j) => {
      let total = 0;
      for (let t = j + 1; t < T; t++) total += a ** t * exact.sensitivityError(example, t, j);
      return total;
    });
    expect(relativeError(errors, closed)).toBeLessThan(1e-10);
  });
});

test("error of the sensitivity: bhat ahat^n - b a^n, which the printed sum is not", () => {
  const { a, b, aHat, bHat, T } = example;
  const truth = measured.lastSensitivity(true);
  const errors = measured.lastSensitivity(false).map((value, j) => value - (truth[j] ?? 0));
  for (let j = 0; j < T - 1; j++) {
    const n = T - 1 - j - 1;
    const closed = bHat * aHat ** n - b * a ** n;
    expect(Math.abs((errors[j] ?? Number.NaN) - closed)).toBeLessThan(1e-10);
    expect(Math.abs(exact.sensitivityError(example, T - 1, j) - closed)).toBeLessThan(1e-10);
  }
  expect(printed.sensitivityError(example, T - 1, 0)).not.toBeCloseTo(errors[0] ?? 0, 1);
});

test("variance over x_0 uniform on [-1, 1]", () => {
  expect(Math.abs(measured.variance() / exact.variance(example) - 1)).toBeLessThan(1e-10);
});

test("Hessian: every entry, not diagonal, and its largest eigenvalue", () => {
  const rows = measured.hessian();
  const closed = exact.hessian(example);
  expect(relativeError(rows.flat(), closed.flat())).toBeLessThan(1e-10);
  expect(rows[0]?.[1]).toBeGreaterThan(0.5 * (rows[0]?.[0] ?? 0));
  const eigenvalue = Math.max(...jacobiEigenvalues(closed));
  expect(Math.abs(measured.largestEigenvalue() / eigenvalue - 1)).toBeLessThan(1e-10);
});

test("it grows as a^(2T), where the printed diagonal grows as a^T", async () => {
  const longer = { ...example, T: 40 };
  const evenLonger = { ...example, T: 41 };
  const of = async (given: Example) => (await MeasuredExample.of(given)).largestEigenvalue();
  expect((await of(evenLonger)) / (await of(longer))).toBeCloseTo(example.a ** 2, 4);
  const diagonal = (given: Example) => Math.max(...printed.hessianDiagonal(given));
  expect(diagonal(evenLonger) / diagonal(longer)).toBeCloseTo(example.a, 2);
});
