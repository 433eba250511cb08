import { atan2, cosine, sincos, sine } from "../math/trig";
import { PlanarState } from "../models/planar";
import {
  bendX,
  bendY,
  findPlace,
  forgetPlace,
  NO_RATE,
  nodeCount,
  pathX,
  pathY,
  placeByX,
  placeByY,
  rateX,
  rateY,
  wrapPlace,
} from "../tasks/path-curve";
import { Reward } from "./reward";

/** Parameters of {@link PathReward}. */
export enum PathRewardParameter {
  /** time of a whole lap [s] */
  lapTime,
  /** how far from the expected place the nearest one is looked for, to both sides [s] */
  window,
  /** weight of the squared speed error [s^2] */
  speedWeight,
  /** weight of the squared heading error [m^2] */
  headingWeight,
  /** part of the track's speed that is asked for */
  speedFactor,
  count,
}

const enum PathResidual {
  /** distance to the left of the path [m] */
  distance,
  /** weighted errors of speed and heading [m] */
  speed,
  heading,
  count,
}

const enum PathRewardTape {
  /** unit vector to the left of the path */
  leftX,
  leftY,
  /** square roots of the weights */
  speedRoot,
  headingRoot,
  /** derivatives of the weighted speed and heading that are asked for, by x and y */
  speedByX,
  speedByY,
  headingByX,
  headingByY,
  count,
}

/**
 * Cost of driving a track: d^2 + speedWeight (v - v_r)^2 + headingWeight e^2, with d the distance to the left of the
 * path, v_r the track's speed and e the wrapped angle between heading and path, all at the place that is nearest to the
 * state. State: x, y, v, phi. docs/equations.md, section 34
 */
export class PathReward extends Reward {
  private speedRoot: f64 = 0.0;
  private headingRoot: f64 = 0.0;
  private nodesPerSecond: f64 = 0.0;
  private window: f64 = 0.0;
  private speedPerRate: f64 = 0.0;

  prepare(parameters: usize): void {
    forgetPlace();
    this.speedRoot = Math.sqrt(load<f64>(parameters, 8 * PathRewardParameter.speedWeight));
    this.headingRoot = Math.sqrt(load<f64>(parameters, 8 * PathRewardParameter.headingWeight));
    this.nodesPerSecond = f64(nodeCount()) / load<f64>(parameters, 8 * PathRewardParameter.lapTime);
    this.window = this.nodesPerSecond * load<f64>(parameters, 8 * PathRewardParameter.window);
    this.speedPerRate = this.nodesPerSecond * load<f64>(parameters, 8 * PathRewardParameter.speedFactor);
  }

  constructor() {
    super(PlanarState.count, PathResidual.count, PathRewardParameter.count, PathRewardTape.count);
  }

  // @ts-ignore: decorator
  @inline
  residuals(_parameters: usize, x: usize, _u: usize, t: f64, residuals: usize, tape: usize): void {
    const X = load<f64>(x, 8 * PlanarState.x);
    const Y = load<f64>(x, 8 * PlanarState.y);
    findPlace(X, Y, wrapPlace(t * this.nodesPerSecond, f64(nodeCount())), this.window);
    const squared = rateX * rateX + rateY * rateY;
    const rate = Math.sqrt(squared);
    const perRate = squared > NO_RATE ? 1.0 / rate : 0.0;
    const leftX = -rateY * perRate;
    const leftY = rateX * perRate;
    sincos(load<f64>(x, 8 * PlanarState.phi));
    const e = atan2(sine * rateX - cosine * rateY, cosine * rateX + sine * rateY);
    const speedRoot = this.speedRoot;
    const headingRoot = this.headingRoot;
    const speed = this.speedPerRate * rate;
    store<f64>(residuals, (X - pathX) * leftX + (Y - pathY) * leftY, 8 * PathResidual.distance);
    store<f64>(residuals, speedRoot * (load<f64>(x, 8 * PlanarState.v) - speed), 8 * PathResidual.speed);
    store<f64>(residuals, headingRoot * e, 8 * PathResidual.heading);
    // by the place: of the speed p' . p'' / |p'|, of the path's heading p' x p'' / |p'|^2
    const speedRate = speedRoot * this.speedPerRate * (rateX * bendX + rateY * bendY) * perRate;
    const headingRate = headingRoot * (rateX * bendY - rateY * bendX) * perRate * perRate;
    store<f64>(tape, leftX, 8 * PathRewardTape.leftX);
    store<f64>(tape, leftY, 8 * PathRewardTape.leftY);
    store<f64>(tape, speedRoot, 8 * PathRewardTape.speedRoot);
    store<f64>(tape, headingRoot, 8 * PathRewardTape.headingRoot);
    store<f64>(tape, speedRate * placeByX, 8 * PathRewardTape.speedByX);
    store<f64>(tape, speedRate * placeByY, 8 * PathRewardTape.speedByY);
    store<f64>(tape, headingRate * placeByX, 8 * PathRewardTape.headingByX);
    store<f64>(tape, headingRate * placeByY, 8 * PathRewardTape.headingByY);
  }

