/** Regularised least squares of many columns on one design, with standard errors that the residuals tell. */
import { inverse } from "../identification/least-squares.js";

/** Ridge as a part of a column's squares: keeps columns apart that are nearly the same. */
const RIDGE = 1e-6;

/** What one design makes of any column of measurements (equation (PD5)). */
export class Regression {
  /** unknowns: those of the perturbation first */
  readonly unknowns: number;
  readonly rows: number;
  /** rows less unknowns */
  readonly freedom: number;
  /** rows x unknowns */
  readonly #design: Float64Array;
  /** (D^T D + R)^-1, unknowns x unknowns */
  readonly #inverse: Float64Array;

  /** `design`: a row per measurement, of equal length; undefined if its columns cannot be told apart. */
  static of(design: readonly Float64Array[]): Regression | undefined {
    const [rows, unknowns] = [design.length, design[0].length];
    if (rows <= unknowns) return undefined;
    const A = new Float64Array(unknowns * unknowns);
    for (const row of design)
      for (let i = 0; i < unknowns; i++) for (let k = 0; k < unknowns; k++) A[i * unknowns + k] += row[i] * row[k];
    // a column of zeros, a start that never differs, has no effect
    for (let i = 0; i < unknowns; i++) A[i * unknowns + i] = (1 + RIDGE) * A[i * unknowns + i] || 1;
    const inverted = inverse(A, unknowns);
    return inverted && new Regression(design, inverted);
  }

  private constructor(design: readonly Float64Array[], inverted: Float64Array) {
    this.rows = design.length;
    this.unknowns = design[0].length;
    this.freedom = this.rows - this.unknowns;
    this.#design = Float64Array.from(design.flatMap((row) => [...row]));
    this.#inverse = inverted;
  }

  /** The unknowns that explain `y` best, and the variance of what they do not explain. */
  solve(y: ArrayLike<number>): { readonly x: Float64Array; readonly variance: number } {
    const { unknowns, rows } = this;
    const b = new Float64Array(unknowns);
    for (let r = 0; r < rows; r++) for (let i = 0; i < unknowns; i++) b[i] += this.#design[r * unknowns + i] * y[r];
    const x = b.map((_, i) => b.reduce((sum, value, k) => sum + this.#inverse[i * unknowns + k] * value, 0));
    let squares = 0;
    for (let r = 0; r < rows; r++) squares += (y[r] - this.predict(r, x)) ** 2;
    return { x, variance: squares / this.freedom };
  }

  predict(row: number, x: ArrayLike<number>): number {
    let sum = 0;
    for (let i = 0; i < this.unknowns; i++) sum += this.#design[row * this.unknowns + i] * x[i];
    return sum;
  }

  /** How far a row determines its own prediction, [0, 1). */
  leverage(row: number): number {
    const { unknowns } = this;
    const own = this.#design.subarray(row * unknowns, (row + 1) * unknowns);
    let sum = 0;
    for (let i = 0; i < unknowns; i++)
      for (let k = 0; k < unknowns; k++) sum += own[i] * this.#inverse[i * unknowns + k] * own[k];
    return sum;
  }

  /** Covariance of unknowns i and k for measurements of variance 1. */
  covariance(i: number, k: number): number {
    return this.#inverse[i * this.unknowns + k];
  }
}
