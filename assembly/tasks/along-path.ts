import { DOUBLE_SHIFT } from "../math/doubles";
import { cosine, sincos, sine } from "../math/trig";
import { PlanarState } from "../models/planar";
import { OnPathTask } from "./on-path";
import {
  curvature,
  curvatureRate,
  findPlace,
  measurePath,
  nodeCount,
  pathX,
  pathY,
  place,
  placeByX,
  placeByY,
  rate,
  rateRate,
  rateX,
  rateY,
  wrapPlace,
} from "./path-curve";

/** Parameters of {@link AlongPathTask}; the first are those of every task on a track. */
export enum AlongPathParameter {
  /** time of a whole lap [s] */
  lapTime,
  /** how far from the expected place the nearest one is looked for, to both sides [s] */
  window,
  /** least forward speed of a setpoint made from a measured state [m/s] */
  leastSpeed,
  /** task time between two of the places ahead at which the path is looked at [s] */
  ahead,
  /** factors of the inputs: distance [1/m], sine of the heading error, speeds [s/m], delay [1/s], curvature [m] */
  distanceScale,
  headingScale,
  speedScale,
  delayScale,
  curvatureScale,
  count,
}

/** Places at which the path is looked at: where the robot is, and ahead of it. */
const LOOKS: i32 = 5;

/** Network input; behind these, of every place that is looked at, curvature and speed. */
const enum AlongPathFeature {
  distance,
  heading,
  speed,
  delay,
  count,
}

/** Behind these, of every place that is looked at, the derivatives of its curvature and speed by the place. */
const enum AlongPathTape {
  /** left-hand normal of the path, times the distance's factor */
  leftX,
  leftY,
  /** derivatives of the heading feature by phi, and by the place */
  headingByPhi,
  headingByPlace,
  speedScale,
  /** of the delay, by the place */
  delayByPlace,
  placeByX,
  placeByY,
  /** four numbers of the policy's: where the setpoint's offsets point */
  turn,
  turnEnd = 11,
  count,
}

/** log2 of the bytes of a look, which is two numbers. */
// @ts-ignore: decorator
@inline
const LOOK_SHIFT: usize = 4;
const SPEED: usize = 8;

/**
 * A track that is learned as such, wherever it lies: the network sees where the robot is relative to the path, and how
 * the path goes on. Features: distance to the left, sine of the angle from path to heading, speed, delay (task time of
 * the place less task time), and curvature and asked-for speed at {@link LOOKS} places from that of the robot on; the
 * factors are the same on every track. Offsets of the setpoint count along the path. docs/equations.md, section 37
 */
export class AlongPathTask extends OnPathTask {
  constructor() {
    super(AlongPathFeature.count + 2 * LOOKS, AlongPathParameter.count, AlongPathTape.count + 2 * LOOKS);
    this.turnAt = AlongPathTape.turn;
  }

  observe(parameters: usize, x: usize, t: f64, features: usize, tape: usize): void {
    const X = load<f64>(x, 8 * PlanarState.x);
    const Y = load<f64>(x, 8 * PlanarState.y);
    const count = f64(nodeCount());
    const nodesPerSecond = count / load<f64>(parameters, 8 * AlongPathParameter.lapTime);
    const expected = wrapPlace(t * nodesPerSecond, count);
    findPlace(X, Y, expected, nodesPerSecond * load<f64>(parameters, 8 * AlongPathParameter.window));
    const speedScale = load<f64>(parameters, 8 * AlongPathParameter.speedScale);
    const perDelay = load<f64>(parameters, 8 * AlongPathParameter.delayScale) / nodesPerSecond;
    const late = place - expected;
    store<f64>(features, speedScale * load<f64>(x, 8 * PlanarState.v), 8 * AlongPathFeature.speed);
    store<f64>(features, perDelay * (late - count * Math.floor(late / count + 0.5)), 8 * AlongPathFeature.delay);
    store<f64>(tape, speedScale, 8 * AlongPathTape.speedScale);
    store<f64>(tape, perDelay, 8 * AlongPathTape.delayByPlace);
    store<f64>(tape, placeByX, 8 * AlongPathTape.placeByX);
    store<f64>(tape, placeByY, 8 * AlongPathTape.placeByY);
    this.lookAhead(parameters, nodesPerSecond, features + 8 * AlongPathFeature.count, tape + 8 * AlongPathTape.count);
    measurePath(place);
    const perRate = rate > 0.0 ? 1.0 / rate : 0.0;
    const distanceScale = load<f64>(parameters, 8 * AlongPathParameter.distanceScale);
    const leftX = distanceScale * (-rateY * perRate);
    const leftY = distanceScale * (rateX * perRate);
    store<f64>(features, (X - pathX) * leftX + (Y - pathY) * leftY, 8 * AlongPathFeature.distance);
    store<f64>(tape, leftX, 8 * AlongPathTape.leftX);
    store<f64>(tape, leftY, 8 * AlongPathTape.leftY);
    // the path's own heading turns by |p'| times its curvature from node to node
    sincos(load<f64>(x, 8 * PlanarState.phi));
    const headingScale = load<f64>(parameters, 8 * AlongPathParameter.headingScale);
    const across = headingScale * ((sine * rateX - cosine * rateY) * perRate);
    const along = headingScale * ((cosine * rateX + sine * rateY) * perRate);
    store<f64>(features, across, 8 * AlongPathFeature.heading);
    store<f64>(tape, along, 8 * AlongPathTape.headingByPhi);
    store<f64>(tape, -along * (rate * curvature), 8 * AlongPathTape.headingByPlace);
  }

