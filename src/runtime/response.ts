/**
 * How a car answers its commands by the model that was fitted to its driving (docs/equations.md, section 27), and by
 * how much what it measures differs from that. Numbers in fields and arrays, nothing is allocated after construction.
 */
import { CAR_KNOWN, type CarModel, MOST_TAKEN } from "../identification/car-fit.js";

/** The car model's parameters in the order of {@link Response.model}, then the delays and {@link ResponseError}. */
const PARAMETERS = Object.keys(CAR_KNOWN) as (keyof typeof CAR_KNOWN)[];
const [C_A, C_D, C_W, C_B, C_0, C_1, C_3, GRIP, C_G] = PARAMETERS.keys();
const DELAYS = PARAMETERS.length;
const ERRORS = DELAYS + 2;
/** Numbers in a row that describes a response. */
export const RESPONSE_SIZE = ERRORS + 2;

/** Part of the modelled yaw rate that it may be wrong by; half as much again where the tyres slide. */
const TURN_PART = 0.2;
/** Time over which the residuals of yaw rate and acceleration are averaged [s]. */
const TURN_AVERAGED = 0.2;
const PULL_AVERAGED = 0.6;

/** A fit as a row of numbers; `errors`: root mean squares of the residuals over what it was fitted to. */
export function responseRow({ parameters, delays }: CarModel, turnError: number, speedError: number): Float64Array {
  return Float64Array.of(...PARAMETERS.map((name) => parameters[name]), ...delays, turnError, speedError);
}

export class Response {
  /** RESPONSE_SIZE; the first gain is NaN as long as nothing was fitted */
  readonly model = new Float64Array(RESPONSE_SIZE).fill(Number.NaN);
  /** measured less modelled yaw rate, averaged [rad/s] */
  turn = 0;
  /** measured less modelled acceleration, averaged, times the time of averaging [m/s] */
  speed = 0;
  /** what of the modelled yaw rate may be otherwise, and the amount of it, averaged [rad/s] */
  turnRoom = 0;
  turnSize = 0;

  reset(): void {
    this.turn = 0;
    this.speed = 0;
    this.turnRoom = 0;
    this.turnSize = 0;
  }

  get isFitted(): boolean {
    return !Number.isNaN(this.model[0]);
  }
  /** k [1/m] and b [1/m] of v (k u - b); NaN as long as nothing was fitted */
  get steeringGain(): number {
    return this.model[C_W];
  }
  get steeringBias(): number {
    return this.model[C_B];
  }
  get throttleDelay(): number {
    return this.model[DELAYS];
  }
  get steeringDelay(): number {
    return this.model[DELAYS + 1];
  }
  get turnError(): number {
    return this.model[ERRORS];
  }
  get speedError(): number {
    return this.model[ERRORS + 1];
  }
  /** 1 / a_max of the fit [s²/m]; 0: no limit of grip was found */
  get inverseGrip(): number {
    return this.model[GRIP];
  }

  /**
   * One step of `seconds` from speed `v` to `next` [m/s] with yaw rate `w` [rad/s], under the commands that act by
   * then.
   */
  step(v: number, next: number, w: number, seconds: number, throttle: number, steering: number): void {
    const c = this.model;
    const linear = v * (c[C_W] * steering - c[C_B]);
    const taken = Math.min(MOST_TAKEN, c[C_G] * throttle * throttle);
    const q = (v * linear * c[GRIP]) / Math.sqrt(1 - taken);
    const q4 = q * q * q * q;
    const turn = linear / Math.sqrt(Math.sqrt(1 + q4));
    const pull = c[C_A] * throttle + c[C_0] - c[C_1] * v - c[C_D] * v * v - c[C_3] * Math.abs(v * w);
    const part = seconds / (TURN_AVERAGED + seconds);
    this.turn += part * (w - turn - this.turn);
    this.turnRoom += part * (TURN_PART * (1 + (0.5 * q4) / (1 + q4)) * Math.abs(turn) - this.turnRoom);
    this.turnSize += part * (Math.abs(turn) - this.turnSize);
    this.speed += next - v - seconds * pull;
    this.speed -= (seconds / (PULL_AVERAGED + seconds)) * this.speed;
  }
}
