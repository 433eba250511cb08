import { atan2, cosine, sincos, sine } from "../math/trig";
import { Controller } from "./controller";

/** Parameters of {@link PlanarBackstepping}. */
export enum PlanarBacksteppingParameter {
  /** largest absolute speed [m/s] */
  speedLimit,
  /** largest absolute turn rate [rad/s] */
  turnLimit,
  count,
}

/** Below this speed [m/s] a direction is undefined. */
const STANDSTILL: f64 = 1e-9;

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

  /** Tape: w/|w| (2), 1/|w|, heading known, position error (2), reference velocity (2), e, a_d, v_r w_d, h (2), 1/v_r, speed free, turn free. */
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
    store<f64>(u, speed > speedLimit ? speedLimit : speed);
    store<f64>(u, turn > turnLimit ? turnLimit : turn < -turnLimit ? -turnLimit : turn, 8);
    store<f64>(tape, wx * perSpeed);
    store<f64>(tape, wy * perSpeed, 8);
    store<f64>(tape, perSpeed, 16);
    store<f64>(tape, known, 24);
    store<f64>(tape, ex, 32);
    store<f64>(tape, ey, 40);
    store<f64>(tape, rvx, 48);
    store<f64>(tape, rvy, 56);
    store<f64>(tape, e, 64);
    store<f64>(tape, along, 72);
    store<f64>(tape, across, 80);
    store<f64>(tape, hx, 88);
    store<f64>(tape, hy, 96);
    store<f64>(tape, perReference, 104);
    store<f64>(tape, speed <= speedLimit ? 1.0 : 0.0, 112);
    store<f64>(tape, Math.abs(turn) <= turnLimit ? 1.0 : 0.0, 120);
  }

  tangent(tape: usize, gains: usize, dx: usize, dReference: usize, dGains: usize, du: usize): void {
    const nx = load<f64>(tape);
    const ny = load<f64>(tape, 8);
    const along = load<f64>(tape, 72);
    const across = load<f64>(tape, 80);
    const hx = load<f64>(tape, 88);
    const hy = load<f64>(tape, 96);
    const perReference = load<f64>(tape, 104);
    const turn = across * perReference;
    const drvx = load<f64>(dReference, 16);
    const drvy = load<f64>(dReference, 24);
    // dw = k (d(reference position) - dx) + (position error) dk + k_v d(rv) + rv dk_v
    const dwx =
      load<f64>(gains) * (load<f64>(dReference) - load<f64>(dx)) + load<f64>(tape, 32) * load<f64>(dGains) +
      load<f64>(gains, 16) * drvx + load<f64>(tape, 48) * load<f64>(dGains, 16);
    const dwy =
      load<f64>(gains, 8) * (load<f64>(dReference, 8) - load<f64>(dx, 8)) + load<f64>(tape, 40) * load<f64>(dGains, 8) +
      load<f64>(gains, 32) * drvy + load<f64>(tape, 56) * load<f64>(dGains, 32);
    const de = load<f64>(tape, 16) * (nx * dwy - ny * dwx) - load<f64>(tape, 24) * load<f64>(dx, 24);
    // the reference's direction h turns by dTheta, its speed changes by dv_r
    const dTheta = perReference * (hx * drvy - hy * drvx);
    const dvr = hx * drvx + hy * drvy;
    const dTurn = perReference * (hx * load<f64>(dReference, 40) - hy * load<f64>(dReference, 32) - along * dTheta - turn * dvr);
    store<f64>(du, load<f64>(tape, 112) * (nx * dwx + ny * dwy));
    store<f64>(
      du,
      load<f64>(tape, 120) *
        (turn * load<f64>(dGains, 40) + load<f64>(gains, 40) * dTurn + load<f64>(tape, 64) * load<f64>(dGains, 24) +
          load<f64>(gains, 24) * de),
      8,
    );
  }

  transpose(tape: usize, gains: usize, pu: usize, px: usize, pReference: usize, pGains: usize): void {
    const nx = load<f64>(tape);
    const ny = load<f64>(tape, 8);
    const along = load<f64>(tape, 72);
    const across = load<f64>(tape, 80);
    const hx = load<f64>(tape, 88);
    const hy = load<f64>(tape, 96);
    const perReference = load<f64>(tape, 104);
    const turn = across * perReference;
    const pSpeed = load<f64>(tape, 112) * load<f64>(pu);
    const pTurnRate = load<f64>(tape, 120) * load<f64>(pu, 8);
    const pe = load<f64>(gains, 24) * pTurnRate;
    const pTurn = load<f64>(gains, 40) * pTurnRate * perReference;
    const pAngle = load<f64>(tape, 16) * pe;
    const pwx = nx * pSpeed - ny * pAngle;
    const pwy = ny * pSpeed + nx * pAngle;
    const pPositionX = load<f64>(gains) * pwx;
    const pPositionY = load<f64>(gains, 8) * pwy;
    const pTheta = -perReference * along * pTurn;
    const pvr = -turn * pTurn;
    store<f64>(px, load<f64>(px) - pPositionX);
    store<f64>(px, load<f64>(px, 8) - pPositionY, 8);
    store<f64>(px, load<f64>(px, 24) - load<f64>(tape, 24) * pe, 24);
    store<f64>(pReference, pPositionX);
    store<f64>(pReference, pPositionY, 8);
    store<f64>(pReference, load<f64>(gains, 16) * pwx - hy * pTheta + hx * pvr, 16);
    store<f64>(pReference, load<f64>(gains, 32) * pwy + hx * pTheta + hy * pvr, 24);
    store<f64>(pReference, -hy * pTurn, 32);
    store<f64>(pReference, hx * pTurn, 40);
    store<f64>(pGains, load<f64>(pGains) + load<f64>(tape, 32) * pwx);
    store<f64>(pGains, load<f64>(pGains, 8) + load<f64>(tape, 40) * pwy, 8);
    store<f64>(pGains, load<f64>(pGains, 16) + load<f64>(tape, 48) * pwx, 16);
    store<f64>(pGains, load<f64>(pGains, 24) + load<f64>(tape, 64) * pTurnRate, 24);
    store<f64>(pGains, load<f64>(pGains, 32) + load<f64>(tape, 56) * pwy, 32);
    store<f64>(pGains, load<f64>(pGains, 40) + turn * pTurnRate, 40);
  }
}
