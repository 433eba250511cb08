import { atan2, cosine, sincos, sine } from "../math/trig";
import { PlanarState } from "../models/planar";
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

const enum Figure8Residual {
  /** distance to the circle [m] */
  distance,
  /** weighted errors of speed and heading [m] */
  speed,
  heading,
  count,
}

const enum Figure8RewardTape {
  /** unit vector from the circle's centre */
  cx,
  cy,
  /** 1 / rho [1/m] */
  perRho,
  /** square roots of the weights */
  speedRoot,
  headingRoot,
  count,
}

/**
 * Cost of driving the figure-8: (rho - r)^2 + speedWeight (v - v_task)^2 + headingWeight e^2, with rho the distance to
 * the centre of the circle driven at time t and e the wrapped angle between heading and tangent. State: x, y, v, phi.
 */
export class Figure8Reward extends Reward {
  private speedRoot: f64 = 0.0;
  private headingRoot: f64 = 0.0;
  private taskSpeed: f64 = 0.0;

  prepare(parameters: usize): void {
    this.speedRoot = Math.sqrt(load<f64>(parameters, 8 * Figure8RewardParameter.speedWeight));
    this.headingRoot = Math.sqrt(load<f64>(parameters, 8 * Figure8RewardParameter.headingWeight));
    this.taskSpeed =
      (12.566370614359172 / load<f64>(parameters, 8 * Figure8RewardParameter.lapTime)) *
      load<f64>(parameters, 8 * Figure8RewardParameter.radius); // 4 pi / T * r
  }

  constructor() {
    super(PlanarState.count, Figure8Residual.count, Figure8RewardParameter.count, Figure8RewardTape.count);
  }

  // @ts-ignore: decorator
  @inline
  residuals(parameters: usize, x: usize, _u: usize, t: f64, residuals: usize, tape: usize): void {
    const radius = load<f64>(parameters, 8 * Figure8RewardParameter.radius);
    const lapTime = load<f64>(parameters, 8 * Figure8RewardParameter.lapTime);
    const y = load<f64>(x, 8 * PlanarState.y);
    const right = onRightCircle(t, y, lapTime);
    const X = load<f64>(x, 8 * PlanarState.x) - (right ? radius : -radius);
    const rho = Math.sqrt(X * X + y * y);
    const perRho = rho > CENTRE ? 1.0 / rho : 0.0;
    // at the centre itself the direction is taken as +x and its derivatives as 0
    const cx = rho > CENTRE ? X * perRho : 1.0;
    const cy = y * perRho;
    // tangent, not normalised: the radial vector turned by -90 degrees (right circle, clockwise) or +90 degrees (left)
    const along = rho > CENTRE ? X : 1.0;
    const tx = right ? y : -y;
    const ty = right ? -along : along;
    sincos(load<f64>(x, 8 * PlanarState.phi));
    const e = atan2(sine * tx - cosine * ty, cosine * tx + sine * ty);
    const speedRoot = this.speedRoot;
    const headingRoot = this.headingRoot;
    store<f64>(residuals, rho - radius, 8 * Figure8Residual.distance);
    store<f64>(residuals, speedRoot * (load<f64>(x, 8 * PlanarState.v) - this.taskSpeed), 8 * Figure8Residual.speed);
    store<f64>(residuals, headingRoot * e, 8 * Figure8Residual.heading);
    store<f64>(tape, rho > CENTRE ? cx : 0.0, 8 * Figure8RewardTape.cx);
    store<f64>(tape, cy, 8 * Figure8RewardTape.cy);
    store<f64>(tape, perRho, 8 * Figure8RewardTape.perRho);
    store<f64>(tape, speedRoot, 8 * Figure8RewardTape.speedRoot);
    store<f64>(tape, headingRoot, 8 * Figure8RewardTape.headingRoot);
  }

  /**
   * dr_distance = cx dx + cy dy
   * dr_speed    = speedRoot dv
   * dr_heading  = headingRoot (dphi - (cx dy - cy dx) / rho)
   */
  // @ts-ignore: decorator
  @inline
  tangent(tape: usize, dx: usize, _du: usize, dResiduals: usize): void {
    const cx = load<f64>(tape, 8 * Figure8RewardTape.cx);
    const cy = load<f64>(tape, 8 * Figure8RewardTape.cy);
    const dX = load<f64>(dx, 8 * PlanarState.x);
    const dY = load<f64>(dx, 8 * PlanarState.y);
    const dAngle = load<f64>(tape, 8 * Figure8RewardTape.perRho) * (cx * dY - cy * dX);
    store<f64>(dResiduals, cx * dX + cy * dY, 8 * Figure8Residual.distance);
    store<f64>(
      dResiduals,
      load<f64>(tape, 8 * Figure8RewardTape.speedRoot) * load<f64>(dx, 8 * PlanarState.v),
      8 * Figure8Residual.speed,
    );
    store<f64>(
      dResiduals,
      load<f64>(tape, 8 * Figure8RewardTape.headingRoot) * (load<f64>(dx, 8 * PlanarState.phi) - dAngle),
      8 * Figure8Residual.heading,
    );
  }

  /**
   * With q = headingRoot w_heading:
   * px += cx w_distance + cy q / rho                       pv   += speedRoot w_speed
   * py += cy w_distance - cx q / rho                       pphi += q
   */
  // @ts-ignore: decorator
  @inline
  transpose(tape: usize, w: usize, px: usize, _pu: usize): void {
    const cx = load<f64>(tape, 8 * Figure8RewardTape.cx);
    const cy = load<f64>(tape, 8 * Figure8RewardTape.cy);
    const wRho = load<f64>(w, 8 * Figure8Residual.distance);
    const wHeading = load<f64>(tape, 8 * Figure8RewardTape.headingRoot) * load<f64>(w, 8 * Figure8Residual.heading);
    const pAngle = load<f64>(tape, 8 * Figure8RewardTape.perRho) * wHeading;
    store<f64>(px, load<f64>(px, 8 * PlanarState.x) + cx * wRho + cy * pAngle, 8 * PlanarState.x);
    store<f64>(px, load<f64>(px, 8 * PlanarState.y) + cy * wRho - cx * pAngle, 8 * PlanarState.y);
    store<f64>(
      px,
      load<f64>(px, 8 * PlanarState.v) +
        load<f64>(tape, 8 * Figure8RewardTape.speedRoot) * load<f64>(w, 8 * Figure8Residual.speed),
      8 * PlanarState.v,
    );
    store<f64>(px, load<f64>(px, 8 * PlanarState.phi) + wHeading, 8 * PlanarState.phi);
  }
}

/** @part figure8 Figure8RewardParameter */
export const figure8 = new Figure8Reward();
