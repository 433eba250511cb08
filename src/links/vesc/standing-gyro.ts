/** What a gyro measures of a car that stands: its bias, and whether it measures at all (V2). */
import { MOST_BIAS } from "../serial/limits.js";

/** Samples that count together; 1.3 s at 50 Hz. */
const SAMPLES = 64;

export class StandingGyro {
  /** mean of the last samples that count together [rad/s]; NaN before the first */
  bias = Number.NaN;
  /** their highest less their lowest [rad/s] */
  spread = Number.NaN;
  #count = 0;
  #sum = 0;
  #low = Number.POSITIVE_INFINITY;
  #high = Number.NEGATIVE_INFINITY;

  /** Another gyro, or one that started anew. */
  forget(): void {
    this.bias = Number.NaN;
    this.spread = Number.NaN;
    this.interrupt();
  }

  /** The car moves: samples of before and after do not count together. */
  interrupt(): void {
    this.#count = 0;
    this.#sum = 0;
    this.#low = Number.POSITIVE_INFINITY;
    this.#high = Number.NEGATIVE_INFINITY;
  }

  /**
   * Takes a sample of a car whose wheels stand [rad/s]. `mayBeTurned`: by somebody's hand, so that a mean far from the
   * bias that is known tells of that hand.
   */
  take(rate: number, mayBeTurned: boolean): void {
    this.#count++;
    this.#sum += rate;
    this.#low = Math.min(this.#low, rate);
    this.#high = Math.max(this.#high, rate);
    if (this.#count < SAMPLES) return;
    const mean = this.#sum / SAMPLES;
    if (!(mayBeTurned && Math.abs(mean - this.bias) > MOST_BIAS)) this.bias = mean;
    this.spread = this.#high - this.#low;
    this.interrupt();
  }
}
