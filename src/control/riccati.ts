/** Small dense matrices, row by row, and the discrete-time Riccati equation: what an LQR is made of. Not in a loop. */
import { UserError } from "../errors.js";

/** Rows of equal length, at least one. */
export type Matrix = readonly (readonly number[])[];

/** A B. A: n x k, B: k x m. */
export function multiply(a: Matrix, b: Matrix): number[][] {
  return a.map((row) => b[0].map((_, j) => row.reduce((sum, value, k) => sum + value * b[k][j], 0)));
}

export function transposed(a: Matrix): number[][] {
  return a[0].map((_, j) => a.map((row) => row[j]));
}

/** A + factor B, of equal shape. */
export function sum(a: Matrix, b: Matrix, factor = 1): number[][] {
  return a.map((row, i) => row.map((value, j) => value + factor * b[i][j]));
}

export function identity(size: number): number[][] {
  return diagonal(new Array<number>(size).fill(1));
}

export function diagonal(values: readonly number[]): number[][] {
  return values.map((value, i) => values.map((_, j) => (i === j ? value : 0)));
}

/** X of A X = B, by elimination with row pivots; undefined if A is singular to rounding. A: n x n, B: n x m. */
export function solve(a: Matrix, b: Matrix): number[][] | undefined {
  const n = a.length;
  const rows = a.map((row, i) => [...row, ...b[i]]);
  const size = Math.max(...a.flat().map(Math.abs));
  for (let k = 0; k < n; k++) {
    const pivot = rows.reduce((best, row, i) => (i >= k && Math.abs(row[k]) > Math.abs(rows[best][k]) ? i : best), k);
    const top = rows[pivot];
    if (!(Math.abs(top[k]) > 1e-14 * size)) return undefined;
    [rows[pivot], rows[k]] = [rows[k], top];
    for (const [i, row] of rows.entries()) {
      if (i === k) continue;
      const factor = row[k] / top[k];
      for (let j = k; j < row.length; j++) row[j] -= factor * top[j];
    }
  }
  return rows.map((row, i) => row.slice(n).map((value) => value / row[i]));
}

/**
 * Largest absolute eigenvalue of a square matrix: |A^k|^(1/k) for k = 2^50, by repeated squaring (Gelfand). It is too
 * large by the factor c^(1/k), c the condition of the eigenvectors, or k for a Jordan block: within 1e-13.
 */
export function spectralRadius(a: Matrix): number {
  let power: Matrix = a;
  let logarithm = 0; // of the factor taken out of A^(2^k), divided by 2^k
  for (let k = 0; k <= 50; k++) {
    const size = Math.max(...power.flat().map(Math.abs));
    if (!(size > 0)) return size; // 0, or NaN
    logarithm += Math.log(size) / 2 ** k;
    const scaled = power.map((row) => row.map((value) => value / size));
    power = multiply(scaled, scaled);
  }
  return Math.exp(logarithm);
}

/** Doublings: each squares the error, so a solution that exists is there long before. */
const DOUBLINGS = 60;

/**
 * The stabilising solution X of X = A^T X A - A^T X B (R + B^T X B)^-1 B^T X A + Q, by the structure-preserving
 * doubling algorithm [Chu, Fan, Lin, Wang 2004]: A, G, H <- A W A, G + A W G A^T, H + A^T H W A with W = (I + G H)^-1,
 * from A, B R^-1 B^T, Q; H tends to X. A: n x n, B: n x m, Q: n x n, R: m x m.
 * @throws UserError if there is none: a mode that is not stable and cannot be reached by the inputs, or does not show
 * in the cost
 */
export function riccati(a: Matrix, b: Matrix, q: Matrix, r: Matrix): number[][] {
  const perR = solve(r, transposed(b));
  if (!perR) throw new UserError("the weight R of the inputs is singular; it must be positive definite");
  let A: Matrix = a;
  let G: Matrix = multiply(b, perR);
  let H: number[][] = q.map((row) => [...row]);
  for (let k = 0; k < DOUBLINGS; k++) {
    const W = solve(sum(identity(a.length), multiply(G, H)), identity(a.length));
    if (!W) throw unsolvable("the doubling met a singular matrix");
    const AW = multiply(A, W);
    const next = sum(H, multiply(multiply(transposed(A), H), multiply(W, A)));
    G = sum(G, multiply(multiply(AW, G), transposed(A)));
    A = multiply(AW, A);
    const change = Math.max(...sum(next, H, -1).flat().map(Math.abs));
    H = next;
    if (!Number.isFinite(change)) break;
    if (change <= 1e-15 * Math.max(...H.flat().map(Math.abs))) {
      const radius = spectralRadius(sum(a, multiply(b, gainOf(a, b, H, r)), -1));
      if (radius < 1) return H;
      throw unsolvable(`the loop that it closes has spectral radius ${radius.toPrecision(5)}, not below 1`);
    }
  }
  throw unsolvable("the doubling does not converge");
}

/**
 * K = (R + B^T X B)^-1 B^T X A of u = -K x, m x n: what costs least over infinite time with stage cost x^T Q x + u^T R
 * u. Shapes and errors as of {@link riccati}.
 */
export function lqr(a: Matrix, b: Matrix, q: Matrix, r: Matrix): number[][] {
  return gainOf(a, b, riccati(a, b, q, r), r);
}

function gainOf(a: Matrix, b: Matrix, x: Matrix, r: Matrix): number[][] {
  const bx = multiply(transposed(b), x);
  const gain = solve(sum(r, multiply(bx, b)), multiply(bx, a));
  if (!gain) throw unsolvable("R + B^T X B is singular");
  return gain;
}

function unsolvable(why: string): UserError {
  return new UserError(
    `the Riccati equation has no stabilising solution: ${why}. Every mode of A that is not stable must be reachable ` +
      "through B and show in Q; check A, B and Q",
  );
}
