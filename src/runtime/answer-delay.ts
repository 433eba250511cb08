/**
 * How late a car's measurements are, by when its yaw rate answers the steering (docs/equations.md, section 27): for
 * every delay of the steering, and some lags of a servo, the error of w = v (k u + b) over the last time. Delays that a
 * car has, and its pose's age, are told from those that only a late measurement has. Numbers in fields and arrays,
 * nothing is allocated after construction.
 */

/** Lags of a steering servo that are tried [s]. */
const LAGS = [0, 0.07, 0.14];
/** Longest delay that is tried [s]. */
const LONGEST = 0.6;
/** A car's delay and this part of its lag, with the age of its pose, are at most this much [s]. */
const HONEST = 0.205;
const OF_LAG = 0.6;
/** From this delay on the measurement is late [s]. */
export const LATE = 0.27;
/** What a fit allows beyond its own delay, and from how much more on the measurement is late [s]. */
const HONEST_MORE = 0.1;
const LATE_MORE = 0.2;
/** Time over which errors are summed up; driving that is needed for it [s]. */
const OVER = 0.4;
const LEAST = 0.2;
/**
 * A measurement is late if that explains its yaw rates better: by this much of a root mean square [rad/s], and by this
 * factor of what is left. The smaller ones count where something else is wrong too.
 */
const SURE = 0.25;
const SURE_FACTOR = 2;
const LIKELY = 0.08;
const LIKELY_FACTOR = 1.5;
/** Noise of a mean square [rad²/s²]. */
const NOISE = 0.003;
/** What k and b are drawn to, by how much: without a fit to no trim, with one to its own. */
const NO_GAIN = 2e-5;
const NO_TRIM = 0.08;
const FITTED_GAIN = 0.05;
const FITTED_TRIM = 2;
/** Columns of sums: a a, a b, b b, a w, b w, with a = v u, b = v. */
const SUMS = 5;

export class AnswerDelay {
  /** the delay of a late measurement that explains the last time best [s] */
  delay = 0;
  /** for how long it has surely been late, and is likely to be [s] */
  sureFor = 0;
  likelyFor = 0;

  readonly #period: number;
  readonly #delays: number;
  /** steering as a servo with each lag has it: rings of delays + 1 */
  readonly #steering: Float64Array;
  readonly #lagged = new Float64Array(LAGS.length);
  #count = 0;
  /** of each lag and delay, and the sums that all of them have: w w, seconds */
  readonly #sums: Float64Array;
  #square = 0;
  #seconds = 0;
  /** the best gain of the delay that was looked at last [1/m] */
  #gain = 0;

  /** `period`: between two control steps [s]. */
  constructor(period: number) {
    this.#period = period;
    this.#delays = 1 + Math.round(LONGEST / period);
    this.#steering = new Float64Array(LAGS.length * this.#delays);
    this.#sums = new Float64Array(LAGS.length * this.#delays * SUMS);
  }

  reset(): void {
    this.delay = 0;
    this.sureFor = 0;
    this.likelyFor = 0;
    this.#steering.fill(0);
    this.#lagged.fill(0);
    this.#count = 0;
    this.#sums.fill(0);
    this.#square = 0;
    this.#seconds = 0;
  }

  /** Keeps the steering of a command. */
  remember(steering: number): void {
    const at = this.#count % this.#delays;
    for (let lag = 0; lag < LAGS.length; lag++) {
      this.#lagged[lag] += (this.#period / (LAGS[lag] + this.#period)) * (steering - this.#lagged[lag]);
      this.#steering[lag * this.#delays + at] = this.#lagged[lag];
    }
    this.#count++;
  }

  /**
   * A reading of `seconds` at speed `v` [m/s] and yaw rate `w` [rad/s]. `gain`, `trim`, `delay` [s]: k and b of the
   * car's fit, NaN without one, and its delay.
   */
  take(v: number, w: number, seconds: number, gain: number, trim: number, delay: number): void {
    const kept = Math.exp(-seconds / OVER);
    this.#square = kept * this.#square + seconds * w * w;
    this.#seconds = kept * this.#seconds + seconds;
    const isFitted = !Number.isNaN(gain);
    const gainWeight = isFitted ? FITTED_GAIN * this.#seconds : NO_GAIN;
    const trimWeight = isFitted ? FITTED_TRIM * this.#seconds : NO_TRIM;
    const gainBefore = isFitted ? gain : 0;
    const trimBefore = isFitted ? trim : 0;
    const honestMost = isFitted ? Math.min(HONEST, delay + HONEST_MORE) : HONEST;
    const lateFrom = isFitted ? Math.min(LATE, delay + LATE_MORE) : LATE;
    let honest = Number.POSITIVE_INFINITY;
    let late = Number.POSITIVE_INFINITY;
    for (let lag = 0; lag < LAGS.length; lag++) {
      for (let d = 0; d < this.#delays; d++) {
        const at = (lag * this.#delays + d) * SUMS;
        this.#sum(at, kept, v, w, seconds, this.#steeringAt(lag, d));
        const error = this.#errorOf(at, gainWeight, gainBefore, trimWeight, trimBefore);
        const time = d * this.#period;
        if (time + OF_LAG * LAGS[lag] <= honestMost && error < honest) honest = error;
        if (time >= lateFrom && this.#gain > 0 && error < late) {
          late = error;
          this.delay = time;
        }
      }
    }
    const more = this.#seconds > LEAST ? (honest - late) / this.#seconds : 0;
    const factor = (honest / this.#seconds + NOISE) / (Math.max(0, late / this.#seconds) + NOISE);
    this.sureFor = more > SURE * SURE && factor > SURE_FACTOR ? this.sureFor + seconds : 0;
    this.likelyFor = more > LIKELY * LIKELY && factor > LIKELY_FACTOR ? this.likelyFor + seconds : 0;
  }

  /** The steering that acts on the last reading after `delay` control steps; zero before the drive. */
  #steeringAt(lag: number, delay: number): number {
    const back = this.#count - 1 - delay;
    return back < 0 ? 0 : this.#steering[lag * this.#delays + (back % this.#delays)];
  }

  #sum(at: number, kept: number, v: number, w: number, seconds: number, steering: number): void {
    const sums = this.#sums;
    const a = v * steering;
    sums[at] = kept * sums[at] + seconds * a * a;
    sums[at + 1] = kept * sums[at + 1] + seconds * a * v;
    sums[at + 2] = kept * sums[at + 2] + seconds * v * v;
    sums[at + 3] = kept * sums[at + 3] + seconds * a * w;
    sums[at + 4] = kept * sums[at + 4] + seconds * v * w;
  }

  /** Sum of squares that the best k and b leave; keeps k, which is negative where something is reversed. */
  #errorOf(at: number, gainWeight: number, gain: number, trimWeight: number, trim: number): number {
    const sums = this.#sums;
    const aa = sums[at];
    const ab = sums[at + 1];
    const bb = sums[at + 2];
    const aw = sums[at + 3];
    const bw = sums[at + 4];
    const determinant = (aa + gainWeight) * (bb + trimWeight) - ab * ab;
    const right = aw + gainWeight * gain;
    const below = bw + trimWeight * trim;
    const k = (right * (bb + trimWeight) - below * ab) / determinant;
    const b = (below * (aa + gainWeight) - right * ab) / determinant;
    this.#gain = k;
    return this.#square - 2 * (k * aw + b * bw) + k * k * aa + 2 * k * b * ab + b * b * bb;
  }
}
