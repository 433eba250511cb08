/**
 * A measured sensitivity along the lap as a Gaussian process (equation (PD7)): its values in cells, each with its own
 * standard error, say what it is at any phase. Small, so exact.
 */
import { inverse, logDeterminant } from "../identification/least-squares.js";

/** Length scales that are tried, in parts of (lap time / pi), and sizes in parts of the root mean square. */
const LENGTHS = [0.1, 0.2, 0.4, 0.8, 1.6] as const;
const SIZES = [0.5, 1, 2] as const;

export interface Smoothed {
  /** at a phase [s]: the mean and its standard error */
  at(phase: number): { readonly mean: number; readonly error: number };
}

/** `phases` of the cells [s], values there and their standard errors. */
export function smoothed(
  phases: ArrayLike<number>,
  values: ArrayLike<number>,
  errors: ArrayLike<number>,
  lapTime: number,
): Smoothed {
  const n = values.length;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += values[i] ** 2 / n;
  const kernel = (size: number, length: number) => (a: number, b: number) =>
    squares * size ** 2 * Math.exp((-2 * Math.sin((Math.PI * (a - b)) / lapTime) ** 2) / length ** 2);
  let best: { likelihood: number; inverted: Float64Array; of: ReturnType<typeof kernel> } | undefined;
  for (const length of LENGTHS)
    for (const size of SIZES) {
      const of = kernel(size, length);
      const K = new Float64Array(n * n);
      for (let i = 0; i < n; i++)
        for (let k = 0; k < n; k++)
          K[i * n + k] = of(phases[i], phases[k]) + (i === k ? errors[i] ** 2 + 1e-9 * squares : 0);
      const inverted = inverse(K, n);
      const determinant = logDeterminant(K, n);
      if (!inverted || determinant === undefined) continue;
      const weights = product(inverted, values);
      let fit = 0;
      for (let i = 0; i < n; i++) fit += weights[i] * values[i];
      const likelihood = -0.5 * (fit + determinant);
      if (!best || likelihood > best.likelihood) best = { likelihood, inverted, of };
    }
  if (!best) return { at: () => ({ mean: 0, error: 0 }) };
  const { inverted, of } = best;
  const weights = product(inverted, values);
  return {
    at(phase) {
      const k = Float64Array.from({ length: n }, (_, i) => of(phase, phases[i]));
      let mean = 0;
      let explained = 0;
      const solved = product(inverted, k);
      for (let i = 0; i < n; i++) {
        mean += k[i] * weights[i];
        explained += k[i] * solved[i];
      }
      return { mean, error: Math.sqrt(Math.max(0, of(0, 0) - explained)) };
    },
  };
}

function product(matrix: Float64Array, vector: ArrayLike<number>): Float64Array {
  const n = vector.length;
  return Float64Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += matrix[i * n + k] * vector[k];
    return sum;
  });
}
