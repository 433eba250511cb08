/** Small dense least squares, for fits of a handful of parameters. */

/**
 * Solves (A + diag(ridge)) x = b for a symmetric positive definite A (row-major, n x n); undefined if it is not to
 * working precision.
 */
export function solveSymmetric(
  A: ArrayLike<number>,
  b: ArrayLike<number>,
  ridge: ArrayLike<number>,
): Float64Array | undefined {
  const L = factor(A, b.length, ridge);
  return L && solveFactored(L, Float64Array.from(b));
}

/** Inverse of a symmetric positive definite matrix (row-major); undefined if it is not to working precision. */
export function inverse(A: ArrayLike<number>, n: number): Float64Array | undefined {
  const L = factor(A, n);
  if (!L) return undefined;
  const result = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const column = result.subarray(i * n, (i + 1) * n);
    column[i] = 1;
    solveFactored(L, column);
  }
  return result;
}

/** Logarithm of the determinant of a symmetric positive definite matrix; undefined as {@link inverse} is. */
export function logDeterminant(A: ArrayLike<number>, n: number): number | undefined {
  const L = factor(A, n);
  if (!L) return undefined;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += 2 * Math.log(L[i * n + i]);
  return sum;
}

/** The x that minimises |r + J x|² + damping |x|²; J: rows x parameters. */
export function leastStep(J: Float64Array, r: Float64Array, damping: number): Float64Array {
  const p = J.length / r.length;
  const A = new Float64Array(p * p);
  const b = new Float64Array(p);
  for (let row = 0; row < r.length; row++)
    for (let i = 0; i < p; i++) {
      b[i] -= J[row * p + i] * r[row];
      for (let k = 0; k < p; k++) A[i * p + k] += J[row * p + i] * J[row * p + k];
    }
  return solveSymmetric(A, b, new Float64Array(p).fill(damping)) ?? new Float64Array(p);
}

/** Cholesky: L with L L^T = A + diag(ridge); undefined if that is not positive definite to working precision. */
function factor(A: ArrayLike<number>, n: number, ridge?: ArrayLike<number>): Float64Array | undefined {
  const L = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const diagonal = ridge ? A[i * n + i] + ridge[i] : A[i * n + i];
    for (let j = 0; j <= i; j++) {
      let sum = i === j ? diagonal : A[i * n + j];
      for (let k = 0; k < j; k++) sum -= L[i * n + k] * L[j * n + k];
      if (i !== j) L[i * n + j] = sum / L[j * n + j];
      else if (sum > 1e-12 * diagonal) L[i * n + i] = Math.sqrt(sum);
      else return undefined;
    }
  }
  return L;
}

/** Solves L L^T x = b; x takes the place of b. */
function solveFactored(L: Float64Array, x: Float64Array): Float64Array {
  const n = x.length;
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

/** Changes of what is held in {@link minimiseWithin}, per parameter; only rounding could need more. */
const MOST_CHANGES = 4;

/**
 * The d that minimises d^T A d / 2 - b^T d with low <= x + d <= high, for a symmetric positive definite A (row-major)
 * and an x within the bounds; undefined if A is not positive definite to working precision. On the way to the minimum
 * what comes to a bound first is held there; at the minimum, what its bound keeps from a lower one is let go again.
 */
export function minimiseWithin(
  A: Float64Array,
  b: Float64Array,
  bounds: readonly { readonly low: number; readonly high: number }[],
  x: Float64Array,
): Float64Array | undefined {
  const n = b.length;
  const d = new Float64Array(n);
  const held = new Int8Array(n); // -1 at the low bound, 1 at the high one
  for (let change = 0; change < MOST_CHANGES * n; change++) {
    const target = minimumHolding(held, d, A, b);
    if (!target) return undefined;
    let part = 1;
    let stopped = -1;
    for (let i = 0; i < n; i++) {
      const way = target[i] - d[i];
      const room = (way > 0 ? bounds[i].high : bounds[i].low) - x[i] - d[i];
      if (held[i] !== 0 || Math.abs(part * way) <= Math.abs(room)) continue;
      part = room / way;
      stopped = i;
    }
    const isUp = stopped >= 0 && target[stopped] > d[stopped];
    for (let i = 0; i < n; i++) d[i] = part === 1 ? target[i] : d[i] + part * (target[i] - d[i]);
    if (stopped >= 0) {
      held[stopped] = isUp ? 1 : -1;
      d[stopped] = (isUp ? bounds[stopped].high : bounds[stopped].low) - x[stopped];
      continue;
    }
    const released = mostKept(held, d, A, b);
    if (released < 0) break;
    held[released] = 0;
  }
  return d;
}

/** The minimum with those that are held where `d` has them. */
function minimumHolding(held: Int8Array, d: Float64Array, A: Float64Array, b: Float64Array): Float64Array | undefined {
  const n = b.length;
  const left = A.slice();
  const right = b.slice();
  for (let i = 0; i < n; i++) {
    if (held[i] === 0) continue;
    for (let k = 0; k < n; k++) {
      if (held[k] === 0) right[k] -= A[k * n + i] * d[i];
      left[i * n + k] = left[k * n + i] = i === k ? 1 : 0;
    }
    right[i] = d[i];
  }
  const L = factor(left, n);
  return L && solveFactored(L, right);
}

/** Which of those that are held would lower the value most if it could leave its bound; -1 if none would. */
function mostKept(held: Int8Array, d: Float64Array, A: Float64Array, b: Float64Array): number {
  const n = b.length;
  let found = -1;
  let most = 0;
  for (let i = 0; i < n; i++) {
    let descent = b[i];
    for (let k = 0; k < n; k++) descent -= A[i * n + k] * d[k];
    if (-held[i] * descent <= most) continue;
    most = -held[i] * descent;
    found = i;
  }
  return found;
}
