/** Periodic cubic splines: once continuous in their second derivative, through points that close. */
import { around } from "./track.js";

/**
 * First derivatives at the points of the periodic cubic spline through `values`, point i at parameter sum of
 * `spacing[0..i-1]`; the last spacing leads back to the first point. The second derivative is continuous where
 * d[i-1] / h[i-1] + 2 d[i] (1 / h[i-1] + 1 / h[i]) + d[i+1] / h[i] = 3 (rise[i-1] / h[i-1]² + rise[i] / h[i]²).
 */
export function splineSlopes(values: Float64Array, spacing: Float64Array): Float64Array {
  const n = values.length;
  const below = new Float64Array(n);
  const diagonal = new Float64Array(n);
  const above = new Float64Array(n);
  const right = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const before = around(i - 1, n);
    const h0 = spacing[before];
    const h1 = spacing[i];
    below[i] = 1 / h0;
    above[i] = 1 / h1;
    diagonal[i] = 2 / h0 + 2 / h1;
    right[i] = 3 * ((values[i] - values[before]) / h0 ** 2 + (values[around(i + 1, n)] - values[i]) / h1 ** 2);
  }
  return solveCyclic(below, diagonal, above, right);
}

/** Solves a cyclic tridiagonal system by the Sherman-Morrison formula. */
function solveCyclic(below: Float64Array, diagonal: Float64Array, above: Float64Array, right: Float64Array) {
  const n = right.length;
  const [corner, opposite] = [below[0], above[n - 1]];
  const gamma = -diagonal[0];
  const changed = diagonal.slice();
  changed[0] -= gamma;
  changed[n - 1] -= (corner * opposite) / gamma;
  const solution = solveTridiagonal(below, changed, above, right);
  const u = new Float64Array(n);
  u[0] = gamma;
  u[n - 1] = opposite;
  const z = solveTridiagonal(below, changed, above, u);
  const factor = (solution[0] + (corner * solution[n - 1]) / gamma) / (1 + z[0] + (corner * z[n - 1]) / gamma);
  return solution.map((value, i) => value - factor * z[i]);
}

function solveTridiagonal(below: Float64Array, diagonal: Float64Array, above: Float64Array, right: Float64Array) {
  const n = right.length;
  const ratio = new Float64Array(n);
  const solution = new Float64Array(n);
  let pivot = diagonal[0];
  solution[0] = right[0] / pivot;
  for (let i = 1; i < n; i++) {
    ratio[i] = above[i - 1] / pivot;
    pivot = diagonal[i] - below[i] * ratio[i];
    solution[i] = (right[i] - below[i] * solution[i - 1]) / pivot;
  }
  for (let i = n - 2; i >= 0; i--) solution[i] -= ratio[i + 1] * solution[i + 1];
  return solution;
}

/** A value between two points `h` apart with values p, q and slopes d, e, at part f of the way. */
export function hermite(p: number, q: number, d: number, e: number, h: number, f: number): number {
  const way = q - p;
  return p + f * (h * d + f * (3 * way - h * (2 * d + e) + f * (h * (d + e) - 2 * way)));
}

/** A closed curve in the plane as a periodic spline over its chords. */
export class ClosedSpline {
  readonly #x: Float64Array;
  readonly #y: Float64Array;
  readonly #spacing: Float64Array;
  readonly #xSlope: Float64Array;
  readonly #ySlope: Float64Array;
  /** arc length up to each point, and of the whole */
  readonly arc: Float64Array;

  constructor(x: Float64Array, y: Float64Array) {
    const n = x.length;
    this.#x = x;
    this.#y = y;
    this.#spacing = x.map((_, i) => Math.hypot(x[around(i + 1, n)] - x[i], y[around(i + 1, n)] - y[i]));
    this.#xSlope = splineSlopes(x, this.#spacing);
    this.#ySlope = splineSlopes(y, this.#spacing);
    this.arc = new Float64Array(n + 1);
    for (let i = 0; i < n; i++) this.arc[i + 1] = this.arc[i] + this.#lengthOf(i, 1);
  }

  get length(): number {
    return this.arc[this.#x.length];
  }

  /** Position at part f of the way from point i to the next. */
  at(i: number, f: number): readonly [x: number, y: number] {
    const next = around(i + 1, this.#x.length);
    const h = this.#spacing[i];
    return [
      hermite(this.#x[i], this.#x[next], this.#xSlope[i], this.#xSlope[next], h, f),
      hermite(this.#y[i], this.#y[next], this.#ySlope[i], this.#ySlope[next], h, f),
    ];
  }

  /** Point and part of the way to the next at an arc length within [0, length). */
  find(arc: number, from = 0): readonly [point: number, part: number] {
    let i = from;
    while (i + 1 < this.#x.length && this.arc[i + 1] <= arc) i++;
    const piece = this.arc[i + 1] - this.arc[i];
    let part = (arc - this.arc[i]) / piece;
    for (let k = 0; k < 4; k++) part -= (this.#lengthOf(i, part) - (arc - this.arc[i])) / this.#rate(i, part);
    return [i, Math.min(1, Math.max(0, part))];
  }

  /** Length of the derivative by the part of the way [m]. */
  #rate(i: number, f: number): number {
    const next = around(i + 1, this.#x.length);
    const h = this.#spacing[i];
    const slope = (p: number, q: number, d: number, e: number) =>
      h * d + f * (2 * (3 * (q - p) - h * (2 * d + e)) + 3 * f * (h * (d + e) - 2 * (q - p)));
    const dx = slope(this.#x[i], this.#x[next], this.#xSlope[i], this.#xSlope[next]);
    const dy = slope(this.#y[i], this.#y[next], this.#ySlope[i], this.#ySlope[next]);
    return Math.max(Math.hypot(dx, dy), 1e-9 * h);
  }

  /** Arc length of the first part f of piece i, by Gauss's rule with five points. */
  #lengthOf(i: number, f: number): number {
    let sum = 0;
    for (const [node, weight] of GAUSS) sum += weight * this.#rate(i, f * node);
    return f * sum;
  }
}

/** Nodes within [0, 1] and weights of Gauss's rule with five points. */
const GAUSS: readonly (readonly [node: number, weight: number])[] = [
  [0.04691007703066802, 0.11846344252809454],
  [0.23076534494715845, 0.23931433524968324],
  [0.5, 0.28444444444444444],
  [0.7692346550528415, 0.23931433524968324],
  [0.9530899229693319, 0.11846344252809454],
];
