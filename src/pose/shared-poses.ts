/**
 * The newest pose on its way from the thread that receives to the thread that controls: shared memory, so that neither
 * waits for the other.
 */

/** Entries of a measurement as {@link PoseSource.poll} hands it over. */
export enum PoseEntry {
  /** when the pose was true, as far as known, by the host's monotonic clock [s] */
  seconds,
  /** when it came, by the same clock [s] */
  arrived,
  /** in the frame of the track [m] */
  x,
  y,
  /** [rad] */
  heading,
  count,
}

/**
 * Poses that are kept: one is overwritten when as many others have come, and reading one takes less than a microsecond.
 */
const KEPT = 8;
const HEADER = 8;

export class SharedPoses {
  readonly buffer: SharedArrayBuffer;
  /** how many poses were put */
  readonly #counter: Int32Array;
  /** KEPT x PoseEntry.count */
  readonly #rows: Float64Array;
  #taken = 0;

  constructor(buffer?: SharedArrayBuffer) {
    this.buffer = buffer ?? new SharedArrayBuffer(HEADER + 8 * KEPT * PoseEntry.count);
    this.#counter = new Int32Array(this.buffer, 0, 1);
    this.#rows = new Float64Array(this.buffer, HEADER);
  }

  /** `row`: {@link PoseEntry} */
  put(row: Float64Array): void {
    const count = Atomics.load(this.#counter, 0);
    this.#rows.set(row, (count % KEPT) * PoseEntry.count);
    Atomics.store(this.#counter, 0, (count + 1) & 0x3fffffff);
  }

  /** As {@link PoseSource.poll}. */
  poll(into: Float64Array): boolean {
    const count = Atomics.load(this.#counter, 0);
    if (count === this.#taken) return false;
    const from = ((count - 1 + KEPT) % KEPT) * PoseEntry.count;
    for (let i = 0; i < PoseEntry.count; i++) into[i] = this.#rows[from + i];
    this.#taken = count;
    return true;
  }
}
