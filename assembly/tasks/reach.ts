import { DOUBLE_SHIFT } from "../math/doubles";
import { cosine, sincos, sine } from "../math/trig";
import { DoublePendulumInput, DoublePendulumState } from "../models/double-pendulum";
import { Task } from "./task";

/** Parameters of {@link Reach} and {@link ReachOpen}. */
export enum ReachParameter {
  /** theta1 and theta2 where the arm is meant to stand without the network [rad] */
  setpoint1,
  setpoint2,
  /** theta1 and theta2 of a start, at rest [rad] */
  start1,
  start2,
  /** time after which the clock of the network input repeats [s] */
  clockPeriod,
  count,
}

/** Network input of {@link Reach}, and the first part of that of {@link ReachOpen}. */
const enum ReachFeature {
  /** of theta1 */
  cosine1,
  sine1,
  /** of theta2 */
  cosine2,
  sine2,
  count,
}

/** Network input of {@link ReachOpen}. */
const enum ReachOpenFeature {
  cosine1,
  sine1,
  cosine2,
  sine2,
  /** rates of theta1 and theta2 [rad/s] */
  w1,
  w2,
  clockCosine,
  clockSine,
  count,
}

/** The features of one angle. */
const enum AngleFeature {
  cosine,
  sine,
  count,
}

/** log2 of the bytes of one angle's features. */
// @ts-ignore: decorator
@inline
const ANGLE_SHIFT: usize = 4;
/** Bytes of two doubles: both rates, or the clock's two features. */
// @ts-ignore: decorator
@inline
const TWO: usize = 16;

const TWO_PI: f64 = 6.283185307179586;

/** What both ways of commanding a two-link arm share. State: theta1, theta2 and their rates. */
abstract class Arm extends Task {
  constructor(setpointSize: i32, featureSize: i32) {
    super(DoublePendulumState.count, setpointSize, featureSize, ReachParameter.count, ReachFeature.count);
  }

  stateAt(parameters: usize, _t: f64, _pace: f64, x: usize): void {
    store<f64>(x, load<f64>(parameters, 8 * ReachParameter.start1), 8 * DoublePendulumState.theta1);
    store<f64>(x, load<f64>(parameters, 8 * ReachParameter.start2), 8 * DoublePendulumState.theta2);
    store<f64>(x, 0.0, 8 * DoublePendulumState.w1);
    store<f64>(x, 0.0, 8 * DoublePendulumState.w2);
  }
  /** Every rollout begins at time 0. */
  period(_parameters: usize): f64 {
    return 0.0;
  }
}

/** A two-link arm under state feedback: setpoint is a state; features: cos and sin of theta1, cos and sin of theta2. */
export class Reach extends Arm {
  constructor() {
    super(DoublePendulumState.count, ReachFeature.count);
  }

  setpointAt(parameters: usize, _t: f64, _pace: f64, setpoint: usize): void {
    store<f64>(setpoint, load<f64>(parameters, 8 * ReachParameter.setpoint1), 8 * DoublePendulumState.theta1);
    store<f64>(setpoint, load<f64>(parameters, 8 * ReachParameter.setpoint2), 8 * DoublePendulumState.theta2);
    store<f64>(setpoint, 0.0, 8 * DoublePendulumState.w1);
    store<f64>(setpoint, 0.0, 8 * DoublePendulumState.w2);
  }

  setpointOf(_parameters: usize, x: usize, setpoint: usize): void {
    memory.copy(setpoint, x, 8 * DoublePendulumState.count);
  }

  /** Tape: the features, of which the derivatives are made. */
  observe(_parameters: usize, x: usize, _t: f64, features: usize, tape: usize): void {
    observeAngles(x, features);
    memory.copy(tape, features, 8 * ReachFeature.count);
  }

  tangent(tape: usize, dx: usize, dFeatures: usize): void {
    anglesTangent(tape, dx, dFeatures);
  }

  transpose(tape: usize, pFeatures: usize, px: usize): void {
    anglesTranspose(tape, pFeatures, px);
  }
}

