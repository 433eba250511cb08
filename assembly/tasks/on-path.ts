import { PlanarSetpoint, PlanarState } from "../models/planar";
import { evaluatePath, nodeCount, pathX, pathY, rateX, rateY, wrapPlace } from "./path-curve";
import { planarSetpointOf, setpointToState } from "./planar";
import { Task } from "./task";

/** The first parameters of every task on a track. */
export const enum OnPathParameter {
  /** time of a whole lap [s] */
  lapTime,
  /** how far from the expected place the nearest one is looked for, to both sides [s] */
  window,
  /** least forward speed of a setpoint made from a measured state [m/s] */
  leastSpeed,
}

/**
 * Driving a track: a closed path with a speed at every place, whose nodes lie in the region `path` evenly in task time.
 * State: x, y, v, phi; setpoint: x, y, xdot, ydot. What the network sees of it the tasks decide.
 */
export abstract class OnPathTask extends Task {
  constructor(featureSize: i32, parameterCount: i32, tapeSize: i32) {
    super(PlanarState.count, PlanarSetpoint.count, featureSize, parameterCount, tapeSize);
  }

  setpointAt(parameters: usize, t: f64, pace: f64, setpoint: usize): void {
    const nodesPerSecond = f64(nodeCount()) / load<f64>(parameters, 8 * OnPathParameter.lapTime);
    evaluatePath(wrapPlace(t * nodesPerSecond, f64(nodeCount())));
    const rate = pace * nodesPerSecond;
    store<f64>(setpoint, pathX, 8 * PlanarSetpoint.x);
    store<f64>(setpoint, pathY, 8 * PlanarSetpoint.y);
    store<f64>(setpoint, rate * rateX, 8 * PlanarSetpoint.vx);
    store<f64>(setpoint, rate * rateY, 8 * PlanarSetpoint.vy);
  }

  setpointOf(parameters: usize, x: usize, setpoint: usize): void {
    planarSetpointOf(x, load<f64>(parameters, 8 * OnPathParameter.leastSpeed), setpoint);
  }

  stateAt(parameters: usize, t: f64, pace: f64, x: usize): void {
    this.setpointAt(parameters, t, pace, x);
    setpointToState(x);
  }

  period(parameters: usize): f64 {
    return load<f64>(parameters, 8 * OnPathParameter.lapTime);
  }
}
