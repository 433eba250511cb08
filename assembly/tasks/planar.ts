/** What tasks in the plane have in common: between a setpoint and the state that stands on it. */
import { atan2, cosine, sincos, sine } from "../math/trig";
import { PlanarSetpoint, PlanarState } from "../models/planar";

/** The setpoint that state x stands on, as fast as that, and at least at `leastSpeed` [m/s]. */
export function planarSetpointOf(x: usize, leastSpeed: f64, setpoint: usize): void {
  sincos(load<f64>(x, 8 * PlanarState.phi));
  const v = Math.max(load<f64>(x, 8 * PlanarState.v), leastSpeed);
  store<f64>(setpoint, load<f64>(x, 8 * PlanarState.x), 8 * PlanarSetpoint.x);
  store<f64>(setpoint, load<f64>(x, 8 * PlanarState.y), 8 * PlanarSetpoint.y);
  store<f64>(setpoint, v * cosine, 8 * PlanarSetpoint.vx);
  store<f64>(setpoint, v * sine, 8 * PlanarSetpoint.vy);
}

/** Turns the setpoint in the row x into the state that stands on it. */
export function setpointToState(x: usize): void {
  const vx = load<f64>(x, 8 * PlanarSetpoint.vx);
  const vy = load<f64>(x, 8 * PlanarSetpoint.vy);
  store<f64>(x, Math.sqrt(vx * vx + vy * vy), 8 * PlanarState.v);
  store<f64>(x, atan2(vy, vx), 8 * PlanarState.phi);
}
