/** How late control steps began: the last {@link KEPT} of them, in shared memory. */

const KEPT = 1 << 16;

export class Lateness {
  readonly buffer: SharedArrayBuffer;
  readonly #count: Int32Array;
  readonly #values: Float64Array;

  constructor(buffer?: SharedArrayBuffer) {
    this.buffer = buffer ?? new SharedArrayBuffer(8 + KEPT * 8);
    this.#count = new Int32Array(this.buffer, 0, 1);
    this.#values = new Float64Array(this.buffer, 8, KEPT);
  }

  /** [s] */
  add(late: number): void {
    this.#values[this.#count[0] % KEPT] = late;
    Atomics.add(this.#count, 0, 1);
  }

  /** Quantiles [s] of what is kept; undefined if there is nothing. */
  quantiles():
    | { readonly steps: number; readonly p50: number; readonly p99: number; readonly most: number }
    | undefined {
    const steps = Atomics.load(this.#count, 0);
    const values = this.#values.slice(0, Math.min(steps, KEPT)).sort();
    if (values.length === 0) return undefined;
    const at = (part: number) => values[Math.min(values.length - 1, Math.floor(part * values.length))];
    return { steps, p50: at(0.5), p99: at(0.99), most: at(1) };
  }
}
