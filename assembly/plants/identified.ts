import { cosine, sincos, sine } from "../math/trig";
import { Model } from "../models/model";
import { Plant } from "./plant";

/** Parameters of {@link Identified}. */
export enum IdentifiedParameter {
  /** curvature per unit of steering [1/m] */
  steeringGain,
  /** steering at which the car drives straight */
  steeringTrim,
  /** largest lateral acceleration, approached softly [m/s^2] */
  gripLimit,
  /** acceleration per unit of throttle [m/s^2] */
  throttleGain,
  /** acceleration at zero throttle and speed, while moving [m/s^2] */
  offset,
  /** linear drag [1/s] */
  linearDrag,
  /** quadratic drag [1/m] */
  drag,
  /** deceleration per lateral acceleration */
  corneringDrag,
  count,
}

/**
 * Empirical response of a real JetRacer: kinematics with
 *   turn rate     w = w_l / (1 + (v w_l / a_max)^4)^(1/4),  w_l = k v (u_w - b)
 *   acceleration  c_a u_a + c_0 - c_1 v - c_2 v^2 - c_3 |v w|
 * State: x, y, v, phi; the car does not roll backwards.
 */
export class Identified extends Plant {
  parameterCount(_model: Model): i32 {
    return IdentifiedParameter.count;
  }

  longestStep(): f64 {
    return 0.005;
  }

  innerSize(): i32 {
    return 0;
  }

  step(_model: Model, parameters: usize, _inner: usize, x: usize, u: usize, dt: f64, next: usize): void {
    const v = load<f64>(x, 16);
    const phi = load<f64>(x, 24);
    sincos(phi);
    const linear = load<f64>(parameters) * v * (load<f64>(u, 8) - load<f64>(parameters, 8));
    const q = (v * linear) / load<f64>(parameters, 16);
    const q2 = q * q;
    const w = linear / Math.sqrt(Math.sqrt(1.0 + q2 * q2));
    const acceleration =
      load<f64>(parameters, 24) * load<f64>(u) + load<f64>(parameters, 32) - load<f64>(parameters, 40) * v -
      load<f64>(parameters, 48) * v * v - load<f64>(parameters, 56) * Math.abs(v * w);
    store<f64>(next, load<f64>(x) + dt * v * cosine);
    store<f64>(next, load<f64>(x, 8) + dt * v * sine, 8);
    store<f64>(next, Math.max(0.0, v + dt * acceleration), 16);
    store<f64>(next, phi + dt * w, 24);
  }
}

/** @part identified IdentifiedParameter */
export const identified = new Identified();
