import { cosine, sincos, sine } from "../math/trig";
import { Model } from "./model";

/** Parameters of {@link Car}; (1, 0, 1, 0) is the paper's raw model (11). */
export enum CarParameter {
  /** c_a: acceleration per unit of throttle [m/s^2] */
  throttleGain,
  /** c_d: quadratic drag [1/m] */
  drag,
  /** c_w: curvature per unit of steering [1/m] */
  steeringGain,
  /** c_b: curvature at neutral steering, subtracted [1/m] */
  steeringBias,
  count,
}

/**
 * Planar car. State: x [m], y [m], v [m/s], phi [rad]; input: throttle, steering, both in [-1, 1]. [W23 eq. 11] with gains:
 *   x+ = x + dt v cos phi            v+   = v + dt (c_a u_a - c_d v^2)
 *   y+ = y + dt v sin phi            phi+ = phi + dt v (c_w u_w - c_b)
 */
export class Car extends Model {
  stateSize(): i32 {
    return 4;
  }
  inputSize(): i32 {
    return 2;
  }
  parameterCount(): i32 {
    return CarParameter.count;
  }
  tapeSize(): i32 {
    return 8;
  }

  step(parameters: usize, x: usize, u: usize, dt: f64, next: usize): void {
    const v = load<f64>(x, 16);
    const phi = load<f64>(x, 24);
    sincos(phi);
    const curvature = load<f64>(parameters, 16) * load<f64>(u, 8) - load<f64>(parameters, 24);
    store<f64>(next, load<f64>(x) + dt * v * cosine);
    store<f64>(next, load<f64>(x, 8) + dt * v * sine, 8);
    store<f64>(next, v + dt * (load<f64>(parameters) * load<f64>(u) - load<f64>(parameters, 8) * v * v), 16);
    store<f64>(next, phi + dt * v * curvature, 24);
  }

  /** Tape: dt cos, dt sin, dt v cos, dt v sin, dv+/dv, dv+/du_a, dphi+/dv, dphi+/du_w. */
  linearise(parameters: usize, x: usize, u: usize, dt: f64, tape: usize): void {
    const v = load<f64>(x, 16);
    sincos(load<f64>(x, 24));
    const dx = dt * cosine;
    const dy = dt * sine;
    const steeringGain = load<f64>(parameters, 16);
    store<f64>(tape, dx);
    store<f64>(tape, dy, 8);
    store<f64>(tape, v * dx, 16);
    store<f64>(tape, v * dy, 24);
    store<f64>(tape, 1.0 - 2.0 * dt * load<f64>(parameters, 8) * v, 32);
    store<f64>(tape, dt * load<f64>(parameters), 40);
    store<f64>(tape, dt * (steeringGain * load<f64>(u, 8) - load<f64>(parameters, 24)), 48);
    store<f64>(tape, dt * v * steeringGain, 56);
  }

  tangent(tape: usize, dx: usize, du: usize, dNext: usize): void {
    const dv = load<f64>(dx, 16);
    const dphi = load<f64>(dx, 24);
    store<f64>(dNext, load<f64>(dx) + load<f64>(tape) * dv - load<f64>(tape, 24) * dphi);
    store<f64>(dNext, load<f64>(dx, 8) + load<f64>(tape, 8) * dv + load<f64>(tape, 16) * dphi, 8);
    store<f64>(dNext, load<f64>(tape, 32) * dv + load<f64>(tape, 40) * load<f64>(du), 16);
    store<f64>(dNext, dphi + load<f64>(tape, 48) * dv + load<f64>(tape, 56) * load<f64>(du, 8), 24);
  }

  transpose(tape: usize, p: usize, px: usize, pu: usize): void {
    const pX = load<f64>(p);
    const pY = load<f64>(p, 8);
    const pV = load<f64>(p, 16);
    const pPhi = load<f64>(p, 24);
    store<f64>(px, pX);
    store<f64>(px, pY, 8);
    store<f64>(px, load<f64>(tape) * pX + load<f64>(tape, 8) * pY + load<f64>(tape, 32) * pV + load<f64>(tape, 48) * pPhi, 16);
    store<f64>(px, load<f64>(tape, 16) * pY - load<f64>(tape, 24) * pX + pPhi, 24);
    store<f64>(pu, load<f64>(tape, 40) * pV);
    store<f64>(pu, load<f64>(tape, 56) * pPhi, 8);
  }
}
