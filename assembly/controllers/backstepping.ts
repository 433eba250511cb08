import { atan2, cosine, sincos, sine } from "../math/trig";
import { Controller } from "./controller";

/** Parameters of {@link Backstepping}. */
export enum BacksteppingParameter {
  /** largest absolute throttle */
  throttleLimit,
  /** largest absolute steering */
  steeringLimit,
  count,
}

/** Below this speed [m/s] a direction is undefined. */
const STANDSTILL: f64 = 1e-9;

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

  /** Tape: w/|w| (2), 1/|w|, heading known, position error (2), |w| - v, e, a_d, v_r w_d, h (2), 1/v_r, throttle free, steering free. */
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
    store<f64>(tape, wx * perSpeed);
    store<f64>(tape, wy * perSpeed, 8);
    store<f64>(tape, perSpeed, 16);
    store<f64>(tape, known, 24);
    store<f64>(tape, ex, 32);
    store<f64>(tape, ey, 40);
    store<f64>(tape, speed - v, 48);
    store<f64>(tape, e, 56);
    store<f64>(tape, along, 64);
    store<f64>(tape, across, 72);
    store<f64>(tape, hx, 80);
    store<f64>(tape, hy, 88);
    store<f64>(tape, perReference, 96);
    store<f64>(tape, Math.abs(throttle) <= throttleLimit ? 1.0 : 0.0, 104);
    store<f64>(tape, Math.abs(steering) <= steeringLimit ? 1.0 : 0.0, 112);
  }

  tangent(tape: usize, gains: usize, dx: usize, dReference: usize, dGains: usize, du: usize): void {
    const nx = load<f64>(tape);
    const ny = load<f64>(tape, 8);
    const along = load<f64>(tape, 64);
    const across = load<f64>(tape, 72);
    const hx = load<f64>(tape, 80);
    const hy = load<f64>(tape, 88);
    const perReference = load<f64>(tape, 96);
    const turn = across * perReference;
    const drvx = load<f64>(dReference, 16);
    const drvy = load<f64>(dReference, 24);
    const dax = load<f64>(dReference, 32);
    const day = load<f64>(dReference, 40);
    // dw = d(rv) + k (d(reference position) - dx) + (position error) dk
    const dwx = drvx + load<f64>(gains) * (load<f64>(dReference) - load<f64>(dx)) + load<f64>(tape, 32) * load<f64>(dGains);
    const dwy =
      drvy + load<f64>(gains, 8) * (load<f64>(dReference, 8) - load<f64>(dx, 8)) + load<f64>(tape, 40) * load<f64>(dGains, 8);
    const dSpeed = nx * dwx + ny * dwy;
    const de = load<f64>(tape, 16) * (nx * dwy - ny * dwx) - load<f64>(tape, 24) * load<f64>(dx, 24);
    // the reference's direction h turns by dTheta, its speed changes by dv_r
    const dTheta = perReference * (hx * drvy - hy * drvx);
    const dvr = hx * drvx + hy * drvy;
    const dAlong = hx * dax + hy * day + across * dTheta;
    const dTurn = perReference * (hx * day - hy * dax - along * dTheta - turn * dvr);
    store<f64>(
      du,
      load<f64>(tape, 104) *
        (along * load<f64>(dGains, 32) + load<f64>(gains, 32) * dAlong + load<f64>(tape, 48) * load<f64>(dGains, 16) +
          load<f64>(gains, 16) * (dSpeed - load<f64>(dx, 16))),
    );
    store<f64>(
      du,
      load<f64>(tape, 112) *
        (turn * load<f64>(dGains, 40) + load<f64>(gains, 40) * dTurn + load<f64>(tape, 56) * load<f64>(dGains, 24) +
          load<f64>(gains, 24) * de),
      8,
    );
  }

  transpose(tape: usize, gains: usize, pu: usize, px: usize, pReference: usize, pGains: usize): void {
    const nx = load<f64>(tape);
    const ny = load<f64>(tape, 8);
    const along = load<f64>(tape, 64);
    const across = load<f64>(tape, 72);
    const hx = load<f64>(tape, 80);
    const hy = load<f64>(tape, 88);
    const perReference = load<f64>(tape, 96);
    const turn = across * perReference;
    const pThrottle = load<f64>(tape, 104) * load<f64>(pu);
    const pSteering = load<f64>(tape, 112) * load<f64>(pu, 8);
    const pSpeed = load<f64>(gains, 16) * pThrottle;
    const pe = load<f64>(gains, 24) * pSteering;
    const pAlong = load<f64>(gains, 32) * pThrottle;
    const pTurn = load<f64>(gains, 40) * pSteering * perReference;
    const pAngle = load<f64>(tape, 16) * pe;
    const pwx = nx * pSpeed - ny * pAngle;
    const pwy = ny * pSpeed + nx * pAngle;
    const pPositionX = load<f64>(gains) * pwx;
    const pPositionY = load<f64>(gains, 8) * pwy;
    const pTheta = perReference * (across * pAlong - along * pTurn);
    const pvr = -turn * pTurn;
    store<f64>(px, load<f64>(px) - pPositionX);
    store<f64>(px, load<f64>(px, 8) - pPositionY, 8);
    store<f64>(px, load<f64>(px, 16) - pSpeed, 16);
    store<f64>(px, load<f64>(px, 24) - load<f64>(tape, 24) * pe, 24);
    store<f64>(pReference, pPositionX);
    store<f64>(pReference, pPositionY, 8);
    store<f64>(pReference, pwx - hy * pTheta + hx * pvr, 16);
    store<f64>(pReference, pwy + hx * pTheta + hy * pvr, 24);
    store<f64>(pReference, hx * pAlong - hy * pTurn, 32);
    store<f64>(pReference, hy * pAlong + hx * pTurn, 40);
    store<f64>(pGains, load<f64>(pGains) + load<f64>(tape, 32) * pwx);
    store<f64>(pGains, load<f64>(pGains, 8) + load<f64>(tape, 40) * pwy, 8);
    store<f64>(pGains, load<f64>(pGains, 16) + load<f64>(tape, 48) * pThrottle, 16);
    store<f64>(pGains, load<f64>(pGains, 24) + load<f64>(tape, 56) * pSteering, 24);
    store<f64>(pGains, load<f64>(pGains, 32) + along * pThrottle, 32);
    store<f64>(pGains, load<f64>(pGains, 40) + turn * pSteering, 40);
  }
}

/** NaN stays NaN. */
// @ts-ignore: decorator
@inline
function clamp(value: f64, limit: f64): f64 {
  return value > limit ? limit : value < -limit ? -limit : value;
}
