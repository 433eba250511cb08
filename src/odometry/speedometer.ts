/**
 * Speed from distances that come in frames without a time: of a board that sends them at a steady pace and does not
 * tell which.
 */

/**
 * Takings that the pace is found from; at 50 Hz 2.5 s, so that a frame too many or too few among them is a hundredth.
 */
const KEPT = 128;
/**
 * Time that the speed is averaged over, at least [s]: distances are rounded to millimetres, so to 0.01 m/s; not quite a
 * long control step.
 */
const AVERAGED = 0.099;
/** A silence of this duration is no pace [s]: two frames at 20 Hz, and some. */
const SILENCE = 0.12;

/**
 * When a frame arrives is known only to a control step, and some steps see two frames, others none: distances over
 * times of arrival would be off by a third. Therefore the time of some frames is their number times the mean pace.
 */
export class Speedometer {
  /** [m/s] */
  speed = 0;
  // when was taken, frames and distance up to then
  readonly #times = new Float64Array(KEPT);
  readonly #frames = new Float64Array(KEPT);
  readonly #distances = new Float64Array(KEPT);
  #count = 0;

  /** `distance` [m] was driven in the `frames` frames that were taken at `now` [s]. */
  take(now: number, frames: number, distance: number): void {
    const last = (this.#count - 1) % KEPT;
    const silent = this.#count === 0 ? 0 : now - this.#times[last];
    if (silent > SILENCE) {
      this.speed = distance / silent;
      this.#count = 0;
    }
    const begins = this.#count === 0;
    const at = this.#count++ % KEPT;
    this.#times[at] = now;
    this.#frames[at] = begins ? 0 : this.#frames[last] + frames;
    this.#distances[at] = begins ? 0 : this.#distances[last] + distance;
    this.#measure(at, now);
  }

  #measure(at: number, now: number): void {
    const kept = Math.min(this.#count, KEPT);
    const oldest = (this.#count - kept) % KEPT;
    if (now - this.#times[oldest] < AVERAGED) return;
    let back = 1;
    while (now - this.#times[(at - back + KEPT) % KEPT] < AVERAGED) back++;
    const from = (at - back + KEPT) % KEPT;
    const pace = (now - this.#times[oldest]) / this.#since(this.#frames, oldest, at);
    this.speed = this.#since(this.#distances, from, at) / (this.#since(this.#frames, from, at) * pace);
  }

  #since(values: Float64Array, from: number, to: number): number {
    return values[to] - values[from];
  }
}