/**
 * A two-link arm whose torques are the setpoint, with no feedback but the network's own; features: cos and sin of
 * theta1 and of theta2, both rates, cos and sin of the clock.
 */
export class ReachOpen extends Arm {
  constructor() {
    super(DoublePendulumInput.count, ReachOpenFeature.count);
  }

  setpointAt(_parameters: usize, _t: f64, _pace: f64, setpoint: usize): void {
    memory.fill(setpoint, 0, 8 * DoublePendulumInput.count);
  }

  setpointOf(_parameters: usize, _x: usize, setpoint: usize): void {
    memory.fill(setpoint, 0, 8 * DoublePendulumInput.count);
  }

  observe(parameters: usize, x: usize, t: f64, features: usize, tape: usize): void {
    observeAngles(x, features);
    memory.copy(tape, features, 8 * ReachFeature.count);
    memory.copy(features + 8 * ReachOpenFeature.w1, x + 8 * DoublePendulumState.w1, TWO);
    sincos((TWO_PI / load<f64>(parameters, 8 * ReachParameter.clockPeriod)) * t);
    store<f64>(features, cosine, 8 * ReachOpenFeature.clockCosine);
    store<f64>(features, sine, 8 * ReachOpenFeature.clockSine);
  }

  tangent(tape: usize, dx: usize, dFeatures: usize): void {
    anglesTangent(tape, dx, dFeatures);
    memory.copy(dFeatures + 8 * ReachOpenFeature.w1, dx + 8 * DoublePendulumState.w1, TWO);
    memory.fill(dFeatures + 8 * ReachOpenFeature.clockCosine, 0, TWO);
  }

  transpose(tape: usize, pFeatures: usize, px: usize): void {
    anglesTranspose(tape, pFeatures, px);
    for (let i: usize = 0; i < TWO; i += 8) {
      store<f64>(
        px + 8 * DoublePendulumState.w1 + i,
        load<f64>(px + 8 * DoublePendulumState.w1 + i) + load<f64>(pFeatures + 8 * ReachOpenFeature.w1 + i),
      );
    }
  }
}

/** @part reach ReachParameter */
export const reach = new Reach();
/** @part reachOpen ReachParameter */
export const reachOpen = new ReachOpen();

/** cos, sin of theta1, then of theta2. */
function observeAngles(x: usize, features: usize): void {
  for (let i: usize = 0; i < 2; i++) {
    sincos(load<f64>(x + (i << DOUBLE_SHIFT)));
    store<f64>(features + (i << ANGLE_SHIFT), cosine, 8 * AngleFeature.cosine);
    store<f64>(features + (i << ANGLE_SHIFT), sine, 8 * AngleFeature.sine);
  }
}

/** d cos = -sin dtheta,   d sin = cos dtheta */
function anglesTangent(tape: usize, dx: usize, dFeatures: usize): void {
  for (let i: usize = 0; i < 2; i++) {
    const d = load<f64>(dx + (i << DOUBLE_SHIFT));
    const f = i << ANGLE_SHIFT;
    store<f64>(dFeatures + f, -load<f64>(tape + f, 8 * AngleFeature.sine) * d, 8 * AngleFeature.cosine);
    store<f64>(dFeatures + f, load<f64>(tape + f, 8 * AngleFeature.cosine) * d, 8 * AngleFeature.sine);
  }
}

/** ptheta += cos p_sin - sin p_cos */
function anglesTranspose(tape: usize, pFeatures: usize, px: usize): void {
  for (let i: usize = 0; i < 2; i++) {
    const f = i << ANGLE_SHIFT;
    const p = px + (i << DOUBLE_SHIFT);
    store<f64>(
      p,
      load<f64>(p) +
        load<f64>(tape + f, 8 * AngleFeature.cosine) * load<f64>(pFeatures + f, 8 * AngleFeature.sine) -
        load<f64>(tape + f, 8 * AngleFeature.sine) * load<f64>(pFeatures + f, 8 * AngleFeature.cosine),
    );
  }
}
