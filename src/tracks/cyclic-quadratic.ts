/** Quadratic functions of values around a closed path, each coupled with its two neighbours to either side. */
import { around } from "./track.js";

/** Half the width of the band in which values stand that are taken from both ends of the path in turn. */
const BAND = 4;

/** A symmetric matrix of n x n whose entries (i, i + k) modulo n, k up to 2, are others than 0. */
export class CyclicMatrix {
  /** entries (i, i), (i, i + 1) and (i, i + 2), by i */
  readonly diagonals: readonly [Float64Array, Float64Array, Float64Array];

  /** `n`: 5 or more, so that no two entries are the same. */
  constructor(n: number) {
    this.diagonals = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  }

  get #size(): number {
    return this.diagonals[0].length;
  }

  /** Adds row^T row, `row` standing at `first` and the places after it. */
  addSquare(first: number, row: readonly number[]): void {
    const n = this.#size;
    for (let a = 0; a < row.length; a++)
      for (let b = a; b < row.length; b++) this.diagonals[b - a][(first + a) % n] += row[a] * row[b];
  }

  /** Matrix times x. */
  times(x: Float64Array): Float64Array {
    const n = this.#size;
    const [own, next, second] = this.diagonals;
    return x.map((value, i) => {
      const [before, secondBefore] = [around(i - 1, n), around(i - 2, n)];
      const far = second[i] * x[(i + 2) % n] + second[secondBefore] * x[secondBefore];
      return own[i] * value + next[i] * x[(i + 1) % n] + next[before] * x[before] + far;
    });
  }

  /** The x with (matrix + diag(more)) x = right, if that is positive definite. */
  solve(more: Float64Array, right: Float64Array): Float64Array {
    const n = this.#size;
    // 0, n - 1, 1, n - 2, ...: neighbours around the path are near each other in this order, with no ends that meet
    const placeOf = (i: number) => (2 * i < n ? 2 * i : 2 * (n - 1 - i) + 1);
    const width = BAND + 1;
    const L = new Float64Array(n * width); // row p, column p - k, at p * width + k
    for (let i = 0; i < n; i++) {
      L[placeOf(i) * width] = this.diagonals[0][i] + more[i];
      for (const k of [1, 2]) {
        const [p, q] = [placeOf(i), placeOf((i + k) % n)];
        L[Math.max(p, q) * width + Math.abs(p - q)] = this.diagonals[k][i];
      }
    }
    factorBand(L, n);
    const x = new Float64Array(n);
    for (let i = 0; i < n; i++) x[placeOf(i)] = right[i];
    solveBand(L, x);
    return right.map((_, i) => x[placeOf(i)]);
  }
}

/** Cholesky's factor within the band, in place of the matrix. */
function factorBand(L: Float64Array, n: number): void {
  const width = BAND + 1;
  for (let p = 0; p < n; p++)
    for (let k = Math.min(BAND, p); k >= 0; k--) {
      const q = p - k;
      let sum = L[p * width + k];
      for (let m = k + 1; m <= Math.min(BAND, p); m++)
        if (m - k <= BAND) sum -= L[p * width + m] * L[q * width + m - k];
      L[p * width + k] = k > 0 ? sum / L[q * width] : Math.sqrt(sum);
    }
}

/** Solves L L^T x = b; x takes the place of b. */
function solveBand(L: Float64Array, x: Float64Array): void {
  const width = BAND + 1;
  const n = x.length;
  for (let p = 0; p < n; p++) {
    for (let k = 1; k <= Math.min(BAND, p); k++) x[p] -= L[p * width + k] * x[p - k];
    x[p] /= L[p * width];
  }
  for (let p = n - 1; p >= 0; p--) {
    for (let k = 1; k <= Math.min(BAND, n - 1 - p); k++) x[p] -= L[(p + k) * width + k] * x[p + k];
    x[p] /= L[p * width];
  }
}

/** Iterations at most; each leaves this part of the gap, and so much of the way to a bound is gone at most. */
const MOST_ITERATIONS = 60;
const CENTRING = 0.15;
const TO_BOUND = 0.99;
/** The gap between value and its bound from below, in parts of the first, at which it is solved. */
const SOLVED = 1e-8;

/**
 * The x that minimises x^T H x / 2 + g^T x with low < x < high, by a primal-dual interior-point method from x = 0,
 * which must lie within; H positive definite (docs/equations.md, section 45). It comes near to bounds, never onto them.
 */
export function minimumWithin(H: CyclicMatrix, g: Float64Array, low: Float64Array, high: Float64Array): Float64Array {
  const n = g.length;
  let x = new Float64Array(n);
  const toLow = () => x.map((value, i) => value - low[i]);
  const toHigh = () => x.map((value, i) => high[i] - value);
  let [above, below] = [toLow(), toHigh()];
  const first = Math.max(1e-12, g.reduce((sum, value, i) => sum + Math.abs(value) * (high[i] - low[i]), 0) / n);
  let [pushUp, pushDown] = [above.map((room) => first / room), below.map((room) => first / room)];
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
    const gap = x.reduce((sum, _, i) => sum + above[i] * pushUp[i] + below[i] * pushDown[i], 0) / (2 * n);
    if (gap < SOLVED * first) break;
    const aim = CENTRING * gap;
    const slope = H.times(x);
    const stiffness = x.map((_, i) => pushUp[i] / above[i] + pushDown[i] / below[i]);
    const right = x.map((_, i) => aim / above[i] - aim / below[i] - slope[i] - g[i]);
    const way = H.solve(stiffness, right);
    const upWay = pushUp.map((push, i) => (aim - push * way[i]) / above[i] - push);
    const downWay = pushDown.map((push, i) => (aim + push * way[i]) / below[i] - push);
    const part = Math.min(
      partOf(above, way),
      partOf(
        below,
        way.map((value) => -value),
      ),
    );
    const pushPart = Math.min(partOf(pushUp, upWay), partOf(pushDown, downWay));
    x = x.map((value, i) => value + part * way[i]);
    [above, below] = [toLow(), toHigh()];
    pushUp = pushUp.map((push, i) => push + pushPart * upWay[i]);
    pushDown = pushDown.map((push, i) => push + pushPart * downWay[i]);
  }
  return x;
}

/** Part of a way, 1 at most, that leaves all these values above 0. */
function partOf(values: Float64Array, way: Float64Array): number {
  return values.reduce((part, value, i) => (way[i] < 0 ? Math.min(part, (-TO_BOUND * value) / way[i]) : part), 1);
}
