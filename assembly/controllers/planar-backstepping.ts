import { atan2, cosine, sincos, sine } from "../math/trig";
import { Controller } from "./controller";
import {
  ACROSS, ALONG, clamp, feedForwardTranspose, HEADING_ERROR, headingAdjoint, headingTangent, HX, HY, KNOWN, NX, NY, OWN, PER_REFERENCE, PER_SPEED,
  speedTangent, STANDSTILL, turnOf, turnTangent, wxAdjoint, wyAdjoint,
} from "./planar-tracking";

/** Parameters of {@link PlanarBackstepping}. */
export enum PlanarBacksteppingParameter {
  /** largest absolute speed [m/s] */
  speedLimit,
  /** largest absolute turn rate [rad/s] */
  turnLimit,
  count,
}

/** Own places on the tape: position error (2), reference velocity (2), speed free, turn rate free. */
const EX: usize = OWN;
const EY: usize = OWN + 8;
const RVX: usize = OWN + 16;
const RVY: usize = OWN + 24;
const SPEED_FREE: usize = OWN + 32;
const TURN_FREE: usize = OWN + 40;

/**
 * Backstepping for a robot that takes speed and turn rate (the authors' Go1). State: x, y, v, phi; reference: x, y, xdot, ydot,
 * xddot, yddot; gains: k_x, k_y, k_vx, k_phi, k_vy, k_omega.
 *   w = (k_x (x_d - x) + k_vx xdot_d, k_y (y_d - y) + k_vy ydot_d)         commanded velocity
 *   speed = |w|                                                            w_d: turn rate of the reference
 *   turn rate = k_phi e + k_omega w_d,   e = angle of w - phi in [-pi, pi]
 * A clamped output has derivative 0. At |w| = 0 the heading error is held at 0, at zero reference speed w_d is 0.
 */
export class PlanarBackstepping extends Controller {
  stateSize(): i32 {
    return 4;
  }
  inputSize(): i32 {
    return 2;
  }
  referenceSize(): i32 {
    return 6;
  }
  gainSize(): i32 {
    return 6;
  }
  parameterCount(): i32 {
    return PlanarBacksteppingParameter.count;
  }
  tapeSize(): i32 {
    return 16;
  }

  /** Tape: that of planar-tracking.ts and the places above. */
  act(parameters: usize, x: usize, reference: usize, gains: usize, u: usize, tape: usize): void {
    sincos(load<f64>(x, 24));
    const ex = load<f64>(reference) - load<f64>(x);
    const ey = load<f64>(reference, 8) - load<f64>(x, 8);
    const rvx = load<f64>(reference, 16);
    const rvy = load<f64>(reference, 24);
    const wx = load<f64>(gains) * ex + load<f64>(gains, 16) * rvx;
    const wy = load<f64>(gains, 8) * ey + load<f64>(gains, 32) * rvy;
    const speed = Math.sqrt(wx * wx + wy * wy);
    let perSpeed: f64 = 0.0;
    let known: f64 = 0.0;
    let e: f64 = 0.0;
    if (speed > STANDSTILL) {
      perSpeed = 1.0 / speed;
      known = 1.0;
      e = atan2(wy * cosine - wx * sine, wx * cosine + wy * sine);
    }
    const referenceSpeed = Math.sqrt(rvx * rvx + rvy * rvy);
    let hx: f64 = 0.0;
    let hy: f64 = 0.0;
    let perReference: f64 = 0.0;
    let along: f64 = 0.0;
    let across: f64 = 0.0;
    if (referenceSpeed > STANDSTILL) {
      const ax = load<f64>(reference, 32);
      const ay = load<f64>(reference, 40);
      perReference = 1.0 / referenceSpeed;
      hx = rvx * perReference;
      hy = rvy * perReference;
      along = hx * ax + hy * ay;
      across = hx * ay - hy * ax;
    }
    const turn = load<f64>(gains, 40) * (across * perReference) + load<f64>(gains, 24) * e;
    const speedLimit = load<f64>(parameters);
    const turnLimit = load<f64>(parameters, 8);
    store<f64>(u, clamp(speed, speedLimit));
    store<f64>(u, clamp(turn, turnLimit), 8);
    store<f64>(tape, wx * perSpeed, NX);
    store<f64>(tape, wy * perSpeed, NY);
    store<f64>(tape, perSpeed, PER_SPEED);
    store<f64>(tape, known, KNOWN);
    store<f64>(tape, e, HEADING_ERROR);
    store<f64>(tape, along, ALONG);
    store<f64>(tape, across, ACROSS);
    store<f64>(tape, hx, HX);
    store<f64>(tape, hy, HY);
    store<f64>(tape, perReference, PER_REFERENCE);
    store<f64>(tape, ex, EX);
    store<f64>(tape, ey, EY);
    store<f64>(tape, rvx, RVX);
    store<f64>(tape, rvy, RVY);
    store<f64>(tape, speed <= speedLimit ? 1.0 : 0.0, SPEED_FREE);
    store<f64>(tape, Math.abs(turn) <= turnLimit ? 1.0 : 0.0, TURN_FREE);
  }

