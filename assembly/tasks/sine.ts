import { cosine, sincos, sine } from "../math/trig";
import { Task } from "./task";

/** Parameters of {@link Sine}. */
export enum SineParameter {
  /** of the setpoint over time */
  amplitude,
  /** of the setpoint, and of the clock that the network sees [s] */
  period,
  /** where a start lies, before its random offset */
  start,
  /** largest start time drawn at random [s] */
  latest,
  count,
}

/** Network input. */
const enum SineFeature {
  clockCosine,
  clockSine,
  count,
}

const TWO_PI: f64 = 6.283185307179586;

/**
 * Following amplitude sin(2 pi t / period) with one state; features: cos and sin of 2 pi t / period, nothing of the
 * state.
 */
export class Sine extends Task {
  constructor() {
    // state, setpoint
    super(1, 1, SineFeature.count, SineParameter.count, 0);
  }

  setpointAt(parameters: usize, t: f64, _pace: f64, setpoint: usize): void {
    sincos((TWO_PI / load<f64>(parameters, 8 * SineParameter.period)) * t);
    store<f64>(setpoint, load<f64>(parameters, 8 * SineParameter.amplitude) * sine);
  }

  setpointOf(_parameters: usize, x: usize, setpoint: usize): void {
    store<f64>(setpoint, load<f64>(x));
  }

  stateAt(parameters: usize, _t: f64, _pace: f64, x: usize): void {
    store<f64>(x, load<f64>(parameters, 8 * SineParameter.start));
  }

  period(parameters: usize): f64 {
    return load<f64>(parameters, 8 * SineParameter.latest);
  }

  observe(parameters: usize, _x: usize, t: f64, features: usize, _tape: usize): void {
    sincos((TWO_PI / load<f64>(parameters, 8 * SineParameter.period)) * t);
    store<f64>(features, cosine, 8 * SineFeature.clockCosine);
    store<f64>(features, sine, 8 * SineFeature.clockSine);
  }

  tangent(_tape: usize, _dx: usize, dFeatures: usize): void {
    memory.fill(dFeatures, 0, 8 * SineFeature.count);
  }

  transpose(_tape: usize, _pFeatures: usize, _px: usize): void {}
}

/** @part sine SineParameter */
export const sineTask = new Sine();
