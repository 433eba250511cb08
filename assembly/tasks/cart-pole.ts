import { cosine, sincos, sine } from "../math/trig";
import { Task } from "./task";

/** Parameters of {@link CartPoleTask}. */
export enum CartPoleTaskParameter {
  /** of the cart's way to and fro [m] */
  amplitude,
  /** of a way to and fro [s] */
  period,
  count,
}

const TWO_PI: f64 = 6.283185307179586;

/** A cart with a pole to and fro: x = amplitude sin(2 pi t / period), pole upright. Setpoint: a state; features: the state, cos and sin of the clock. */
export class CartPoleTask extends Task {
  stateSize(): i32 {
    return 4;
  }
  setpointSize(): i32 {
    return 4;
  }
  featureSize(): i32 {
    return 6;
  }
  parameterCount(): i32 {
    return CartPoleTaskParameter.count;
  }
  tapeSize(): i32 {
    return 0;
  }

  setpointAt(parameters: usize, t: f64, setpoint: usize): void {
    const rate = TWO_PI / load<f64>(parameters, 8);
    sincos(rate * t);
    store<f64>(setpoint, load<f64>(parameters) * sine);
    store<f64>(setpoint, 0.0, 8);
    store<f64>(setpoint, load<f64>(parameters) * rate * cosine, 16);
    store<f64>(setpoint, 0.0, 24);
  }

  setpointOf(_parameters: usize, x: usize, setpoint: usize): void {
    memory.copy(setpoint, x, 32);
  }

  stateAt(parameters: usize, t: f64, x: usize): void {
    this.setpointAt(parameters, t, x);
  }

  period(parameters: usize): f64 {
    return load<f64>(parameters, 8);
  }

  observe(parameters: usize, x: usize, t: f64, features: usize, _tape: usize): void {
    memory.copy(features, x, 32);
    sincos((TWO_PI / load<f64>(parameters, 8)) * t);
    store<f64>(features, cosine, 32);
    store<f64>(features, sine, 40);
  }

  tangent(_tape: usize, dx: usize, dFeatures: usize): void {
    memory.copy(dFeatures, dx, 32);
    memory.fill(dFeatures + 32, 0, 16);
  }

  transpose(_tape: usize, pFeatures: usize, px: usize): void {
    for (let i: usize = 0; i < 32; i += 8) store<f64>(px + i, load<f64>(px + i) + load<f64>(pFeatures + i));
  }
}

/** @part cartPole CartPoleTaskParameter */
export const cartPole = new CartPoleTask();
