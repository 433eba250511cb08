import { atan2, cosine, sincos, sine } from "../math/trig";
import { CarInput, PlanarReference, PlanarState } from "../models/planar";
import { Controller } from "./controller";
import {
  alongTangent,
  clamp,
  feedForwardTranspose,
  headingAdjoint,
  headingTangent,
  speedTangent,
  STANDSTILL,
  TrackingTape,
  turnOf,
  turnTangent,
  wxAdjoint,
  wyAdjoint,
} from "./planar-tracking";

/** Parameters of {@link Backstepping}. */
export enum BacksteppingParameter {
  /** largest absolute throttle */
  throttleLimit,
  /** largest absolute steering */
  steeringLimit,
  count,
}

/** Gains, in the order of the network's outputs. */
const enum BacksteppingGain {
  /** of the position errors [1/s] */
  kx,
  ky,
  /** throttle per speed error [s/m] */
  kv,
  /** steering per heading error [1/rad] */
  kphi,
  /** throttle per acceleration of the reference [s^2/m] */
  ka,
  /** steering per turn rate of the reference [s/rad] */
  komega,
  count,
}

/** The tape goes on behind {@link TrackingTape}. */
const enum BacksteppingTape {
  /** position error [m] */
  ex = TrackingTape.count,
  ey,
  /** |w| - v [m/s] */
  speedError,
  /** 1: not clamped; 0: clamped */
  throttleFree,
  steeringFree,
  count,
}

/**
 * Backstepping tracking controller of the car [W23 sec. 7, ref. 20]. Reference: x, y, xdot, ydot, xddot, yddot; gains:
 * k_x, k_y, k_v, k_phi, k_a, k_omega.
 *   w = (xdot_d + k_x (x_d - x), ydot_d + k_y (y_d - y))    commanded velocity
 *   throttle = k_a a_d + k_v (|w| - v)
 *   steering = k_omega w_d + k_phi e,   e = angle of w - phi in [-pi, pi]
 * a_d, w_d: acceleration along the reference's own direction h, and its turn rate.
 * A clamped output has derivative 0. At |w| = 0 the heading error is held at 0, at zero reference speed a_d and w_d
 * are 0.
 */
export class Backstepping extends Controller {
  constructor() {
    super(
      PlanarState.count,
      CarInput.count,
      PlanarReference.count,
      BacksteppingGain.count,
      BacksteppingParameter.count,
      BacksteppingTape.count,
    );
  }

  limit(parameters: usize, i: i32): f64 {
    if (i == CarInput.throttle) return load<f64>(parameters, 8 * BacksteppingParameter.throttleLimit);
    return load<f64>(parameters, 8 * BacksteppingParameter.steeringLimit);
  }

