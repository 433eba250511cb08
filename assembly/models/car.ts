import { cosine, sincos, sine } from "../math/trig";
import { Model } from "./model";

/** Parameters of {@link Car}; (1, 0, 1, 0) and zeros is the paper's raw model (11). */
export enum CarParameter {
  /** c_a: acceleration per unit of throttle [m/s^2] */
  throttleGain,
  /** c_d: quadratic drag [1/m] */
  drag,
  /** c_w: curvature per unit of steering [1/m] */
  steeringGain,
  /** c_b: curvature at neutral steering, subtracted [1/m] */
  steeringBias,
  /** c_0: acceleration at neutral throttle [m/s^2] (not in paper) */
  offset,
  /** c_1: linear drag [1/s] (not in paper) */
  linearDrag,
  /** c_3: deceleration per lateral acceleration (not in paper) */
  corneringDrag,
  /** 1 / a_max: inverse of the largest lateral acceleration [s^2/m]; 0: no limit (not in paper) */
  inverseGrip,
  count,
}

/**
 * Planar car. State: x [m], y [m], v [m/s], phi [rad]; input: throttle, steering, both in [-1, 1]. [W23 eq. 11] with gains:
 *   x+ = x + dt v cos phi      v+   = v + dt (c_a u_a + c_0 - c_1 v - c_d v^2 - c_3 v |w|)
 *   y+ = y + dt v sin phi      phi+ = phi + dt w,   w = w_l / (1 + (v w_l / a_max)^4)^(1/4),   w_l = v (c_w u_w - c_b)
 * At the limit of grip dw/du_w goes to zero, as it does on the real car; a model without that promises what steering cannot do.
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
    return 9;
  }

  // @ts-ignore: decorator
  @inline
  step(parameters: usize, x: usize, u: usize, dt: f64, next: usize): void {
    const v = load<f64>(x, 16);
    const phi = load<f64>(x, 24);
    sincos(phi);
    const curvature = load<f64>(parameters, 16) * load<f64>(u, 8) - load<f64>(parameters, 24);
    let w = v * curvature;
    const inverseGrip = load<f64>(parameters, 56);
    if (inverseGrip != 0.0) w *= softLimit(v * w * inverseGrip);
    const drag = load<f64>(parameters, 40) * v + load<f64>(parameters, 8) * v * v + load<f64>(parameters, 48) * Math.abs(v * w);
    store<f64>(next, load<f64>(x) + dt * v * cosine);
    store<f64>(next, load<f64>(x, 8) + dt * v * sine, 8);
    store<f64>(next, v + dt * (load<f64>(parameters) * load<f64>(u) + load<f64>(parameters, 32) - drag), 16);
    store<f64>(next, phi + dt * w, 24);
  }

  /** Tape: dt cos, dt sin, dt v cos, dt v sin, dv+/dv, dv+/du_a, dphi+/dv, dphi+/du_w, dv+/du_w. */
  // @ts-ignore: decorator
  @inline
  linearise(parameters: usize, x: usize, u: usize, dt: f64, tape: usize): void {
    const v = load<f64>(x, 16);
    sincos(load<f64>(x, 24));
    const dx = dt * cosine;
    const dy = dt * sine;
    const steeringGain = load<f64>(parameters, 16);
    const curvature = steeringGain * load<f64>(u, 8) - load<f64>(parameters, 24);
    const inverseGrip = load<f64>(parameters, 56);
    // w = v c f(q), q = v^2 c / a_max, f = (1 + q^4)^(-1/4), f' q = -q^4 f^5: dw/dc = v f^5, dw/dv = c f (1 - 2 q^4 f^4)
    let w = v * curvature;
    let wv = curvature;
    let wu = v * steeringGain;
    if (inverseGrip != 0.0) {
      const q = v * w * inverseGrip;
      const f = softLimit(q);
      const f2 = f * f;
      const f4 = f2 * f2;
      const q2 = q * q;
      w *= f;
      wv *= f * (1.0 - 2.0 * q2 * q2 * f4);
      wu *= f * f4;
    }
    const corneringDrag = load<f64>(parameters, 48) * (v * w < 0.0 ? -1.0 : 1.0);
    store<f64>(tape, dx);
    store<f64>(tape, dy, 8);
    store<f64>(tape, v * dx, 16);
    store<f64>(tape, v * dy, 24);
    const dragSlope = load<f64>(parameters, 40) + 2.0 * load<f64>(parameters, 8) * v + corneringDrag * (w + v * wv);
    store<f64>(tape, 1.0 - dt * dragSlope, 32);
    store<f64>(tape, dt * load<f64>(parameters), 40);
    store<f64>(tape, dt * wv, 48);
    store<f64>(tape, dt * wu, 56);
    store<f64>(tape, -dt * corneringDrag * v * wu, 64);
  }

  tangent(tape: usize, dx: usize, du: usize, dNext: usize): void {
    const dv = load<f64>(dx, 16);
    const dphi = load<f64>(dx, 24);
    const dThrottle = load<f64>(du);
    const dSteering = load<f64>(du, 8);
    store<f64>(dNext, load<f64>(dx) + load<f64>(tape) * dv - load<f64>(tape, 24) * dphi);
    store<f64>(dNext, load<f64>(dx, 8) + load<f64>(tape, 8) * dv + load<f64>(tape, 16) * dphi, 8);
    store<f64>(dNext, load<f64>(tape, 32) * dv + load<f64>(tape, 40) * dThrottle + load<f64>(tape, 64) * dSteering, 16);
    store<f64>(dNext, dphi + load<f64>(tape, 48) * dv + load<f64>(tape, 56) * dSteering, 24);
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
    store<f64>(pu, load<f64>(tape, 64) * pV + load<f64>(tape, 56) * pPhi, 8);
  }
}

/** @part car CarParameter */
export const car = new Car();

/** (1 + q^4)^(-1/4): 1 for small q, 1 / |q| for large. */
function softLimit(q: f64): f64 {
  const q2 = q * q;
  return 1.0 / Math.sqrt(Math.sqrt(1.0 + q2 * q2));
}
