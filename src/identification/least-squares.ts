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

/** Fitted parameters and the mean squared residual. */
export interface Solution {
  readonly x: readonly number[];
  readonly meanSquare: number;
}

/** Normal equations of a linear fit, summed row by row: minimises sum (y - a^T x)^2 + sum ridge_i (x_i - prior_i)^2. */
export class LinearFit {
  private readonly A: number[];
  private readonly b: number[];
  private yy = 0;
  rows = 0;

  constructor(readonly size: number) {
    this.A = new Array<number>(size * size).fill(0);
    this.b = new Array<number>(size).fill(0);
  }

  add(row: readonly number[], y: number): void {
    const n = this.size;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) this.A[i * n + j] += row[i] * row[j];
      this.b[i] += row[i] * y;
    }
    this.yy += y * y;
    this.rows++;
  }

  /** `ridge`: per row of data. Undefined if the data do not determine the parameters. */
  solve(prior: readonly number[], ridge: readonly number[]): Solution | undefined {
    const n = this.size;
    const scaled = ridge.map((r) => r * this.rows);
    const A = this.A.map((value, at) =>
      at % n > Math.floor(at / n) ? this.A[(at % n) * n + Math.floor(at / n)] : value,
    );
    const x = solveSymmetric(
      A,
      this.b.map((value, i) => value + scaled[i] * prior[i]),
      scaled,
    );
    if (!x) return undefined;
    let square = this.yy;
    for (let i = 0; i < n; i++) {
      square -= 2 * x[i] * this.b[i];
      for (let j = 0; j < n; j++) square += x[i] * A[i * n + j] * x[j];
    }
    return { x, meanSquare: Math.max(0, square) / this.rows };
  }
}
