import { expect, test } from "@jest/globals";
import {
  inverse,
  leastStep,
  logDeterminant,
  minimiseWithin,
  solveSymmetric,
} from "../../src/identification/least-squares.js";
import { randomNumbers } from "../support/cores.js";

const n = 4;

/** A positive definite A, b, and bounds around an x within them. */
function problem(random: () => number) {
  const J = Array.from({ length: 6 * n }, random);
  const A = new Float64Array(n * n);
  for (let i = 0; i < n * n; i++)
    for (let row = 0; row < 6; row++) A[i] += J[row * n + Math.floor(i / n)] * J[row * n + (i % n)];
  const x = Float64Array.from({ length: n }, random);
  const bounds = Array.from(x, (value, i) => ({
    low: i === 0 ? Number.NEGATIVE_INFINITY : value - (random() > 0 ? 0 : 0.4),
    high: i === 0 ? Number.POSITIVE_INFINITY : value + 0.3 + 0.3 * random(),
  }));
  return { A, b: Float64Array.from({ length: n }, () => 2 * random()), x, bounds };
}

test("inverse and solution: A times both", () => {
  const { A, b } = problem(randomNumbers(3));
  const x = solveSymmetric(A, b, new Float64Array(n));
  const inverted = inverse(A, n);
  for (let i = 0; i < n; i++) {
    const row = (of: (k: number) => number) => A.subarray(i * n, (i + 1) * n).reduce((sum, a, k) => sum + a * of(k), 0);
    expect(row((k) => x?.[k] ?? Number.NaN)).toBeCloseTo(b[i], 9);
    for (let j = 0; j < n; j++) expect(row((k) => inverted?.[k * n + j] ?? Number.NaN)).toBeCloseTo(i === j ? 1 : 0, 9);
  }
  expect(solveSymmetric([1, 2, 2, 1], [1, 1], [0, 0])).toBeUndefined();
});

test("the least step solves damped least squares", () => {
  const step = leastStep(Float64Array.of(1, 0, 0, 2, 1, 1), Float64Array.of(1, 2, 3), 0);
  const rest = [1 + step[0], 2 + 2 * step[1], 3 + step[0] + step[1]];
  expect(rest[0] + rest[2]).toBeCloseTo(0, 9);
  expect(2 * rest[1] + rest[2]).toBeCloseTo(0, 9);
});

test("the logarithm of a determinant", () => {
  expect(logDeterminant([4, 2, 2, 3], 2)).toBeCloseTo(Math.log(8), 12);
  expect(logDeterminant([1, 2, 2, 1], 2)).toBeUndefined();
});

test("the minimum within bounds: no parameter that is free or may leave its bound has a slope downwards", () => {
  const random = randomNumbers(5);
  let bounded = 0;
  for (let trial = 0; trial < 500; trial++) {
    const { A, b, x, bounds } = problem(random);
    const d = minimiseWithin(A, b, bounds, x) ?? new Float64Array(n).fill(Number.NaN);
    for (let i = 0; i < n; i++) {
      const descent = b[i] - A.subarray(i * n, (i + 1) * n).reduce((sum, a, k) => sum + a * d[k], 0);
      const { low, high } = bounds[i];
      const at = x[i] + d[i];
      expect(at).toBeGreaterThanOrEqual(low - 1e-12);
      expect(at).toBeLessThanOrEqual(high + 1e-12);
      if (at > low + 1e-9) expect(descent).toBeGreaterThan(-1e-8);
      if (at < high - 1e-9) expect(descent).toBeLessThan(1e-8);
      if (at <= low + 1e-9 || at >= high - 1e-9) bounded++;
    }
  }
  expect(bounded).toBeGreaterThan(300);
});
