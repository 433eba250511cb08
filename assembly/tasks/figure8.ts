import { atan2, cosine, sincos, sine } from "../math/trig";
import { PlanarSetpoint, PlanarState } from "../models/planar";
import { CENTRE, onRightCircle, wrapLap } from "./figure8-curve";
import { planarSetpointOf, setpointToState } from "./planar";
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

/** Network input. */
const enum Figure8Feature {
  /** position [m] */
  x,
  y,
  /** velocity [m/s] */
  vx,
  vy,
  /** of 2 pi tau / T */
  clockCosine,
  clockSine,
  count,
}

const enum Figure8Tape {
  /** of phi */
  cosine,
  sine,
  /** v cos phi, v sin phi */
  vCosine,
  vSine,
  /** derivatives of the two clock features by x and y [1/m] */
  clockCosineByX,
  clockCosineByY,
  clockSineByX,
  clockSineByY,
  count,
}

const FOUR_PI: f64 = 12.566370614359172;
const PI: f64 = 3.141592653589793;

/**
 * Two circles of radius r about (+r, 0), driven clockwise in the first half lap, and (-r, 0), counter-clockwise.
 * State: x, y, v, phi; setpoint: x, y, xdot, ydot; features: x, y, v cos phi, v sin phi, cos and sin of 2 pi tau / T,
 * where tau is the task time estimated from the position on the circle.
 */
export class Figure8 extends Task {
  constructor() {
    super(PlanarState.count, PlanarSetpoint.count, Figure8Feature.count, Figure8Parameter.count, Figure8Tape.count);
  }

  setpointAt(parameters: usize, t: f64, pace: f64, setpoint: usize): void {
    const r = load<f64>(parameters, 8 * Figure8Parameter.radius);
    const lapTime = load<f64>(parameters, 8 * Figure8Parameter.lapTime);
    const wrapped = wrapLap(t, lapTime);
    const w = FOUR_PI / lapTime;
    sincos(w * wrapped);
    const side: f64 = wrapped < 0.5 * lapTime ? 1.0 : -1.0;
    const rate = pace * w;
    store<f64>(setpoint, side * (r - r * cosine), 8 * PlanarSetpoint.x);
    store<f64>(setpoint, r * sine, 8 * PlanarSetpoint.y);
    store<f64>(setpoint, side * r * rate * sine, 8 * PlanarSetpoint.vx);
    store<f64>(setpoint, r * rate * cosine, 8 * PlanarSetpoint.vy);
  }

  setpointOf(parameters: usize, x: usize, setpoint: usize): void {
    planarSetpointOf(x, load<f64>(parameters, 8 * Figure8Parameter.leastSpeed), setpoint);
  }

  stateAt(parameters: usize, t: f64, pace: f64, x: usize): void {
    this.setpointAt(parameters, t, pace, x);
    setpointToState(x);
  }

  period(parameters: usize): f64 {
    return load<f64>(parameters, 8 * Figure8Parameter.lapTime);
  }

  observe(parameters: usize, x: usize, t: f64, features: usize, tape: usize): void {
    const radius = load<f64>(parameters, 8 * Figure8Parameter.radius);
    const y = load<f64>(x, 8 * PlanarState.y);
    const v = load<f64>(x, 8 * PlanarState.v);
    sincos(load<f64>(x, 8 * PlanarState.phi));
    store<f64>(features, load<f64>(x, 8 * PlanarState.x), 8 * Figure8Feature.x);
    store<f64>(features, y, 8 * Figure8Feature.y);
    store<f64>(features, v * cosine, 8 * Figure8Feature.vx);
    store<f64>(features, v * sine, 8 * Figure8Feature.vy);
    store<f64>(tape, cosine, 8 * Figure8Tape.cosine);
    store<f64>(tape, sine, 8 * Figure8Tape.sine);
    store<f64>(tape, v * cosine, 8 * Figure8Tape.vCosine);
    store<f64>(tape, v * sine, 8 * Figure8Tape.vSine);
    const right = onRightCircle(t, y, load<f64>(parameters, 8 * Figure8Parameter.lapTime));
    const X = load<f64>(x, 8 * PlanarState.x) - (right ? radius : -radius);
    // 2 pi tau / T is (pi - a) / 2 on the right circle, pi + a / 2 (y > 0) or 2 pi + a / 2 on the left, with a
    // in [-pi, 0] for y <= 0: without the branch on y = 0 the point left of the centre would be half a lap off
    let a = atan2(y, X);
    if (y == 0.0 && X < 0.0) a = -PI;
    sincos(right ? 0.5 * (PI - a) : 0.5 * a + (y > 0.0 ? PI : 0.0));
    store<f64>(features, cosine, 8 * Figure8Feature.clockCosine);
    store<f64>(features, sine, 8 * Figure8Feature.clockSine);
    const squared = X * X + y * y;
    const half: f64 = squared > CENTRE * CENTRE ? (right ? -0.5 : 0.5) / squared : 0.0; // dphase/da / rho^2
    const phaseX = -y * half;
    const phaseY = X * half;
    store<f64>(tape, -sine * phaseX, 8 * Figure8Tape.clockCosineByX);
    store<f64>(tape, -sine * phaseY, 8 * Figure8Tape.clockCosineByY);
    store<f64>(tape, cosine * phaseX, 8 * Figure8Tape.clockSineByX);
    store<f64>(tape, cosine * phaseY, 8 * Figure8Tape.clockSineByY);
  }

