/**
 * What the two backstepping controllers share: the tape of the commanded velocity w with the heading error e and of the feed-forward from
 * the reference's own velocity h v_r and acceleration, and the derivatives of both. `act` itself stands in each of them whole: it is the
 * innermost of a rollout, where a value that takes the way over the tape comes later.
 */

/** Below this speed [m/s] a direction is undefined. */
export const STANDSTILL: f64 = 1e-9;

/** Places on the tape [bytes]. w/|w|, 1/|w|, whether it has a direction, e: */
export const NX: usize = 0;
export const NY: usize = 8;
export const PER_SPEED: usize = 16;
export const KNOWN: usize = 24;
export const HEADING_ERROR: usize = 32;
/** acceleration along h and across it, h, 1/v_r: */
export const ALONG: usize = 40;
export const ACROSS: usize = 48;
export const HX: usize = 56;
export const HY: usize = 64;
export const PER_REFERENCE: usize = 72;
/** First place of the controller's own. */
export const OWN: usize = 80;

/** w_d, the reference's turn rate. */
// @ts-ignore: decorator
@inline
export function turnOf(tape: usize): f64 {
  return load<f64>(tape, ACROSS) * load<f64>(tape, PER_REFERENCE);
}

/** d|w| and de. */
// @ts-ignore: decorator
@inline
export function speedTangent(tape: usize, dwx: f64, dwy: f64): f64 {
  return load<f64>(tape, NX) * dwx + load<f64>(tape, NY) * dwy;
}
// @ts-ignore: decorator
@inline
export function headingTangent(tape: usize, dwx: f64, dwy: f64, dphi: f64): f64 {
  return load<f64>(tape, PER_SPEED) * (load<f64>(tape, NX) * dwy - load<f64>(tape, NY) * dwx) - load<f64>(tape, KNOWN) * dphi;
}

/** The reference's direction h turns by this for a tangent of the reference. */
// @ts-ignore: decorator
@inline
function directionTangent(tape: usize, dReference: usize): f64 {
  return load<f64>(tape, PER_REFERENCE) * (load<f64>(tape, HX) * load<f64>(dReference, 24) - load<f64>(tape, HY) * load<f64>(dReference, 16));
}

/** Tangents of the acceleration along h, and of w_d. */
// @ts-ignore: decorator
@inline
export function alongTangent(tape: usize, dReference: usize): f64 {
  const dAcceleration = load<f64>(tape, HX) * load<f64>(dReference, 32) + load<f64>(tape, HY) * load<f64>(dReference, 40);
  return dAcceleration + load<f64>(tape, ACROSS) * directionTangent(tape, dReference);
}
// @ts-ignore: decorator
@inline
export function turnTangent(tape: usize, dReference: usize): f64 {
  const hx = load<f64>(tape, HX);
  const hy = load<f64>(tape, HY);
  const dSpeed = hx * load<f64>(dReference, 16) + hy * load<f64>(dReference, 24);
  const dAcross = hx * load<f64>(dReference, 40) - hy * load<f64>(dReference, 32);
  const dTheta = directionTangent(tape, dReference);
  return load<f64>(tape, PER_REFERENCE) * (dAcross - load<f64>(tape, ALONG) * dTheta - turnOf(tape) * dSpeed);
}

/** Adjoints of wx and wy from those of |w| and e; the state's heading gets -{@link headingAdjoint}. */
// @ts-ignore: decorator
@inline
export function wxAdjoint(tape: usize, pSpeed: f64, pe: f64): f64 {
  return load<f64>(tape, NX) * pSpeed - load<f64>(tape, NY) * (load<f64>(tape, PER_SPEED) * pe);
}
// @ts-ignore: decorator
@inline
export function wyAdjoint(tape: usize, pSpeed: f64, pe: f64): f64 {
  return load<f64>(tape, NY) * pSpeed + load<f64>(tape, NX) * (load<f64>(tape, PER_SPEED) * pe);
}
// @ts-ignore: decorator
@inline
export function headingAdjoint(tape: usize, pe: f64): f64 {
  return load<f64>(tape, KNOWN) * pe;
}

/**
 * Adjoint of the reference (set) from those of its acceleration along h and of w_d; `pPositionX`, `pPositionY`, `pVelocityX`, `pVelocityY`: what
 * the controller itself takes from its position and velocity.
 */
// @ts-ignore: decorator
@inline
export function feedForwardTranspose(
  tape: usize, pAlong: f64, pw: f64, pPositionX: f64, pPositionY: f64, pVelocityX: f64, pVelocityY: f64, pReference: usize,
): void {
  const hx = load<f64>(tape, HX);
  const hy = load<f64>(tape, HY);
  const perReference = load<f64>(tape, PER_REFERENCE);
  const pTurn = pw * perReference;
  const pTheta = perReference * (load<f64>(tape, ACROSS) * pAlong - load<f64>(tape, ALONG) * pTurn);
  const pvr = -turnOf(tape) * pTurn;
  store<f64>(pReference, pPositionX);
  store<f64>(pReference, pPositionY, 8);
  store<f64>(pReference, pVelocityX - hy * pTheta + hx * pvr, 16);
  store<f64>(pReference, pVelocityY + hx * pTheta + hy * pvr, 24);
  store<f64>(pReference, hx * pAlong - hy * pTurn, 32);
  store<f64>(pReference, hy * pAlong + hx * pTurn, 40);
}

/** NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function clamp(value: f64, limit: f64): f64 {
  return value > limit ? limit : value < -limit ? -limit : value;
}
