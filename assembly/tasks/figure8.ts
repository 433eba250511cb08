import { atan2, cosine, sincos, sine } from "../math/trig";
import { CENTRE, onRightCircle, wrapLap } from "./figure8-curve";
import { Task } from "./task";

/** Parameters of {@link Figure8}. */
export enum Figure8Parameter {
  /** radius of each circle [m] */
  radius,
  /** time of a whole lap [s] */
  lapTime,
  /** least forward speed of a setpoint made from a measured state [m/s] */
  leastSpeed,
  count,
}

const FOUR_PI: f64 = 12.566370614359172;
const PI: f64 = 3.141592653589793;

/**
 * Two circles of radius r about (+r, 0), driven clockwise in the first half lap, and (-r, 0), counter-clockwise.
 * State: x, y, v, phi; setpoint: x, y, xdot, ydot; features: x, y, v cos phi, v sin phi, cos and sin of 2 pi tau / T, where tau
 * is the task time estimated from the position on the circle.
 */
export class Figure8 extends Task {
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
    return Figure8Parameter.count;
  }
  tapeSize(): i32 {
    return 8;
  }

  setpointAt(parameters: usize, t: f64, setpoint: usize): void {
    const r = load<f64>(parameters);
    const lapTime = load<f64>(parameters, 8);
    const wrapped = wrapLap(t, lapTime);
    const w = FOUR_PI / lapTime;
    sincos(w * wrapped);
    const side: f64 = wrapped < 0.5 * lapTime ? 1.0 : -1.0;
    store<f64>(setpoint, side * (r - r * cosine));
    store<f64>(setpoint, r * sine, 8);
    store<f64>(setpoint, side * r * w * sine, 16);
    store<f64>(setpoint, r * w * cosine, 24);
  }

  setpointOf(parameters: usize, x: usize, setpoint: usize): void {
    sincos(load<f64>(x, 24));
    const v = Math.max(load<f64>(x, 16), load<f64>(parameters, 16));
    store<f64>(setpoint, load<f64>(x));
    store<f64>(setpoint, load<f64>(x, 8), 8);
    store<f64>(setpoint, v * cosine, 16);
    store<f64>(setpoint, v * sine, 24);
  }

  stateAt(parameters: usize, t: f64, x: usize): void {
    this.setpointAt(parameters, t, x);
    const vx = load<f64>(x, 16);
    const vy = load<f64>(x, 24);
    store<f64>(x, Math.sqrt(vx * vx + vy * vy), 16);
    store<f64>(x, atan2(vy, vx), 24);
  }

  period(parameters: usize): f64 {
    return load<f64>(parameters, 8);
  }

  /** Tape: cos phi, sin phi, v cos phi, v sin phi, and the derivatives of the two clock features with respect to x and y. */
  observe(parameters: usize, x: usize, t: f64, features: usize, tape: usize): void {
    const radius = load<f64>(parameters);
    const y = load<f64>(x, 8);
    const v = load<f64>(x, 16);
    sincos(load<f64>(x, 24));
    store<f64>(features, load<f64>(x));
    store<f64>(features, y, 8);
    store<f64>(features, v * cosine, 16);
    store<f64>(features, v * sine, 24);
    store<f64>(tape, cosine);
    store<f64>(tape, sine, 8);
    store<f64>(tape, v * cosine, 16);
    store<f64>(tape, v * sine, 24);
    const right = onRightCircle(t, y, load<f64>(parameters, 8));
    const X = load<f64>(x) - (right ? radius : -radius);
    // 2 pi tau / T is (pi - a) / 2 on the right circle, pi + a / 2 (y > 0) or 2 pi + a / 2 on the left, with a in [-pi, 0]
    // for y <= 0: without the branch on y = 0 the point left of the centre would be half a lap off
    let a = atan2(y, X);
    if (y == 0.0 && X < 0.0) a = -PI;
    sincos(right ? 0.5 * (PI - a) : 0.5 * a + (y > 0.0 ? PI : 0.0));
    store<f64>(features, cosine, 32);
    store<f64>(features, sine, 40);
    const squared = X * X + y * y;
    const half: f64 = squared > CENTRE * CENTRE ? (right ? -0.5 : 0.5) / squared : 0.0; // dphase/da / rho^2
    const phaseX = -y * half;
    const phaseY = X * half;
    store<f64>(tape, -sine * phaseX, 32);
    store<f64>(tape, -sine * phaseY, 40);
    store<f64>(tape, cosine * phaseX, 48);
    store<f64>(tape, cosine * phaseY, 56);
  }

  tangent(tape: usize, dx: usize, dFeatures: usize): void {
    const dX = load<f64>(dx);
    const dY = load<f64>(dx, 8);
    const dv = load<f64>(dx, 16);
    const dphi = load<f64>(dx, 24);
    store<f64>(dFeatures, dX);
    store<f64>(dFeatures, dY, 8);
    store<f64>(dFeatures, load<f64>(tape) * dv - load<f64>(tape, 24) * dphi, 16);
    store<f64>(dFeatures, load<f64>(tape, 8) * dv + load<f64>(tape, 16) * dphi, 24);
    store<f64>(dFeatures, load<f64>(tape, 32) * dX + load<f64>(tape, 40) * dY, 32);
    store<f64>(dFeatures, load<f64>(tape, 48) * dX + load<f64>(tape, 56) * dY, 40);
  }

  transpose(tape: usize, pFeatures: usize, px: usize): void {
    const p2 = load<f64>(pFeatures, 16);
    const p3 = load<f64>(pFeatures, 24);
    const p4 = load<f64>(pFeatures, 32);
    const p5 = load<f64>(pFeatures, 40);
    store<f64>(px, load<f64>(px) + load<f64>(pFeatures) + load<f64>(tape, 32) * p4 + load<f64>(tape, 48) * p5);
    store<f64>(px, load<f64>(px, 8) + load<f64>(pFeatures, 8) + load<f64>(tape, 40) * p4 + load<f64>(tape, 56) * p5, 8);
    store<f64>(px, load<f64>(px, 16) + load<f64>(tape) * p2 + load<f64>(tape, 8) * p3, 16);
    store<f64>(px, load<f64>(px, 24) + load<f64>(tape, 16) * p3 - load<f64>(tape, 24) * p2, 24);
  }
}

/** @part figure8 Figure8Parameter */
export const figure8 = new Figure8();
