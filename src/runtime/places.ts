/**
 * The places of the last seconds, and what they say of heading, progress and age (docs/equations.md, section 27).
 * Numbers in fields and arrays, nothing is allocated after construction.
 */

/** Displacements that are compared with the heading [s]. */
const ALONG = 0.2;
/** Time in which a car must get somewhere [s]. */
export const PROGRESS_FOR = 2;
/** A place that comes again: ages that are looked at [s]; what it may lie beside the old one [m], [m/s]. */
const AGAIN_AFTER = 0.1;
const AGAIN_WITHIN = 1;
const AGAIN_BESIDE = 0.08;
const AGAIN_SPEED = 0.4;

/** Columns of a row of places: time, x, y, v cos phi, v sin phi. */
const ROW = 5;

export class Places {
  /** how far the last displacement lies from the one that speed and heading give [m], and the length of that */
  aside = 0;
  path = 0;
  /** diagonal of the box around the last places [m]; infinite as long as it drives for less than PROGRESS_FOR */
  extent = Number.POSITIVE_INFINITY;
  /** how far the place lies from where the one before leads [m] */
  astray = 0;
  /** age of the place, with the speed that belonged to it, that the last one repeats most closely [s]; NaN: of none */
  repeated = Number.NaN;

  readonly #period: number;
  readonly #rows: Float64Array;
  readonly #kept: number;
  readonly #along: number;
  #taken = 0;

  /** `period`: between two control steps [s]. */
  constructor(period: number) {
    this.#period = period;
    this.#along = Math.ceil(ALONG / period);
    this.#kept = 1 + Math.max(Math.ceil(PROGRESS_FOR / period), this.#along);
    this.#rows = new Float64Array(this.#kept * ROW);
  }

  reset(): void {
    this.#taken = 0;
    this.aside = 0;
    this.path = 0;
    this.extent = Number.POSITIVE_INFINITY;
    this.astray = 0;
    this.repeated = Number.NaN;
  }

  /** Takes a reading: its time [s], and x, y [m], v [m/s], phi [rad]. */
  take(time: number, state: Float64Array): void {
    const rows = this.#rows;
    const at = (this.#taken % this.#kept) * ROW;
    rows[at] = time;
    rows[at + 1] = state[0];
    rows[at + 2] = state[1];
    rows[at + 3] = state[2] * Math.cos(state[3]);
    rows[at + 4] = state[2] * Math.sin(state[3]);
    this.#taken++;
    this.#compareDisplacement(at);
    this.#compareExtent(at);
    this.#findAgain(at);
  }

  /** Row of the place `k` readings before the last one. */
  #before(k: number): number {
    return ((this.#taken - 1 - k + this.#kept) % this.#kept) * ROW;
  }

  #compareDisplacement(at: number): void {
    const rows = this.#rows;
    const most = Math.min(this.#taken - 1, this.#along);
    let first = at;
    let x = 0;
    let y = 0;
    for (let k = 1; k <= most; k++) {
      const row = this.#before(k);
      if (rows[at] - rows[row] > PROGRESS_FOR) break;
      // the speed holds from a reading to the next: the mean of both ends
      const seconds = rows[first] - rows[row];
      x += 0.5 * seconds * (rows[first + 3] + rows[row + 3]);
      y += 0.5 * seconds * (rows[first + 4] + rows[row + 4]);
      first = row;
    }
    const dx = rows[at + 1] - rows[first + 1] - x;
    const dy = rows[at + 2] - rows[first + 2] - y;
    this.aside = Math.sqrt(dx * dx + dy * dy);
    this.path = Math.sqrt(x * x + y * y);
  }

  #compareExtent(at: number): void {
    const rows = this.#rows;
    const kept = Math.min(this.#taken, this.#kept);
    let lowX = rows[at + 1];
    let highX = lowX;
    let lowY = rows[at + 2];
    let highY = lowY;
    let oldest = at;
    for (let k = 1; k < kept; k++) {
      const row = this.#before(k);
      if (rows[at] - rows[row] > PROGRESS_FOR) break;
      oldest = row;
      lowX = Math.min(lowX, rows[row + 1]);
      highX = Math.max(highX, rows[row + 1]);
      lowY = Math.min(lowY, rows[row + 2]);
      highY = Math.max(highY, rows[row + 2]);
    }
    const isLong = rows[at] - rows[oldest] > PROGRESS_FOR - 2 * this.#period;
    const width = highX - lowX;
    const height = highY - lowY;
    this.extent = isLong ? Math.sqrt(width * width + height * height) : Number.POSITIVE_INFINITY;
  }

  #findAgain(at: number): void {
    const rows = this.#rows;
    const kept = Math.min(this.#taken, this.#kept);
    this.repeated = Number.NaN;
    this.astray = 0;
    if (kept < 2) return;
    const last = this.#before(1);
    const seconds = rows[at] - rows[last];
    const dx = rows[at + 1] - rows[last + 1] - seconds * rows[last + 3];
    const dy = rows[at + 2] - rows[last + 2] - seconds * rows[last + 4];
    this.astray = Math.sqrt(dx * dx + dy * dy);
    let nearest = AGAIN_BESIDE * AGAIN_BESIDE;
    for (let k = 2; k < kept; k++) {
      const row = this.#before(k);
      const age = rows[at] - rows[row];
      if (age > AGAIN_WITHIN) break;
      const x = rows[at + 1] - rows[row + 1];
      const y = rows[at + 2] - rows[row + 2];
      const square = x * x + y * y;
      const isAsFast =
        Math.abs(rows[at + 3] - rows[row + 3]) < AGAIN_SPEED && Math.abs(rows[at + 4] - rows[row + 4]) < AGAIN_SPEED;
      if (age < AGAIN_AFTER || !isAsFast || square > nearest) continue;
      nearest = square;
      this.repeated = age;
    }
  }
}
