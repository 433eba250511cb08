/** Lanczos' method on matrices whose eigenvalues are known. */
import { describe, expect, test } from "@jest/globals";
import { extremeEigenvalue, tridiagonalEigenvalues } from "../../src/curvature/lanczos.js";
import { jacobiEigenvalues, randomNumbers } from "../support/cores.js";

const productOf = (matrix: readonly (readonly number[])[]) => (v: ArrayLike<number>) =>
  Float64Array.from(matrix, (row) => row.reduce((sum, value, i) => sum + value * (v[i] ?? 0), 0));
const diagonalOf = (values: readonly number[]) => (v: ArrayLike<number>) =>
  Float64Array.from(values, (value, i) => value * (v[i] ?? 0));

test("the second difference matrix has eigenvalues 2 - 2 cos(k pi / (n + 1))", () => {
  const n = 40;
  const ritz = tridiagonalEigenvalues(new Array<number>(n).fill(2), new Array<number>(n - 1).fill(-1));
  const values = ritz.map(({ value }) => value).sort((a, b) => a - b);
  values.forEach((value, k) => {
    expect(Math.abs(value - (2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1))))).toBeLessThan(1e-13);
  });
  // eigenvectors sqrt(2 / (n + 1)) sin(j k pi / (n + 1))
  const top = ritz.reduce((best, candidate) => (candidate.value > best.value ? candidate : best));
  const component = Math.sqrt(2 / (n + 1)) * Math.abs(Math.sin((n * n * Math.PI) / (n + 1)));
  expect(Math.abs(Math.abs(top.last) - component)).toBeLessThan(1e-12);
});

describe("extreme eigenvalue", () => {
  const values = [-7, ...Array.from({ length: 200 }, (_, i) => 0.02 * i), 5];
  test("by magnitude and by value", () => {
    const magnitude = extremeEigenvalue(diagonalOf(values), values.length, { tolerance: 1e-10 });
    expect(magnitude.value).toBeCloseTo(-7, 12);
    expect(magnitude.products).toBeLessThan(40);
    expect(extremeEigenvalue(diagonalOf(values), values.length, { of: "largest" }).value).toBeCloseTo(5, 12);
  });

  test("of a random symmetric matrix equals the dense one", () => {
    const random = randomNumbers(11);
    const half = Array.from({ length: 30 }, () => Array.from({ length: 30 }, random));
    const matrix = half.map((row, i) => row.map((value, k) => value + (half[k]?.[i] ?? 0)));
    const dense = Math.max(...jacobiEigenvalues(matrix));
    const { value, residual } = extremeEigenvalue(productOf(matrix), 30, { of: "largest", tolerance: 1e-12 });
    expect(Math.abs(value - dense)).toBeLessThan(1e-12 * dense);
    expect(residual).toBeLessThan(1e-11);
  });

  test("of a matrix of rank 1, of 0 and of one number", () => {
    const rankOne = extremeEigenvalue((v) => Float64Array.from(v, () => Array.from(v).reduce((a, b) => a + b)), 9);
    expect(rankOne.value).toBeCloseTo(9, 12);
    expect(rankOne.products).toBeLessThanOrEqual(3);
    expect(extremeEigenvalue(diagonalOf([0, 0, 0]), 3).value).toBe(0);
    expect(extremeEigenvalue(diagonalOf([-4]), 1)).toEqual({ value: -4, residual: 0, products: 1 });
  });

  test("says what went wrong", () => {
    expect(() => extremeEigenvalue(diagonalOf([]), 0)).toThrow("at least 1 x 1, got 0");
    expect(() => extremeEigenvalue(diagonalOf([1, Number.NaN]), 2)).toThrow("not finite");
    expect(() => extremeEigenvalue(diagonalOf(values), values.length, { products: 5 })).toThrow(
      /did not converge within 5 products: residual .* allow more products or a larger tolerance/,
    );
  });
});
