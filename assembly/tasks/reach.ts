import { cosine, sincos, sine } from "../math/trig";
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

const TWO_PI: f64 = 6.283185307179586;

/** What both ways of commanding a two-link arm share. State: theta1, theta2 and their rates. */
abstract class Arm extends Task {
  stateSize(): i32 {
    return 4;
  }
  parameterCount(): i32 {
    return ReachParameter.count;
  }
  stateAt(parameters: usize, _t: f64, x: usize): void {
    store<f64>(x, load<f64>(parameters, 16));
    store<f64>(x, load<f64>(parameters, 24), 8);
    store<f64>(x, 0.0, 16);
    store<f64>(x, 0.0, 24);
  }
  /** Every rollout begins at time 0. */
  period(_parameters: usize): f64 {
    return 0.0;
  }
}

/** A two-link arm under state feedback: setpoint is a state; features: cos and sin of theta1, cos and sin of theta2. */
export class Reach extends Arm {
  setpointSize(): i32 {
    return 4;
  }
  featureSize(): i32 {
    return 4;
  }
  tapeSize(): i32 {
    return 4;
  }

  setpointAt(parameters: usize, _t: f64, setpoint: usize): void {
    store<f64>(setpoint, load<f64>(parameters));
    store<f64>(setpoint, load<f64>(parameters, 8), 8);
    store<f64>(setpoint, 0.0, 16);
    store<f64>(setpoint, 0.0, 24);
  }

  setpointOf(_parameters: usize, x: usize, setpoint: usize): void {
    memory.copy(setpoint, x, 32);
  }

  /** Tape: the features, of which the derivatives are made. */
  observe(_parameters: usize, x: usize, _t: f64, features: usize, tape: usize): void {
    observeAngles(x, features);
    memory.copy(tape, features, 32);
  }

  tangent(tape: usize, dx: usize, dFeatures: usize): void {
    anglesTangent(tape, dx, dFeatures);
  }

  transpose(tape: usize, pFeatures: usize, px: usize): void {
    anglesTranspose(tape, pFeatures, px);
  }
}

/**
 * A two-link arm whose torques are the setpoint, with no feedback but the network's own; features: cos and sin of theta1 and of
 * theta2, both rates, cos and sin of the clock.
 */
export class ReachOpen extends Arm {
  setpointSize(): i32 {
    return 2;
  }
  featureSize(): i32 {
    return 8;
  }
  tapeSize(): i32 {
    return 4;
  }

  setpointAt(_parameters: usize, _t: f64, setpoint: usize): void {
    memory.fill(setpoint, 0, 16);
  }

  setpointOf(_parameters: usize, _x: usize, setpoint: usize): void {
    memory.fill(setpoint, 0, 16);
  }

  observe(parameters: usize, x: usize, t: f64, features: usize, tape: usize): void {
    observeAngles(x, features);
    memory.copy(tape, features, 32);
    memory.copy(features + 32, x + 16, 16);
    sincos((TWO_PI / load<f64>(parameters, 32)) * t);
    store<f64>(features, cosine, 48);
    store<f64>(features, sine, 56);
  }

  tangent(tape: usize, dx: usize, dFeatures: usize): void {
    anglesTangent(tape, dx, dFeatures);
    memory.copy(dFeatures + 32, dx + 16, 16);
    memory.fill(dFeatures + 48, 0, 16);
  }

  transpose(tape: usize, pFeatures: usize, px: usize): void {
    anglesTranspose(tape, pFeatures, px);
    for (let i: usize = 0; i < 16; i += 8) store<f64>(px + 16 + i, load<f64>(px + 16 + i) + load<f64>(pFeatures + 32 + i));
  }
}

/** @part reach ReachParameter */
export const reach = new Reach();
/** @part reachOpen ReachParameter */
export const reachOpen = new ReachOpen();

/** cos, sin of theta1, then of theta2. */
function observeAngles(x: usize, features: usize): void {
  for (let i: usize = 0; i < 2; i++) {
    sincos(load<f64>(x + (i << 3)));
    store<f64>(features + (i << 4), cosine);
    store<f64>(features + (i << 4), sine, 8);
  }
}

function anglesTangent(tape: usize, dx: usize, dFeatures: usize): void {
  for (let i: usize = 0; i < 2; i++) {
    const d = load<f64>(dx + (i << 3));
    store<f64>(dFeatures + (i << 4), -load<f64>(tape + (i << 4), 8) * d);
    store<f64>(dFeatures + (i << 4), load<f64>(tape + (i << 4)) * d, 8);
  }
}

function anglesTranspose(tape: usize, pFeatures: usize, px: usize): void {
  for (let i: usize = 0; i < 2; i++) {
    const f = i << 4;
    const p = px + (i << 3);
    store<f64>(p, load<f64>(p) + load<f64>(tape + f) * load<f64>(pFeatures + f, 8) - load<f64>(tape + f, 8) * load<f64>(pFeatures + f));
  }
}
