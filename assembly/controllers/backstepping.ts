import { atan2, cosine, sincos, sine } from "../math/trig";
import { Controller } from "./controller";
import {
  ACROSS, ALONG, alongTangent, clamp, feedForwardTranspose, HEADING_ERROR, headingAdjoint, headingTangent, HX, HY, KNOWN, NX, NY, OWN, PER_REFERENCE,
  PER_SPEED, speedTangent, STANDSTILL, turnOf, turnTangent, wxAdjoint, wyAdjoint,
} from "./planar-tracking";

/** Parameters of {@link Backstepping}. */
export enum BacksteppingParameter {
  /** largest absolute throttle */
  throttleLimit,
  /** largest absolute steering */
  steeringLimit,
  count,
}

/** Own places on the tape: position error (2), |w| - v, throttle free, steering free. */
const EX: usize = OWN;
const EY: usize = OWN + 8;
const SPEED_ERROR: usize = OWN + 16;
const THROTTLE_FREE: usize = OWN + 24;
const STEERING_FREE: usize = OWN + 32;

/**
 * Backstepping tracking controller of the car [W23 sec. 7, ref. 20]. Reference: x, y, xdot, ydot, xddot, yddot; gains: k_x,
 * k_y, k_v, k_phi, k_a, k_omega.
 *   w = (xdot_d + k_x (x_d - x), ydot_d + k_y (y_d - y))                   commanded velocity
 *   throttle = k_a a_d + k_v (|w| - v)                                     a_d, w_d: acceleration along the reference's own
 *   steering = k_omega w_d + k_phi e,   e = angle of w - phi in [-pi, pi]  direction h, and its turn rate
 * A clamped output has derivative 0. At |w| = 0 the heading error is held at 0, at zero reference speed a_d and w_d are 0.
 */
export class Backstepping extends Controller {
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
    return BacksteppingParameter.count;
  }
  tapeSize(): i32 {
    return 15;
  }

  /** Tape: that of planar-tracking.ts and the places above. */
  // @ts-ignore: decorator
  @inline
  act(parameters: usize, x: usize, reference: usize, gains: usize, u: usize, tape: usize): void {
    const v = load<f64>(x, 16);
    sincos(load<f64>(x, 24));
    const ex = load<f64>(reference) - load<f64>(x);
    const ey = load<f64>(reference, 8) - load<f64>(x, 8);
    const rvx = load<f64>(reference, 16);
    const rvy = load<f64>(reference, 24);
    const wx = rvx + load<f64>(gains) * ex;
    const wy = rvy + load<f64>(gains, 8) * ey;
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
    const throttle = load<f64>(gains, 32) * along + load<f64>(gains, 16) * (speed - v);
    const steering = load<f64>(gains, 40) * (across * perReference) + load<f64>(gains, 24) * e;
    const throttleLimit = load<f64>(parameters);
    const steeringLimit = load<f64>(parameters, 8);
    store<f64>(u, clamp(throttle, throttleLimit));
    store<f64>(u, clamp(steering, steeringLimit), 8);
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
    store<f64>(tape, speed - v, SPEED_ERROR);
    store<f64>(tape, Math.abs(throttle) <= throttleLimit ? 1.0 : 0.0, THROTTLE_FREE);
    store<f64>(tape, Math.abs(steering) <= steeringLimit ? 1.0 : 0.0, STEERING_FREE);
  }

  tangent(tape: usize, gains: usize, dx: usize, dReference: usize, dGains: usize, du: usize): void {
    // dw = d(rv) + k (d(reference position) - dx) + (position error) dk
    const dwx =
      load<f64>(dReference, 16) + load<f64>(gains) * (load<f64>(dReference) - load<f64>(dx)) + load<f64>(tape, EX) * load<f64>(dGains);
    const dwy =
      load<f64>(dReference, 24) + load<f64>(gains, 8) * (load<f64>(dReference, 8) - load<f64>(dx, 8)) +
      load<f64>(tape, EY) * load<f64>(dGains, 8);
    store<f64>(
      du,
      load<f64>(tape, THROTTLE_FREE) *
        (load<f64>(tape, ALONG) * load<f64>(dGains, 32) + load<f64>(gains, 32) * alongTangent(tape, dReference) +
          load<f64>(tape, SPEED_ERROR) * load<f64>(dGains, 16) +
          load<f64>(gains, 16) * (speedTangent(tape, dwx, dwy) - load<f64>(dx, 16))),
    );
    store<f64>(
      du,
      load<f64>(tape, STEERING_FREE) *
        (turnOf(tape) * load<f64>(dGains, 40) + load<f64>(gains, 40) * turnTangent(tape, dReference) +
          load<f64>(tape, HEADING_ERROR) * load<f64>(dGains, 24) +
          load<f64>(gains, 24) * headingTangent(tape, dwx, dwy, load<f64>(dx, 24))),
      8,
    );
  }

  transpose(tape: usize, gains: usize, pu: usize, px: usize, pReference: usize, pGains: usize): void {
    const pThrottle = load<f64>(tape, THROTTLE_FREE) * load<f64>(pu);
    const pSteering = load<f64>(tape, STEERING_FREE) * load<f64>(pu, 8);
    const pSpeed = load<f64>(gains, 16) * pThrottle;
    const pe = load<f64>(gains, 24) * pSteering;
    const pwx = wxAdjoint(tape, pSpeed, pe);
    const pwy = wyAdjoint(tape, pSpeed, pe);
    const pPositionX = load<f64>(gains) * pwx;
    const pPositionY = load<f64>(gains, 8) * pwy;
    store<f64>(px, load<f64>(px) - pPositionX);
    store<f64>(px, load<f64>(px, 8) - pPositionY, 8);
    store<f64>(px, load<f64>(px, 16) - pSpeed, 16);
    store<f64>(px, load<f64>(px, 24) - headingAdjoint(tape, pe), 24);
    feedForwardTranspose(
      tape, load<f64>(gains, 32) * pThrottle, load<f64>(gains, 40) * pSteering, pPositionX, pPositionY, pwx, pwy, pReference,
    );
    store<f64>(pGains, load<f64>(pGains) + load<f64>(tape, EX) * pwx);
    store<f64>(pGains, load<f64>(pGains, 8) + load<f64>(tape, EY) * pwy, 8);
    store<f64>(pGains, load<f64>(pGains, 16) + load<f64>(tape, SPEED_ERROR) * pThrottle, 16);
    store<f64>(pGains, load<f64>(pGains, 24) + load<f64>(tape, HEADING_ERROR) * pSteering, 24);
    store<f64>(pGains, load<f64>(pGains, 32) + load<f64>(tape, ALONG) * pThrottle, 32);
    store<f64>(pGains, load<f64>(pGains, 40) + turnOf(tape) * pSteering, 40);
  }
}

/** @part backstepping BacksteppingParameter */
export const backstepping = new Backstepping();
