import { cosine, sincos, sine } from "../math/trig";
import { Model } from "../models/model";
import { CarInput, PlanarState } from "../models/planar";
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
    const v = load<f64>(x, 8 * PlanarState.v);
    const phi = load<f64>(x, 8 * PlanarState.phi);
    sincos(phi);
    const linear =
      load<f64>(parameters, 8 * IdentifiedParameter.steeringGain) *
      v *
      (load<f64>(u, 8 * CarInput.steering) - load<f64>(parameters, 8 * IdentifiedParameter.steeringTrim));
    const q = (v * linear) / load<f64>(parameters, 8 * IdentifiedParameter.gripLimit);
    const q2 = q * q;
    const w = linear / Math.sqrt(Math.sqrt(1.0 + q2 * q2));
    const acceleration =
      load<f64>(parameters, 8 * IdentifiedParameter.throttleGain) * load<f64>(u, 8 * CarInput.throttle) +
      load<f64>(parameters, 8 * IdentifiedParameter.offset) -
      load<f64>(parameters, 8 * IdentifiedParameter.linearDrag) * v -
      load<f64>(parameters, 8 * IdentifiedParameter.drag) * v * v -
      load<f64>(parameters, 8 * IdentifiedParameter.corneringDrag) * Math.abs(v * w);
    store<f64>(next, load<f64>(x, 8 * PlanarState.x) + dt * v * cosine, 8 * PlanarState.x);
    store<f64>(next, load<f64>(x, 8 * PlanarState.y) + dt * v * sine, 8 * PlanarState.y);
    store<f64>(next, Math.max(0.0, v + dt * acceleration), 8 * PlanarState.v);
    store<f64>(next, phi + dt * w, 8 * PlanarState.phi);
  }
}

/** @part identified IdentifiedParameter */
export const identified = new Identified();
