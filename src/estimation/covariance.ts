/** The covariance of the state's error: a full symmetric matrix behind the state, {@link ENTRIES} squared. */
import { ENTRIES, MOVING } from "./entries.js";

/** Adds a variance, or a covariance on both sides of the diagonal. */
export function addNoise(numbers: Float64Array, i: number, j: number, value: number): void {
  numbers[ENTRIES + i * ENTRIES + j] += value;
  if (i !== j) numbers[ENTRIES + j * ENTRIES + i] += value;
}

/** Standard deviation along its least certain direction of what has these variances and this covariance. */
export function largestDeviation(xx: number, yy: number, xy: number): number {
  const half = 0.5 * (xx - yy);
  return Math.sqrt(0.5 * (xx + yy) + Math.sqrt(half * half + xy * xy));
}

/** Rows of derivatives of the moving entries by all, and P <- F P F' with them; the other entries stay (E5). */
export class Transition {
  /** rows of F, {@link MOVING} times {@link ENTRIES} */
  readonly rows = new Float64Array(MOVING * ENTRIES);
  readonly #product = new Float64Array(MOVING * ENTRIES);
  /** columns that are not 0: of row r from r * ENTRIES on, and how many */
  readonly #columns = new Uint8Array(MOVING * ENTRIES);
  readonly #counts = new Uint8Array(MOVING);

  spread(numbers: Float64Array): void {
    for (let r = 0; r < MOVING; r++) this.#multiply(numbers, r);
    const FP = this.#product;
    const F = this.rows;
    const columns = this.#columns;
    for (let r = 0; r < MOVING; r++) {
      const row = r * ENTRIES;
      for (let j = MOVING; j < ENTRIES; j++) {
        numbers[ENTRIES + row + j] = FP[row + j];
        numbers[ENTRIES + j * ENTRIES + r] = FP[row + j];
      }
      for (let j = 0; j <= r; j++) {
        const from = j * ENTRIES;
        const end = from + this.#counts[j];
        let sum = 0;
        for (let c = from; c < end; c++) sum += FP[row + columns[c]] * F[from + columns[c]];
        numbers[ENTRIES + row + j] = sum;
        numbers[ENTRIES + from + r] = sum;
      }
    }
  }

  /** A row of F P. */
  #multiply(numbers: Float64Array, r: number): void {
    const FP = this.#product;
    const F = this.rows;
    const row = r * ENTRIES;
    let count = 0;
    for (let k = 0; k < ENTRIES; k++) {
      const f = F[row + k];
      if (f === 0) continue;
      const from = ENTRIES + k * ENTRIES;
      if (count === 0) for (let j = 0; j < ENTRIES; j++) FP[row + j] = f * numbers[from + j];
      else for (let j = 0; j < ENTRIES; j++) FP[row + j] += f * numbers[from + j];
      this.#columns[row + count++] = k;
    }
    if (count === 0) FP.fill(0, row, row + ENTRIES);
    this.#counts[r] = count;
  }
}