  /** Curvature and speed of the path at every place that is looked at, and their derivatives by the place. */
  private lookAhead(parameters: usize, nodesPerSecond: f64, features: usize, tape: usize): void {
    const count = f64(nodeCount());
    const between = nodesPerSecond * load<f64>(parameters, 8 * AlongPathParameter.ahead);
    const curvatureScale = load<f64>(parameters, 8 * AlongPathParameter.curvatureScale);
    const perRate = load<f64>(parameters, 8 * AlongPathParameter.speedScale) * nodesPerSecond;
    for (let k: i32 = 0; k < LOOKS; k++) {
      const look = usize(k) << LOOK_SHIFT;
      measurePath(wrapPlace(place + f64(k) * between, count));
      store<f64>(features + look, curvatureScale * curvature);
      store<f64>(features + look, perRate * rate, SPEED);
      store<f64>(tape + look, curvatureScale * curvatureRate);
      store<f64>(tape + look, perRate * rateRate, SPEED);
    }
  }

  /**
   * dplace = placeByX dx + placeByY dy
   * ddistance = leftX dx + leftY dy: what moves along the path is perpendicular to it
   * dheading  = headingByPhi dphi + headingByPlace dplace,   dspeed = speedScale dv,   ddelay = delayByPlace dplace
   * and of every place that is looked at, curvature and speed move with dplace
   */
  tangent(tape: usize, dx: usize, dFeatures: usize): void {
    const dX = load<f64>(dx, 8 * PlanarState.x);
    const dY = load<f64>(dx, 8 * PlanarState.y);
    const dPlace = load<f64>(tape, 8 * AlongPathTape.placeByX) * dX + load<f64>(tape, 8 * AlongPathTape.placeByY) * dY;
    store<f64>(
      dFeatures,
      load<f64>(tape, 8 * AlongPathTape.leftX) * dX + load<f64>(tape, 8 * AlongPathTape.leftY) * dY,
      8 * AlongPathFeature.distance,
    );
    store<f64>(
      dFeatures,
      load<f64>(tape, 8 * AlongPathTape.headingByPhi) * load<f64>(dx, 8 * PlanarState.phi) +
        load<f64>(tape, 8 * AlongPathTape.headingByPlace) * dPlace,
      8 * AlongPathFeature.heading,
    );
    store<f64>(
      dFeatures,
      load<f64>(tape, 8 * AlongPathTape.speedScale) * load<f64>(dx, 8 * PlanarState.v),
      8 * AlongPathFeature.speed,
    );
    store<f64>(dFeatures, load<f64>(tape, 8 * AlongPathTape.delayByPlace) * dPlace, 8 * AlongPathFeature.delay);
    const looks = tape + 8 * AlongPathTape.count;
    const dLooks = dFeatures + 8 * AlongPathFeature.count;
    for (let i: i32 = 0; i < 2 * LOOKS; i++) {
      const column = usize(i) << DOUBLE_SHIFT;
      store<f64>(dLooks + column, load<f64>(looks + column) * dPlace);
    }
  }

  /**
   * With q = headingByPlace p_heading + delayByPlace p_delay + sum over the looks of their derivatives times p:
   * px += leftX p_distance + placeByX q            pv   += speedScale p_speed
   * py += leftY p_distance + placeByY q            pphi += headingByPhi p_heading
   */
  transpose(tape: usize, pFeatures: usize, px: usize): void {
    const pDistance = load<f64>(pFeatures, 8 * AlongPathFeature.distance);
    const pHeading = load<f64>(pFeatures, 8 * AlongPathFeature.heading);
    let q =
      load<f64>(tape, 8 * AlongPathTape.headingByPlace) * pHeading +
      load<f64>(tape, 8 * AlongPathTape.delayByPlace) * load<f64>(pFeatures, 8 * AlongPathFeature.delay);
    const looks = tape + 8 * AlongPathTape.count;
    const pLooks = pFeatures + 8 * AlongPathFeature.count;
    for (let i: i32 = 0; i < 2 * LOOKS; i++) {
      const column = usize(i) << DOUBLE_SHIFT;
      q += load<f64>(looks + column) * load<f64>(pLooks + column);
    }
    store<f64>(
      px,
      load<f64>(px, 8 * PlanarState.x) +
        load<f64>(tape, 8 * AlongPathTape.leftX) * pDistance +
        load<f64>(tape, 8 * AlongPathTape.placeByX) * q,
      8 * PlanarState.x,
    );
    store<f64>(
      px,
      load<f64>(px, 8 * PlanarState.y) +
        load<f64>(tape, 8 * AlongPathTape.leftY) * pDistance +
        load<f64>(tape, 8 * AlongPathTape.placeByY) * q,
      8 * PlanarState.y,
    );
    store<f64>(
      px,
      load<f64>(px, 8 * PlanarState.v) +
        load<f64>(tape, 8 * AlongPathTape.speedScale) * load<f64>(pFeatures, 8 * AlongPathFeature.speed),
      8 * PlanarState.v,
    );
    store<f64>(
      px,
      load<f64>(px, 8 * PlanarState.phi) + load<f64>(tape, 8 * AlongPathTape.headingByPhi) * pHeading,
      8 * PlanarState.phi,
    );
  }
}

/** @part alongPath AlongPathParameter */
export const alongPath = new AlongPathTask();
