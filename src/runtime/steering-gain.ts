/**
 * Yaw rate per speed and steering of a car that is not fitted yet, as it was while its steering was steady, and what it
 * may be then (docs/equations.md, section 27). Numbers in fields, nothing is allocated after construction.
 */
import type { Commands } from "./commands.js";

/** Steering that is steady: the least of the last time is more than this part of the most, and more than this. */
const STEADY = 0.7;
const STEERED = 0.04;
/** Driving by it that is needed, and over which it is averaged [s]. */
const LEAST = 0.3;
const OVER = 4;

export class SteeringGain {
  /** [1/m]; NaN as long as too little is known */
  value = Number.NaN;
  /** v times the most and the least steering of the last time [m/s] */
  most = 0;
  least = 0;

  readonly #commands: Commands;
  #rates = 0;
  #inputs = 0;
  #seconds = 0;

  constructor(commands: Commands) {
    this.#commands = commands;
  }

  reset(): void {
    this.value = Number.NaN;
    this.most = 0;
    this.least = 0;
    this.#rates = 0;
    this.#inputs = 0;
    this.#seconds = 0;
  }

  /** A reading of `seconds` at speed `v` [m/s] and yaw rate `w` by a gyro [rad/s], NaN without one. */
  take(v: number, w: number, seconds: number): void {
    const most = this.#commands.most(1);
    const least = this.#commands.least(1);
    this.most = Math.abs(v) * most;
    this.least = Math.abs(v) * least;
    if (Number.isNaN(w) || least < STEERED || least < STEADY * most) return;
    const kept = Math.exp(-seconds / OVER);
    this.#rates = kept * this.#rates + seconds * Math.abs(w);
    this.#inputs = kept * this.#inputs + seconds * 0.5 * (this.most + this.least);
    this.#seconds = kept * this.#seconds + seconds;
    if (this.#seconds > LEAST) this.value = this.#rates / this.#inputs;
  }
}
