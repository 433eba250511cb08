import { cosine, sincos, sine } from "../math/trig";
import { CartPoleState } from "../models/cart-pole";
import { Task } from "./task";

/** Parameters of {@link CartPoleTask}. */
export enum CartPoleTaskParameter {
  /** of the cart's way to and fro [m] */
  amplitude,
  /** of a way to and fro [s] */
  period,
  count,
}

/** Network input: the state, then the clock. */
const enum CartPoleFeature {
  x,
  theta,
  v,
  w,
  clockCosine,
  clockSine,
  count,
}

/** Of the features that do not depend on the state. */
// @ts-ignore: decorator
@inline
const CLOCK_BYTES: usize = 8 * (CartPoleFeature.count - CartPoleFeature.clockCosine);
const TWO_PI: f64 = 6.283185307179586;

/**
 * A cart with a pole to and fro: x = amplitude sin(2 pi t / period), pole upright. Setpoint: a state; features: the
 * state, cos and sin of the clock.
 */
export class CartPoleTask extends Task {
  constructor() {
    super(CartPoleState.count, CartPoleState.count, CartPoleFeature.count, CartPoleTaskParameter.count, 0);
  }

  setpointAt(parameters: usize, t: f64, pace: f64, setpoint: usize): void {
    const rate = TWO_PI / load<f64>(parameters, 8 * CartPoleTaskParameter.period);
    sincos(rate * t);
    store<f64>(setpoint, load<f64>(parameters, 8 * CartPoleTaskParameter.amplitude) * sine, 8 * CartPoleState.x);
    store<f64>(setpoint, 0.0, 8 * CartPoleState.theta);
    store<f64>(
      setpoint,
      load<f64>(parameters, 8 * CartPoleTaskParameter.amplitude) * (pace * rate) * cosine,
      8 * CartPoleState.v,
    );
    store<f64>(setpoint, 0.0, 8 * CartPoleState.w);
  }

  setpointOf(_parameters: usize, x: usize, setpoint: usize): void {
    memory.copy(setpoint, x, 8 * CartPoleState.count);
  }

  stateAt(parameters: usize, t: f64, pace: f64, x: usize): void {
    this.setpointAt(parameters, t, pace, x);
  }

  period(parameters: usize): f64 {
    return load<f64>(parameters, 8 * CartPoleTaskParameter.period);
  }

  observe(parameters: usize, x: usize, t: f64, features: usize, _tape: usize): void {
    memory.copy(features, x, 8 * CartPoleState.count);
    sincos((TWO_PI / load<f64>(parameters, 8 * CartPoleTaskParameter.period)) * t);
    store<f64>(features, cosine, 8 * CartPoleFeature.clockCosine);
    store<f64>(features, sine, 8 * CartPoleFeature.clockSine);
  }

  tangent(_tape: usize, dx: usize, dFeatures: usize): void {
    memory.copy(dFeatures, dx, 8 * CartPoleState.count);
    memory.fill(dFeatures + 8 * CartPoleFeature.clockCosine, 0, CLOCK_BYTES);
  }

  transpose(_tape: usize, pFeatures: usize, px: usize): void {
    for (let i: usize = 0; i < 8 * CartPoleState.count; i += 8) {
      store<f64>(px + i, load<f64>(px + i) + load<f64>(pFeatures + i));
    }
  }
}

/** @part cartPole CartPoleTaskParameter */
export const cartPole = new CartPoleTask();
