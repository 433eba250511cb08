/** Where a car is by its wheels and its gyro, and how sure that is; docs/equations.md, section 26. */
import { PlanarState } from "../tasks/planar.js";

/**
 * Standard deviations that grow with the distance: a wheel that slips and is not quite round [m per √m], a gyro whose
 * scale and bias are not quite right [rad per √m, rad per √s].
 */
const ALONG = 0.02;
const TURN_BY_DISTANCE = 0.005;
const TURN_BY_TIME = 0.002;

/** What a car moved; an object that is kept, since numbers that are handed over may have to be allocated. */
export interface Increment {
  /** forward [m] */
  readonly distance: number;
  /** to the left [rad] */
  readonly turn: number;
  readonly seconds: number;
}

/** x, y [m], v [m/s], phi [rad] from increments of distance and heading, with the covariance of x, y, phi. */
export class DeadReckoning {
  x = 0;
  y = 0;
  v = 0;
  phi = 0;
  /** yaw rate [rad/s] */
  rate = 0;
  /**
   * standard deviation of the position along its least certain direction [m]: root of the larger eigenvalue of the
   * covariance
   */
  uncertainty = 0;
  // covariance of (x, y, phi), its upper triangle
  #xx = 0;
  #xy = 0;
  #xp = 0;
  #yy = 0;
  #yp = 0;
  #pp = 0;

  /** Begins at a pose that is known. */
  place(x: number, y: number, phi: number): void {
    this.x = x;
    this.y = y;
    this.phi = phi;
    this.#xx = 0;
    this.#xy = 0;
    this.#xp = 0;
    this.#yy = 0;
    this.#yp = 0;
    this.#pp = 0;
    this.uncertainty = 0;
  }

  /** Moves on along the chord of an arc. */
  advance({ distance, turn, seconds }: Increment): void {
    const middle = this.phi + 0.5 * turn;
    const cos = Math.cos(middle);
    const sin = Math.sin(middle);
    // P <- F P F' + Q with F = [1 0 -distance sin; 0 1 distance cos; 0 0 1]
    const a = -distance * sin;
    const b = distance * cos;
    this.#xx += 2 * a * this.#xp + a * a * this.#pp;
    this.#xy += a * this.#yp + b * this.#xp + a * b * this.#pp;
    this.#yy += 2 * b * this.#yp + b * b * this.#pp;
    this.#xp += a * this.#pp;
    this.#yp += b * this.#pp;
    const along = ALONG * ALONG * Math.abs(distance);
    this.#xx += along * cos * cos;
    this.#xy += along * cos * sin;
    this.#yy += along * sin * sin;
    this.#pp += TURN_BY_DISTANCE * TURN_BY_DISTANCE * Math.abs(distance) + TURN_BY_TIME * TURN_BY_TIME * seconds;
    this.x += distance * cos;
    this.y += distance * sin;
    this.phi += turn;
    const mean = 0.5 * (this.#xx + this.#yy);
    const half = 0.5 * (this.#xx - this.#yy);
    this.uncertainty = Math.sqrt(mean + Math.sqrt(half * half + this.#xy * this.#xy));
  }

  /** The state (x, y, v, phi) `seconds` later, at the same speed and yaw rate. */
  predict(seconds: number, state: Float64Array): void {
    const turn = this.rate * seconds;
    const middle = this.phi + 0.5 * turn;
    state[PlanarState.x] = this.x + this.v * seconds * Math.cos(middle);
    state[PlanarState.y] = this.y + this.v * seconds * Math.sin(middle);
    state[PlanarState.v] = this.v;
    state[PlanarState.phi] = this.phi + turn;
  }
}