  /**
   * dr_distance = leftX dx + leftY dy: what moves along the path is perpendicular to it
   * dr_speed    = speedRoot dv - speedByX dx - speedByY dy
   * dr_heading  = headingRoot dphi - headingByX dx - headingByY dy
   */
  tangent(tape: usize, dx: usize, _du: usize, dResiduals: usize): void {
    const dX = load<f64>(dx, 8 * PlanarState.x);
    const dY = load<f64>(dx, 8 * PlanarState.y);
    store<f64>(
      dResiduals,
      load<f64>(tape, 8 * PathRewardTape.leftX) * dX + load<f64>(tape, 8 * PathRewardTape.leftY) * dY,
      8 * PathResidual.distance,
    );
    store<f64>(
      dResiduals,
      load<f64>(tape, 8 * PathRewardTape.speedRoot) * load<f64>(dx, 8 * PlanarState.v) -
        (load<f64>(tape, 8 * PathRewardTape.speedByX) * dX + load<f64>(tape, 8 * PathRewardTape.speedByY) * dY),
      8 * PathResidual.speed,
    );
    store<f64>(
      dResiduals,
      load<f64>(tape, 8 * PathRewardTape.headingRoot) * load<f64>(dx, 8 * PlanarState.phi) -
        (load<f64>(tape, 8 * PathRewardTape.headingByX) * dX + load<f64>(tape, 8 * PathRewardTape.headingByY) * dY),
      8 * PathResidual.heading,
    );
  }

  /**
   * px += leftX w_distance - speedByX w_speed - headingByX w_heading               pv   += speedRoot w_speed
   * py += leftY w_distance - speedByY w_speed - headingByY w_heading               pphi += headingRoot w_heading
   */
  transpose(tape: usize, w: usize, px: usize, _pu: usize): void {
    const wDistance = load<f64>(w, 8 * PathResidual.distance);
    const wSpeed = load<f64>(w, 8 * PathResidual.speed);
    const wHeading = load<f64>(w, 8 * PathResidual.heading);
    store<f64>(
      px,
      load<f64>(px, 8 * PlanarState.x) +
        load<f64>(tape, 8 * PathRewardTape.leftX) * wDistance -
        load<f64>(tape, 8 * PathRewardTape.speedByX) * wSpeed -
        load<f64>(tape, 8 * PathRewardTape.headingByX) * wHeading,
      8 * PlanarState.x,
    );
    store<f64>(
      px,
      load<f64>(px, 8 * PlanarState.y) +
        load<f64>(tape, 8 * PathRewardTape.leftY) * wDistance -
        load<f64>(tape, 8 * PathRewardTape.speedByY) * wSpeed -
        load<f64>(tape, 8 * PathRewardTape.headingByY) * wHeading,
      8 * PlanarState.y,
    );
    store<f64>(
      px,
      load<f64>(px, 8 * PlanarState.v) + load<f64>(tape, 8 * PathRewardTape.speedRoot) * wSpeed,
      8 * PlanarState.v,
    );
    store<f64>(
      px,
      load<f64>(px, 8 * PlanarState.phi) + load<f64>(tape, 8 * PathRewardTape.headingRoot) * wHeading,
      8 * PlanarState.phi,
    );
  }
}

/** @part path PathRewardParameter */
export const path = new PathReward();