  // @ts-ignore: decorator
  @inline
  act(parameters: usize, x: usize, reference: usize, gains: usize, u: usize, tape: usize): void {
    const v = load<f64>(x, 8 * PlanarState.v);
    sincos(load<f64>(x, 8 * PlanarState.phi));
    const ex = load<f64>(reference, 8 * PlanarReference.x) - load<f64>(x, 8 * PlanarState.x);
    const ey = load<f64>(reference, 8 * PlanarReference.y) - load<f64>(x, 8 * PlanarState.y);
    const rvx = load<f64>(reference, 8 * PlanarReference.vx);
    const rvy = load<f64>(reference, 8 * PlanarReference.vy);
    const wx = rvx + load<f64>(gains, 8 * BacksteppingGain.kx) * ex;
    const wy = rvy + load<f64>(gains, 8 * BacksteppingGain.ky) * ey;
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
      const ax = load<f64>(reference, 8 * PlanarReference.ax);
      const ay = load<f64>(reference, 8 * PlanarReference.ay);
      perReference = 1.0 / referenceSpeed;
      hx = rvx * perReference;
      hy = rvy * perReference;
      along = hx * ax + hy * ay;
      across = hx * ay - hy * ax;
    }
    const throttle =
      load<f64>(gains, 8 * BacksteppingGain.ka) * along + load<f64>(gains, 8 * BacksteppingGain.kv) * (speed - v);
    const steering =
      load<f64>(gains, 8 * BacksteppingGain.komega) * (across * perReference) +
      load<f64>(gains, 8 * BacksteppingGain.kphi) * e;
    const throttleLimit = load<f64>(parameters, 8 * BacksteppingParameter.throttleLimit);
    const steeringLimit = load<f64>(parameters, 8 * BacksteppingParameter.steeringLimit);
    store<f64>(u, clamp(throttle, throttleLimit), 8 * CarInput.throttle);
    store<f64>(u, clamp(steering, steeringLimit), 8 * CarInput.steering);
    store<f64>(tape, wx * perSpeed, 8 * TrackingTape.directionX);
    store<f64>(tape, wy * perSpeed, 8 * TrackingTape.directionY);
    store<f64>(tape, perSpeed, 8 * TrackingTape.perSpeed);
    store<f64>(tape, known, 8 * TrackingTape.known);
    store<f64>(tape, e, 8 * TrackingTape.headingError);
    store<f64>(tape, along, 8 * TrackingTape.along);
    store<f64>(tape, across, 8 * TrackingTape.across);
    store<f64>(tape, hx, 8 * TrackingTape.hx);
    store<f64>(tape, hy, 8 * TrackingTape.hy);
    store<f64>(tape, perReference, 8 * TrackingTape.perReference);
    store<f64>(tape, ex, 8 * BacksteppingTape.ex);
    store<f64>(tape, ey, 8 * BacksteppingTape.ey);
    store<f64>(tape, speed - v, 8 * BacksteppingTape.speedError);
    store<f64>(tape, Math.abs(throttle) <= throttleLimit ? 1.0 : 0.0, 8 * BacksteppingTape.throttleFree);
    store<f64>(tape, Math.abs(steering) <= steeringLimit ? 1.0 : 0.0, 8 * BacksteppingTape.steeringFree);
  }

  /**
   * dw        = dv_r + k (dp_r - dp) + (p_r - p) dk                        p, k: position and its gains, componentwise
   * dthrottle = free (a_d dk_a + k_a da_d + (|w| - v) dk_v + k_v (d|w| - dv))
   * dsteering = free (w_d dk_omega + k_omega dw_d + e dk_phi + k_phi de)
   */
  // @ts-ignore: decorator
  @inline
  tangent(tape: usize, gains: usize, dx: usize, dReference: usize, dGains: usize, du: usize): void {
    const dwx =
      load<f64>(dReference, 8 * PlanarReference.vx) +
      load<f64>(gains, 8 * BacksteppingGain.kx) *
        (load<f64>(dReference, 8 * PlanarReference.x) - load<f64>(dx, 8 * PlanarState.x)) +
      load<f64>(tape, 8 * BacksteppingTape.ex) * load<f64>(dGains, 8 * BacksteppingGain.kx);
    const dwy =
      load<f64>(dReference, 8 * PlanarReference.vy) +
      load<f64>(gains, 8 * BacksteppingGain.ky) *
        (load<f64>(dReference, 8 * PlanarReference.y) - load<f64>(dx, 8 * PlanarState.y)) +
      load<f64>(tape, 8 * BacksteppingTape.ey) * load<f64>(dGains, 8 * BacksteppingGain.ky);
    store<f64>(
      du,
      load<f64>(tape, 8 * BacksteppingTape.throttleFree) *
        (load<f64>(tape, 8 * TrackingTape.along) * load<f64>(dGains, 8 * BacksteppingGain.ka) +
          load<f64>(gains, 8 * BacksteppingGain.ka) * alongTangent(tape, dReference) +
          load<f64>(tape, 8 * BacksteppingTape.speedError) * load<f64>(dGains, 8 * BacksteppingGain.kv) +
          load<f64>(gains, 8 * BacksteppingGain.kv) *
            (speedTangent(tape, dwx, dwy) - load<f64>(dx, 8 * PlanarState.v))),
      8 * CarInput.throttle,
    );
    store<f64>(
      du,
      load<f64>(tape, 8 * BacksteppingTape.steeringFree) *
        (turnOf(tape) * load<f64>(dGains, 8 * BacksteppingGain.komega) +
          load<f64>(gains, 8 * BacksteppingGain.komega) * turnTangent(tape, dReference) +
          load<f64>(tape, 8 * TrackingTape.headingError) * load<f64>(dGains, 8 * BacksteppingGain.kphi) +
          load<f64>(gains, 8 * BacksteppingGain.kphi) *
            headingTangent(tape, dwx, dwy, load<f64>(dx, 8 * PlanarState.phi))),
      8 * CarInput.steering,
    );
  }

  /**
   * With p_throttle, p_steering = free pu, and p_w from p_|w| = k_v p_throttle and p_e = k_phi p_steering:
   * px   -= k p_w                                          pk       += (p_r - p) p_w
   * pv   -= p_|w|                                          pk_v     += (|w| - v) p_throttle
   * pphi += (de/dphi) p_e                                  pk_phi   += e p_steering
   * preference: see {@link feedForwardTranspose}           pk_a     += a_d p_throttle
   *                                                        pk_omega += w_d p_steering
   */
  // @ts-ignore: decorator
  @inline
  transpose(tape: usize, gains: usize, pu: usize, px: usize, pReference: usize, pGains: usize): void {
    const pThrottle = load<f64>(tape, 8 * BacksteppingTape.throttleFree) * load<f64>(pu, 8 * CarInput.throttle);
    const pSteering = load<f64>(tape, 8 * BacksteppingTape.steeringFree) * load<f64>(pu, 8 * CarInput.steering);
    const pSpeed = load<f64>(gains, 8 * BacksteppingGain.kv) * pThrottle;
    const pe = load<f64>(gains, 8 * BacksteppingGain.kphi) * pSteering;
    const pwx = wxAdjoint(tape, pSpeed, pe);
    const pwy = wyAdjoint(tape, pSpeed, pe);
    const pPositionX = load<f64>(gains, 8 * BacksteppingGain.kx) * pwx;
    const pPositionY = load<f64>(gains, 8 * BacksteppingGain.ky) * pwy;
    store<f64>(px, load<f64>(px, 8 * PlanarState.x) - pPositionX, 8 * PlanarState.x);
    store<f64>(px, load<f64>(px, 8 * PlanarState.y) - pPositionY, 8 * PlanarState.y);
    store<f64>(px, load<f64>(px, 8 * PlanarState.v) - pSpeed, 8 * PlanarState.v);
    store<f64>(px, load<f64>(px, 8 * PlanarState.phi) - headingAdjoint(tape, pe), 8 * PlanarState.phi);
    feedForwardTranspose(
      tape,
      load<f64>(gains, 8 * BacksteppingGain.ka) * pThrottle,
      load<f64>(gains, 8 * BacksteppingGain.komega) * pSteering,
      pPositionX,
      pPositionY,
      pwx,
      pwy,
      pReference,
    );
    store<f64>(
      pGains,
      load<f64>(pGains, 8 * BacksteppingGain.kx) + load<f64>(tape, 8 * BacksteppingTape.ex) * pwx,
      8 * BacksteppingGain.kx,
    );
    store<f64>(
      pGains,
      load<f64>(pGains, 8 * BacksteppingGain.ky) + load<f64>(tape, 8 * BacksteppingTape.ey) * pwy,
      8 * BacksteppingGain.ky,
    );
    store<f64>(
      pGains,
      load<f64>(pGains, 8 * BacksteppingGain.kv) + load<f64>(tape, 8 * BacksteppingTape.speedError) * pThrottle,
      8 * BacksteppingGain.kv,
    );
    store<f64>(
      pGains,
      load<f64>(pGains, 8 * BacksteppingGain.kphi) + load<f64>(tape, 8 * TrackingTape.headingError) * pSteering,
      8 * BacksteppingGain.kphi,
    );
    store<f64>(
      pGains,
      load<f64>(pGains, 8 * BacksteppingGain.ka) + load<f64>(tape, 8 * TrackingTape.along) * pThrottle,
      8 * BacksteppingGain.ka,
    );
    store<f64>(
      pGains,
      load<f64>(pGains, 8 * BacksteppingGain.komega) + turnOf(tape) * pSteering,
      8 * BacksteppingGain.komega,
    );
  }
}

/** @part backstepping BacksteppingParameter */
export const backstepping = new Backstepping();