  tangent(tape: usize, gains: usize, dx: usize, dReference: usize, dGains: usize, du: usize): void {
    // dw = k (d(reference position) - dx) + (position error) dk + k_v d(rv) + rv dk_v
    const dwx =
      load<f64>(gains) * (load<f64>(dReference) - load<f64>(dx)) + load<f64>(tape, EX) * load<f64>(dGains) +
      load<f64>(gains, 16) * load<f64>(dReference, 16) + load<f64>(tape, RVX) * load<f64>(dGains, 16);
    const dwy =
      load<f64>(gains, 8) * (load<f64>(dReference, 8) - load<f64>(dx, 8)) + load<f64>(tape, EY) * load<f64>(dGains, 8) +
      load<f64>(gains, 32) * load<f64>(dReference, 24) + load<f64>(tape, RVY) * load<f64>(dGains, 32);
    store<f64>(du, load<f64>(tape, SPEED_FREE) * speedTangent(tape, dwx, dwy));
    store<f64>(
      du,
      load<f64>(tape, TURN_FREE) *
        (turnOf(tape) * load<f64>(dGains, 40) + load<f64>(gains, 40) * turnTangent(tape, dReference) +
          load<f64>(tape, HEADING_ERROR) * load<f64>(dGains, 24) +
          load<f64>(gains, 24) * headingTangent(tape, dwx, dwy, load<f64>(dx, 24))),
      8,
    );
  }

  transpose(tape: usize, gains: usize, pu: usize, px: usize, pReference: usize, pGains: usize): void {
    const pSpeed = load<f64>(tape, SPEED_FREE) * load<f64>(pu);
    const pTurnRate = load<f64>(tape, TURN_FREE) * load<f64>(pu, 8);
    const pe = load<f64>(gains, 24) * pTurnRate;
    const pwx = wxAdjoint(tape, pSpeed, pe);
    const pwy = wyAdjoint(tape, pSpeed, pe);
    const pPositionX = load<f64>(gains) * pwx;
    const pPositionY = load<f64>(gains, 8) * pwy;
    store<f64>(px, load<f64>(px) - pPositionX);
    store<f64>(px, load<f64>(px, 8) - pPositionY, 8);
    store<f64>(px, load<f64>(px, 24) - headingAdjoint(tape, pe), 24);
    feedForwardTranspose(
      tape, 0.0, load<f64>(gains, 40) * pTurnRate, pPositionX, pPositionY, load<f64>(gains, 16) * pwx, load<f64>(gains, 32) * pwy, pReference,
    );
    store<f64>(pGains, load<f64>(pGains) + load<f64>(tape, EX) * pwx);
    store<f64>(pGains, load<f64>(pGains, 8) + load<f64>(tape, EY) * pwy, 8);
    store<f64>(pGains, load<f64>(pGains, 16) + load<f64>(tape, RVX) * pwx, 16);
    store<f64>(pGains, load<f64>(pGains, 24) + load<f64>(tape, HEADING_ERROR) * pTurnRate, 24);
    store<f64>(pGains, load<f64>(pGains, 32) + load<f64>(tape, RVY) * pwy, 32);
    store<f64>(pGains, load<f64>(pGains, 40) + turnOf(tape) * pTurnRate, 40);
  }
}

/** @part planarBackstepping PlanarBacksteppingParameter */
export const planarBackstepping = new PlanarBackstepping();
