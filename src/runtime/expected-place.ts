/**
 * Where a robot is expected at each phase of its task: where it was there in the lap before, or on the way from there
 * to where the task asks it to be, since that is where learning takes it (docs/equations.md, section 27). Numbers in
 * fields and arrays, nothing is allocated after construction.
 */

/** Parts of a lap that places are kept for. */
const BINS = 64;
/** What a place may lie beside the expected one: parts of the lap's length, and more since the policy changed. */
const BESIDE = 0.02;
const LEARNED = 0.04;
/** The same, in scatters, and the most that a scatter counts, parts of the lap's length. */
const OF_SCATTER = 1.5;
const MOST_SCATTER = 0.04;
/** Laps that must be confirmed: the first one, from a standing start, is no example, and shows the scatter only. */
const CONFIRMED = 2;
/** A policy that changes within a lap makes this one and the next differ from the one before; so does the start. */
const LEARNS_FOR = 2;

export class ExpectedPlace {
  /** of the last place from the expected one [m]; NaN as long as none is expected */
  distance = Number.NaN;
  /** what that may be [m] */
  room = Number.NaN;

  /** points x, y [m] of a lap */
  readonly #track: Float64Array;
  /** [s]; NaN without laps */
  readonly #lapTime: number;
  /** length of a lap [m] */
  readonly #length: number;
  /** sum of x, of y, and number of the places of this lap, a row per bin */
  readonly #sums = new Float64Array(3 * BINS);
  /** x, y [m] and mean square of their change from lap to lap [m²], a row per bin */
  readonly #expected = new Float64Array(3 * BINS);
  /** task time of the first place [s], and laps that are over since */
  #began = Number.NaN;
  #laps = 0;
  /** laps that may still differ by what was learned, this one and the next */
  #learning = 0;

  constructor(track: Float64Array, lapTime: number | undefined) {
    this.#track = track;
    this.#lapTime = track.length === 0 || lapTime === undefined ? Number.NaN : lapTime;
    let length = 0;
    for (let i = 0; i < track.length; i += 2) {
      const next = (i + 2) % track.length;
      length += Math.hypot(track[next] - track[i], track[next + 1] - track[i + 1]);
    }
    this.#length = length;
    this.reset();
  }

  /** Forgets all laps: a drive begins anew, or at another pace. */
  reset(): void {
    this.distance = Number.NaN;
    this.room = Number.NaN;
    this.#began = Number.NaN;
    this.#laps = 0;
    this.#learning = CONFIRMED + 1; // the standing start fades like that
    this.#sums.fill(0);
    this.#expected.fill(Number.NaN);
  }

  /** The policy changed: it may drive elsewhere than in the lap before. */
  learn(): void {
    this.#learning = Math.max(this.#learning, LEARNS_FOR);
  }

  /** The place x, y [m] at a task time [s]. */
  take(time: number, x: number, y: number): void {
    if (!(this.#lapTime > 0)) return;
    if (Number.isNaN(this.#began)) this.#began = time;
    const laps = Math.floor((time - this.#began) / this.#lapTime);
    if (laps !== this.#laps) this.#endLap(laps);
    const phase = (time / this.#lapTime) % 1;
    if (laps >= CONFIRMED) this.#compare(phase, x, y);
    const at = 3 * Math.min(BINS - 1, Math.floor(BINS * phase));
    this.#sums[at] += x;
    this.#sums[at + 1] += y;
    this.#sums[at + 2]++;
  }

  /** A lap is over that passed all gates: it is what the next one is compared with. */
  #endLap(laps: number): void {
    this.#laps = laps;
    const sums = this.#sums;
    const expected = this.#expected;
    for (let at = 0; at < sums.length; at += 3) {
      const count = sums[at + 2];
      if (count === 0) continue;
      const x = sums[at] / count;
      const y = sums[at + 1] / count;
      const dx = x - expected[at];
      const dy = y - expected[at + 1];
      const change = dx * dx + dy * dy; // NaN in the first lap
      const scatter = expected[at + 2];
      expected[at] = x;
      expected[at + 1] = y;
      expected[at + 2] = Number.isNaN(scatter) ? change : 0.5 * (scatter + change);
    }
    sums.fill(0);
    if (this.#learning > 0) this.#learning--;
  }

  /** Distance to the line between the places of the lap before and of the task. */
  #compare(phase: number, x: number, y: number): void {
    const expected = this.#expected;
    // between the middles of two bins
    const middle = BINS * phase - 0.5 + BINS;
    const low = 3 * (Math.floor(middle) % BINS);
    const high = 3 * ((Math.floor(middle) + 1) % BINS);
    const part = middle - Math.floor(middle);
    const fromX = expected[low] + part * (expected[high] - expected[low]);
    const fromY = expected[low + 1] + part * (expected[high + 1] - expected[low + 1]);
    const point = 2 * (Math.floor((phase * this.#track.length) / 2) % (this.#track.length / 2));
    const alongX = this.#track[point] - fromX;
    const alongY = this.#track[point + 1] - fromY;
    const square = alongX * alongX + alongY * alongY;
    const nearest = ((x - fromX) * alongX + (y - fromY) * alongY) / (square > 0 ? square : 1);
    const along = Math.min(1, Math.max(0, nearest));
    const dx = x - fromX - along * alongX;
    const dy = y - fromY - along * alongY;
    this.distance = Math.sqrt(dx * dx + dy * dy);
    const scatter = Math.sqrt(Math.max(expected[low + 2], expected[high + 2])) / this.#length;
    const room = BESIDE + OF_SCATTER * Math.min(scatter, MOST_SCATTER) + (this.#learning > 0 ? LEARNED : 0);
    this.room = room * this.#length;
  }
}
