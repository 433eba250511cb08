/** Small dense least squares, for fits of a handful of parameters. */

/**
 * Solves (A + diag(ridge)) x = b for a symmetric positive definite A (row-major, n x n) by Cholesky; undefined if it is
 * not positive definite to working precision.
 */
export function solveSymmetric(
  A: readonly number[],
  b: readonly number[],
  ridge: readonly number[],
): number[] | undefined {
  const n = b.length;
  const L = new Array<number>(n * n).fill(0);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = A[i * n + j] + (i === j ? ridge[i] : 0);
      for (let k = 0; k < j; k++) sum -= L[i * n + k] * L[j * n + k];
      if (i === j) {
        if (!(sum > 1e-12 * (A[i * n + i] + ridge[i]))) return undefined;
        L[i * n + i] = Math.sqrt(sum);
      } else {
        L[i * n + j] = sum / L[j * n + j];
      }
    }
  }
  const x = [...b];
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i] -= L[i * n + k] * x[k];
    x[i] /= L[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i] -= L[k * n + i] * x[k];
    x[i] /= L[i * n + i];
  }
  return x;
}

/** Passes of {@link minimiseWithin}, and the part of a step that a pass must change for another one. */
const MOST_PASSES = 200;
const STILL = 1e-10;

/**
 * The d that minimises d^T A d / 2 - b^T d with low <= x + d <= high, for a symmetric positive definite A (row-major):
 * the free minimum if it lies within, else by coordinate descent.
 */
export function minimiseWithin(
  A: ArrayLike<number>,
  b: Float64Array,
  bounds: readonly { readonly low: number; readonly high: number }[],
  x: Float64Array,
): Float64Array {
  const n = b.length;
  const free = solveSymmetric(Array.from(A), Array.from(b), new Array<number>(n).fill(0));
  if (free?.every((d, i) => x[i] + d >= bounds[i].low && x[i] + d <= bounds[i].high)) return Float64Array.from(free);
  const d = new Float64Array(n);
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    let moved = 0;
    for (let i = 0; i < n; i++) {
      let slope = b[i];
      for (let k = 0; k < n; k++) slope -= A[i * n + k] * d[k];
      const { low, high } = bounds[i];
      const next = Math.min(high - x[i], Math.max(low - x[i], d[i] + slope / A[i * n + i]));
      moved = Math.max(moved, Math.abs(next - d[i]) / (Math.abs(next) + 1e-12));
      d[i] = next;
    }
    if (moved < STILL) break;
  }
  return d;
}

/** Inverse of a symmetric positive definite matrix (row-major); undefined if it is not to working precision. */
export function inverse(A: ArrayLike<number>, n: number): number[] | undefined {
  const rows = Array.from(A);
  const none = new Array<number>(n).fill(0);
  const result: number[] = [];
  for (let i = 0; i < n; i++) {
    const column = solveSymmetric(
      rows,
      none.map((_, k) => (k === i ? 1 : 0)),
      none,
    );
    if (!column) return undefined;
    result.push(...column);
  }
  return result;
}
