import { atan2, cosine, sincos, sine } from "../math/trig";
import { PlanarReference, PlanarState, QuadrupedInput } from "../models/planar";
import { Controller } from "./controller";
import {
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

/** Parameters of {@link PlanarBackstepping}. */
export enum PlanarBacksteppingParameter {
  /** largest absolute speed [m/s] */
  speedLimit,
  /** largest absolute turn rate [rad/s] */
  turnLimit,
  count,
}

/** Gains, in the order of the network's outputs. */
const enum PlanarBacksteppingGain {
  /** of the position errors [1/s] */
  kx,
  ky,
  /** share of the reference's velocity in x */
  kvx,
  /** turn rate per heading error [1/s] */
  kphi,
  /** share of the reference's velocity in y */
  kvy,
  /** share of the reference's turn rate */
  komega,
  count,
}

/** The tape goes on behind {@link TrackingTape}. */
const enum PlanarBacksteppingTape {
  /** position error [m] */
  ex = TrackingTape.count,
  ey,
  /** velocity of the reference [m/s] */
  rvx,
  rvy,
  /** 1: not clamped; 0: clamped */
  speedFree,
  turnFree,
  count,
}

/**
 * Backstepping for a robot that takes speed and turn rate (the authors' Go1). State: x, y, v, phi; reference: x, y,
 * xdot, ydot, xddot, yddot; gains: k_x, k_y, k_vx, k_phi, k_vy, k_omega.
 *   w = (k_x (x_d - x) + k_vx xdot_d, k_y (y_d - y) + k_vy ydot_d)         commanded velocity
 *   speed = |w|                                                            w_d: turn rate of the reference
 *   turn rate = k_phi e + k_omega w_d,   e = angle of w - phi in [-pi, pi]
 * A clamped output has derivative 0. At |w| = 0 the heading error is held at 0, at zero reference speed w_d is 0.
 */
export class PlanarBackstepping extends Controller {
  constructor() {
    super(
      PlanarState.count,
      QuadrupedInput.count,
      PlanarReference.count,
      PlanarBacksteppingGain.count,
      PlanarBacksteppingParameter.count,
      PlanarBacksteppingTape.count,
    );
  }

  limit(parameters: usize, i: i32): f64 {
    if (i == QuadrupedInput.speed) return load<f64>(parameters, 8 * PlanarBacksteppingParameter.speedLimit);
    return load<f64>(parameters, 8 * PlanarBacksteppingParameter.turnLimit);
  }

  act(parameters: usize, x: usize, reference: usize, gains: usize, u: usize, tape: usize): void {
    sincos(load<f64>(x, 8 * PlanarState.phi));
    const ex = load<f64>(reference, 8 * PlanarReference.x) - load<f64>(x, 8 * PlanarState.x);
    const ey = load<f64>(reference, 8 * PlanarReference.y) - load<f64>(x, 8 * PlanarState.y);
    const rvx = load<f64>(reference, 8 * PlanarReference.vx);
    const rvy = load<f64>(reference, 8 * PlanarReference.vy);
    const wx =
      load<f64>(gains, 8 * PlanarBacksteppingGain.kx) * ex + load<f64>(gains, 8 * PlanarBacksteppingGain.kvx) * rvx;
    const wy =
      load<f64>(gains, 8 * PlanarBacksteppingGain.ky) * ey + load<f64>(gains, 8 * PlanarBacksteppingGain.kvy) * rvy;
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
    const turn =
      load<f64>(gains, 8 * PlanarBacksteppingGain.komega) * (across * perReference) +
      load<f64>(gains, 8 * PlanarBacksteppingGain.kphi) * e;
    const speedLimit = load<f64>(parameters, 8 * PlanarBacksteppingParameter.speedLimit);
    const turnLimit = load<f64>(parameters, 8 * PlanarBacksteppingParameter.turnLimit);
    store<f64>(u, clamp(speed, speedLimit), 8 * QuadrupedInput.speed);
    store<f64>(u, clamp(turn, turnLimit), 8 * QuadrupedInput.turnRate);
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
    store<f64>(tape, ex, 8 * PlanarBacksteppingTape.ex);
    store<f64>(tape, ey, 8 * PlanarBacksteppingTape.ey);
    store<f64>(tape, rvx, 8 * PlanarBacksteppingTape.rvx);
    store<f64>(tape, rvy, 8 * PlanarBacksteppingTape.rvy);
    store<f64>(tape, speed <= speedLimit ? 1.0 : 0.0, 8 * PlanarBacksteppingTape.speedFree);
    store<f64>(tape, Math.abs(turn) <= turnLimit ? 1.0 : 0.0, 8 * PlanarBacksteppingTape.turnFree);
  }

  /**
   * dw         = k (dp_r - dp) + (p_r - p) dk + k_v dv_r + v_r dk_v        p, k: position and its gains, componentwise
   * dspeed     = free d|w|
   * dturn rate = free (w_d dk_omega + k_omega dw_d + e dk_phi + k_phi de)
   */
  tangent(tape: usize, gains: usize, dx: usize, dReference: usize, dGains: usize, du: usize): void {
    const dwx =
      load<f64>(gains, 8 * PlanarBacksteppingGain.kx) *
        (load<f64>(dReference, 8 * PlanarReference.x) - load<f64>(dx, 8 * PlanarState.x)) +
      load<f64>(tape, 8 * PlanarBacksteppingTape.ex) * load<f64>(dGains, 8 * PlanarBacksteppingGain.kx) +
      load<f64>(gains, 8 * PlanarBacksteppingGain.kvx) * load<f64>(dReference, 8 * PlanarReference.vx) +
      load<f64>(tape, 8 * PlanarBacksteppingTape.rvx) * load<f64>(dGains, 8 * PlanarBacksteppingGain.kvx);
    const dwy =
      load<f64>(gains, 8 * PlanarBacksteppingGain.ky) *
        (load<f64>(dReference, 8 * PlanarReference.y) - load<f64>(dx, 8 * PlanarState.y)) +
      load<f64>(tape, 8 * PlanarBacksteppingTape.ey) * load<f64>(dGains, 8 * PlanarBacksteppingGain.ky) +
      load<f64>(gains, 8 * PlanarBacksteppingGain.kvy) * load<f64>(dReference, 8 * PlanarReference.vy) +
      load<f64>(tape, 8 * PlanarBacksteppingTape.rvy) * load<f64>(dGains, 8 * PlanarBacksteppingGain.kvy);
    store<f64>(
      du,
      load<f64>(tape, 8 * PlanarBacksteppingTape.speedFree) * speedTangent(tape, dwx, dwy),
      8 * QuadrupedInput.speed,
    );
    store<f64>(
      du,
      load<f64>(tape, 8 * PlanarBacksteppingTape.turnFree) *
        (turnOf(tape) * load<f64>(dGains, 8 * PlanarBacksteppingGain.komega) +
          load<f64>(gains, 8 * PlanarBacksteppingGain.komega) * turnTangent(tape, dReference) +
          load<f64>(tape, 8 * TrackingTape.headingError) * load<f64>(dGains, 8 * PlanarBacksteppingGain.kphi) +
          load<f64>(gains, 8 * PlanarBacksteppingGain.kphi) *
            headingTangent(tape, dwx, dwy, load<f64>(dx, 8 * PlanarState.phi))),
      8 * QuadrupedInput.turnRate,
    );
  }

  /**
   * With p_|w|, p_turn = free pu, and p_w from p_|w| and p_e = k_phi p_turn:
   * px   -= k p_w                                          pk       += (p_r - p) p_w
   * pphi += (de/dphi) p_e                                  pk_v     += v_r p_w
   * preference: see {@link feedForwardTranspose}           pk_phi   += e p_turn
   *                                                        pk_omega += w_d p_turn
   */
  transpose(tape: usize, gains: usize, pu: usize, px: usize, pReference: usize, pGains: usize): void {
    const pSpeed = load<f64>(tape, 8 * PlanarBacksteppingTape.speedFree) * load<f64>(pu, 8 * QuadrupedInput.speed);
    const pTurnRate = load<f64>(tape, 8 * PlanarBacksteppingTape.turnFree) * load<f64>(pu, 8 * QuadrupedInput.turnRate);
    const pe = load<f64>(gains, 8 * PlanarBacksteppingGain.kphi) * pTurnRate;
    const pwx = wxAdjoint(tape, pSpeed, pe);
    const pwy = wyAdjoint(tape, pSpeed, pe);
    const pPositionX = load<f64>(gains, 8 * PlanarBacksteppingGain.kx) * pwx;
    const pPositionY = load<f64>(gains, 8 * PlanarBacksteppingGain.ky) * pwy;
    store<f64>(px, load<f64>(px, 8 * PlanarState.x) - pPositionX, 8 * PlanarState.x);
    store<f64>(px, load<f64>(px, 8 * PlanarState.y) - pPositionY, 8 * PlanarState.y);
    store<f64>(px, load<f64>(px, 8 * PlanarState.phi) - headingAdjoint(tape, pe), 8 * PlanarState.phi);
    feedForwardTranspose(
      tape,
      0.0,
      load<f64>(gains, 8 * PlanarBacksteppingGain.komega) * pTurnRate,
      pPositionX,
      pPositionY,
      load<f64>(gains, 8 * PlanarBacksteppingGain.kvx) * pwx,
      load<f64>(gains, 8 * PlanarBacksteppingGain.kvy) * pwy,
      pReference,
    );
    store<f64>(
      pGains,
      load<f64>(pGains, 8 * PlanarBacksteppingGain.kx) + load<f64>(tape, 8 * PlanarBacksteppingTape.ex) * pwx,
      8 * PlanarBacksteppingGain.kx,
    );
    store<f64>(
      pGains,
      load<f64>(pGains, 8 * PlanarBacksteppingGain.ky) + load<f64>(tape, 8 * PlanarBacksteppingTape.ey) * pwy,
      8 * PlanarBacksteppingGain.ky,
    );
    store<f64>(
      pGains,
      load<f64>(pGains, 8 * PlanarBacksteppingGain.kvx) + load<f64>(tape, 8 * PlanarBacksteppingTape.rvx) * pwx,
      8 * PlanarBacksteppingGain.kvx,
    );
    store<f64>(
      pGains,
      load<f64>(pGains, 8 * PlanarBacksteppingGain.kphi) + load<f64>(tape, 8 * TrackingTape.headingError) * pTurnRate,
      8 * PlanarBacksteppingGain.kphi,
    );
    store<f64>(
      pGains,
      load<f64>(pGains, 8 * PlanarBacksteppingGain.kvy) + load<f64>(tape, 8 * PlanarBacksteppingTape.rvy) * pwy,
      8 * PlanarBacksteppingGain.kvy,
    );
    store<f64>(
      pGains,
      load<f64>(pGains, 8 * PlanarBacksteppingGain.komega) + turnOf(tape) * pTurnRate,
      8 * PlanarBacksteppingGain.komega,
    );
  }
}

/** @part planarBackstepping PlanarBacksteppingParameter */
export const planarBackstepping = new PlanarBackstepping();