  /**
   * dfeatures_x  = dx                                      dfeatures_vx = cos phi dv - v sin phi dphi
   * dfeatures_y  = dy                                      dfeatures_vy = sin phi dv + v cos phi dphi
   * d(clock's cosine) = clockCosineByX dx + clockCosineByY dy, and the same of its sine
   */
  tangent(tape: usize, dx: usize, dFeatures: usize): void {
    const dX = load<f64>(dx, 8 * PlanarState.x);
    const dY = load<f64>(dx, 8 * PlanarState.y);
    const dv = load<f64>(dx, 8 * PlanarState.v);
    const dphi = load<f64>(dx, 8 * PlanarState.phi);
    store<f64>(dFeatures, dX, 8 * Figure8Feature.x);
    store<f64>(dFeatures, dY, 8 * Figure8Feature.y);
    store<f64>(
      dFeatures,
      load<f64>(tape, 8 * Figure8Tape.cosine) * dv - load<f64>(tape, 8 * Figure8Tape.vSine) * dphi,
      8 * Figure8Feature.vx,
    );
    store<f64>(
      dFeatures,
      load<f64>(tape, 8 * Figure8Tape.sine) * dv + load<f64>(tape, 8 * Figure8Tape.vCosine) * dphi,
      8 * Figure8Feature.vy,
    );
    store<f64>(
      dFeatures,
      load<f64>(tape, 8 * Figure8Tape.clockCosineByX) * dX + load<f64>(tape, 8 * Figure8Tape.clockCosineByY) * dY,
      8 * Figure8Feature.clockCosine,
    );
    store<f64>(
      dFeatures,
      load<f64>(tape, 8 * Figure8Tape.clockSineByX) * dX + load<f64>(tape, 8 * Figure8Tape.clockSineByY) * dY,
      8 * Figure8Feature.clockSine,
    );
  }

  /**
   * px += p_x + clockCosineByX p_cosine + clockSineByX p_sine              pv   += cos phi p_vx + sin phi p_vy
   * py += p_y + clockCosineByY p_cosine + clockSineByY p_sine              pphi += v cos phi p_vy - v sin phi p_vx
   */
  transpose(tape: usize, pFeatures: usize, px: usize): void {
    const pVx = load<f64>(pFeatures, 8 * Figure8Feature.vx);
    const pVy = load<f64>(pFeatures, 8 * Figure8Feature.vy);
    const pCosine = load<f64>(pFeatures, 8 * Figure8Feature.clockCosine);
    const pSine = load<f64>(pFeatures, 8 * Figure8Feature.clockSine);
    store<f64>(
      px,
      load<f64>(px, 8 * PlanarState.x) +
        load<f64>(pFeatures, 8 * Figure8Feature.x) +
        load<f64>(tape, 8 * Figure8Tape.clockCosineByX) * pCosine +
        load<f64>(tape, 8 * Figure8Tape.clockSineByX) * pSine,
      8 * PlanarState.x,
    );
    store<f64>(
      px,
      load<f64>(px, 8 * PlanarState.y) +
        load<f64>(pFeatures, 8 * Figure8Feature.y) +
        load<f64>(tape, 8 * Figure8Tape.clockCosineByY) * pCosine +
        load<f64>(tape, 8 * Figure8Tape.clockSineByY) * pSine,
      8 * PlanarState.y,
    );
    store<f64>(
      px,
      load<f64>(px, 8 * PlanarState.v) +
        load<f64>(tape, 8 * Figure8Tape.cosine) * pVx +
        load<f64>(tape, 8 * Figure8Tape.sine) * pVy,
      8 * PlanarState.v,
    );
    store<f64>(
      px,
      load<f64>(px, 8 * PlanarState.phi) +
        load<f64>(tape, 8 * Figure8Tape.vCosine) * pVy -
        load<f64>(tape, 8 * Figure8Tape.vSine) * pVx,
      8 * PlanarState.phi,
    );
  }
}

/** @part figure8 Figure8Parameter */
export const figure8 = new Figure8();
