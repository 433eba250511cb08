/**
 * What the two backstepping controllers share: the tape of the commanded velocity w with the heading error e and of the
 * feed-forward from the reference's own velocity h v_r and acceleration, and the derivatives of both. `act` itself
 * stands in each of them whole: it is the innermost of a rollout, where a value that takes the way over the tape comes
 * later.
 */

import { PlanarReference } from "../models/planar";

/** Below this speed [m/s] a direction is undefined. */
export const STANDSTILL: f64 = 1e-9;

/** What both put on the tape. */
export const enum TrackingTape {
  /** w/|w|, or 0 */
  directionX,
  directionY,
  /** 1/|w|, or 0 */
  perSpeed,
  /** 1: w has a direction; 0: it stands still */
  known,
  /** e [rad] */
  headingError,
  /** acceleration of the reference along h and across it [m/s^2] */
  along,
  across,
  /** h, or 0 */
  hx,
  hy,
  /** 1/v_r, or 0 */
  perReference,
  count,
}

/** w_d, the reference's turn rate. */
// @ts-ignore: decorator
@inline
export function turnOf(tape: usize): f64 {
  return load<f64>(tape, 8 * TrackingTape.across) * load<f64>(tape, 8 * TrackingTape.perReference);
}

/** d|w| = w/|w| . dw */
// @ts-ignore: decorator
@inline
export function speedTangent(tape: usize, dwx: f64, dwy: f64): f64 {
  return load<f64>(tape, 8 * TrackingTape.directionX) * dwx + load<f64>(tape, 8 * TrackingTape.directionY) * dwy;
}

/** de = (w/|w| x dw) / |w| - dphi */
// @ts-ignore: decorator
@inline
export function headingTangent(tape: usize, dwx: f64, dwy: f64, dphi: f64): f64 {
  return (
    load<f64>(tape, 8 * TrackingTape.perSpeed) *
      (load<f64>(tape, 8 * TrackingTape.directionX) * dwy - load<f64>(tape, 8 * TrackingTape.directionY) * dwx) -
    load<f64>(tape, 8 * TrackingTape.known) * dphi
  );
}

/** The reference's direction h turns by dtheta = (h x dv_r) / v_r for a tangent of the reference. */
// @ts-ignore: decorator
@inline
function directionTangent(tape: usize, dReference: usize): f64 {
  return (
    load<f64>(tape, 8 * TrackingTape.perReference) *
    (load<f64>(tape, 8 * TrackingTape.hx) * load<f64>(dReference, 8 * PlanarReference.vy) -
      load<f64>(tape, 8 * TrackingTape.hy) * load<f64>(dReference, 8 * PlanarReference.vx))
  );
}

/** Acceleration along h: da_d = h . da + across dtheta */
// @ts-ignore: decorator
@inline
export function alongTangent(tape: usize, dReference: usize): f64 {
  const dAcceleration =
    load<f64>(tape, 8 * TrackingTape.hx) * load<f64>(dReference, 8 * PlanarReference.ax) +
    load<f64>(tape, 8 * TrackingTape.hy) * load<f64>(dReference, 8 * PlanarReference.ay);
  return dAcceleration + load<f64>(tape, 8 * TrackingTape.across) * directionTangent(tape, dReference);
}

/** dw_d = (h x da - along dtheta - w_d h . dv_r) / v_r */
// @ts-ignore: decorator
@inline
export function turnTangent(tape: usize, dReference: usize): f64 {
  const hx = load<f64>(tape, 8 * TrackingTape.hx);
  const hy = load<f64>(tape, 8 * TrackingTape.hy);
  const dSpeed =
    hx * load<f64>(dReference, 8 * PlanarReference.vx) + hy * load<f64>(dReference, 8 * PlanarReference.vy);
  const dAcross =
    hx * load<f64>(dReference, 8 * PlanarReference.ay) - hy * load<f64>(dReference, 8 * PlanarReference.ax);
  const dTheta = directionTangent(tape, dReference);
  return (
    load<f64>(tape, 8 * TrackingTape.perReference) *
    (dAcross - load<f64>(tape, 8 * TrackingTape.along) * dTheta - turnOf(tape) * dSpeed)
  );
}

/**
 * Adjoint of w from those of |w| and e, p_w = (w/|w|) p_|w| + (w/|w| turned by 90 degrees) p_e / |w|; the state's
 * heading gets -{@link headingAdjoint}.
 */
// @ts-ignore: decorator
@inline
export function wxAdjoint(tape: usize, pSpeed: f64, pe: f64): f64 {
  return (
    load<f64>(tape, 8 * TrackingTape.directionX) * pSpeed -
    load<f64>(tape, 8 * TrackingTape.directionY) * (load<f64>(tape, 8 * TrackingTape.perSpeed) * pe)
  );
}
// @ts-ignore: decorator
@inline
export function wyAdjoint(tape: usize, pSpeed: f64, pe: f64): f64 {
  return (
    load<f64>(tape, 8 * TrackingTape.directionY) * pSpeed +
    load<f64>(tape, 8 * TrackingTape.directionX) * (load<f64>(tape, 8 * TrackingTape.perSpeed) * pe)
  );
}
// @ts-ignore: decorator
@inline
export function headingAdjoint(tape: usize, pe: f64): f64 {
  return load<f64>(tape, 8 * TrackingTape.known) * pe;
}

/**
 * Adjoint of the reference (set) from those of its acceleration along h and of w_d; `pPositionX`, `pPositionY`,
 * `pVelocityX`, `pVelocityY`: what the controller itself takes from its position and velocity. With h' for h turned by
 * 90 degrees, p_t = p_w / v_r and p_theta = (across p_along - along p_t) / v_r:
 *   p_position = pPosition,   p_velocity = pVelocity + h' p_theta - h w_d p_t,   p_acceleration = h p_along + h' p_t
 */
// @ts-ignore: decorator
@inline
export function feedForwardTranspose(
  tape: usize,
  pAlong: f64,
  pw: f64,
  pPositionX: f64,
  pPositionY: f64,
  pVelocityX: f64,
  pVelocityY: f64,
  pReference: usize,
): void {
  const hx = load<f64>(tape, 8 * TrackingTape.hx);
  const hy = load<f64>(tape, 8 * TrackingTape.hy);
  const perReference = load<f64>(tape, 8 * TrackingTape.perReference);
  const pTurn = pw * perReference;
  const pTheta =
    perReference *
    (load<f64>(tape, 8 * TrackingTape.across) * pAlong - load<f64>(tape, 8 * TrackingTape.along) * pTurn);
  const pvr = -turnOf(tape) * pTurn;
  store<f64>(pReference, pPositionX, 8 * PlanarReference.x);
  store<f64>(pReference, pPositionY, 8 * PlanarReference.y);
  store<f64>(pReference, pVelocityX - hy * pTheta + hx * pvr, 8 * PlanarReference.vx);
  store<f64>(pReference, pVelocityY + hx * pTheta + hy * pvr, 8 * PlanarReference.vy);
  store<f64>(pReference, hx * pAlong - hy * pTurn, 8 * PlanarReference.ax);
  store<f64>(pReference, hy * pAlong + hx * pTurn, 8 * PlanarReference.ay);
}

/** NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function clamp(value: f64, limit: f64): f64 {
  return value > limit ? limit : value < -limit ? -limit : value;
}
