import { atan2, cosine, sincos, sine } from "../math/trig";
import { CENTRE, onRightCircle } from "../tasks/figure8-curve";
import { Reward } from "./reward";

/** Parameters of {@link Figure8Reward}. */
export enum Figure8RewardParameter {
  /** radius of each circle [m] */
  radius,
  /** time of a whole lap [s] */
  lapTime,
  /** weight of the squared speed error [s^2] */
  speedWeight,
  /** weight of the squared heading error [m^2] */
  headingWeight,
  count,
}

/**
 * Cost of driving the figure-8: (rho - r)^2 + speedWeight (v - v_task)^2 + headingWeight e^2, with rho the distance to the centre
 * of the circle driven at time t and e the wrapped angle between heading and tangent. State: x, y, v, phi.
 */
export class Figure8Reward extends Reward {
  private speedRoot: f64 = 0.0;
  private headingRoot: f64 = 0.0;
  private taskSpeed: f64 = 0.0;

  prepare(parameters: usize): void {
    this.speedRoot = Math.sqrt(load<f64>(parameters, 16));
    this.headingRoot = Math.sqrt(load<f64>(parameters, 24));
    this.taskSpeed = (12.566370614359172 / load<f64>(parameters, 8)) * load<f64>(parameters); // 4 pi / T * r
  }

  stateSize(): i32 {
    return 4;
  }
  residualSize(): i32 {
    return 3;
  }
  parameterCount(): i32 {
    return Figure8RewardParameter.count;
  }
  tapeSize(): i32 {
    return 5;
  }

  /** Tape: unit vector from the centre (2), 1/rho, and the square roots of the two weights. */
  // @ts-ignore: decorator
  @inline
  residuals(parameters: usize, x: usize, _u: usize, t: f64, residuals: usize, tape: usize): void {
    const radius = load<f64>(parameters);
    const lapTime = load<f64>(parameters, 8);
    const y = load<f64>(x, 8);
    const right = onRightCircle(t, y, lapTime);
    const X = load<f64>(x) - (right ? radius : -radius);
    const rho = Math.sqrt(X * X + y * y);
    const perRho = rho > CENTRE ? 1.0 / rho : 0.0;
    // at the centre itself the direction is taken as +x and its derivatives as 0
    const cx = rho > CENTRE ? X * perRho : 1.0;
    const cy = y * perRho;
    // tangent, not normalised: the radial vector turned by -90 degrees (right circle, clockwise) or +90 degrees (left)
    const along = rho > CENTRE ? X : 1.0;
    const tx = right ? y : -y;
    const ty = right ? -along : along;
    sincos(load<f64>(x, 24));
    const e = atan2(sine * tx - cosine * ty, cosine * tx + sine * ty);
    const speedRoot = this.speedRoot;
    const headingRoot = this.headingRoot;
    store<f64>(residuals, rho - radius);
    store<f64>(residuals, speedRoot * (load<f64>(x, 16) - this.taskSpeed), 8);
    store<f64>(residuals, headingRoot * e, 16);
    store<f64>(tape, rho > CENTRE ? cx : 0.0);
    store<f64>(tape, cy, 8);
    store<f64>(tape, perRho, 16);
    store<f64>(tape, speedRoot, 24);
    store<f64>(tape, headingRoot, 32);
  }

  tangent(tape: usize, dx: usize, _du: usize, dResiduals: usize): void {
    const cx = load<f64>(tape);
    const cy = load<f64>(tape, 8);
    const dX = load<f64>(dx);
    const dY = load<f64>(dx, 8);
    const dAngle = load<f64>(tape, 16) * (cx * dY - cy * dX);
    store<f64>(dResiduals, cx * dX + cy * dY);
    store<f64>(dResiduals, load<f64>(tape, 24) * load<f64>(dx, 16), 8);
    store<f64>(dResiduals, load<f64>(tape, 32) * (load<f64>(dx, 24) - dAngle), 16);
  }

  transpose(tape: usize, w: usize, px: usize, _pu: usize): void {
    const cx = load<f64>(tape);
    const cy = load<f64>(tape, 8);
    const wRho = load<f64>(w);
    const wHeading = load<f64>(tape, 32) * load<f64>(w, 16);
    const pAngle = load<f64>(tape, 16) * wHeading;
    store<f64>(px, load<f64>(px) + cx * wRho + cy * pAngle);
    store<f64>(px, load<f64>(px, 8) + cy * wRho - cx * pAngle, 8);
    store<f64>(px, load<f64>(px, 16) + load<f64>(tape, 24) * load<f64>(w, 8), 16);
    store<f64>(px, load<f64>(px, 24) + wHeading, 24);
  }
}

/** @part figure8 Figure8RewardParameter */
export const figure8 = new Figure8Reward();
