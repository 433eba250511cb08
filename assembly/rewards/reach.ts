import { cosine, sincos, sine } from "../math/trig";
import { DoublePendulumState } from "../models/double-pendulum";
import { Reward } from "./reward";

/** Parameters of {@link ReachReward}. */
export enum ReachRewardParameter {
  /** where the end of the second link should be [m] */
  targetX,
  targetY,
  /** lengths of the links [m] */
  length1,
  length2,
  count,
}

const enum ReachResidual {
  /** the arm's end from the target [m] */
  x,
  y,
  count,
}

const enum ReachRewardTape {
  /** the arm's end [m] */
  endX,
  endY,
  /** the second link alone [m] */
  secondX,
  secondY,
  count,
}

/**
 * Squared distance of a two-link arm's end to a target [m^2]. State: theta1, theta2 and
 * their rates; see {@link DoublePendulumState}.
 */
export class ReachReward extends Reward {
  prepare(_parameters: usize): void {}

  constructor() {
    super(DoublePendulumState.count, ReachResidual.count, ReachRewardParameter.count, ReachRewardTape.count);
  }

  residuals(parameters: usize, x: usize, _u: usize, _t: f64, residuals: usize, tape: usize): void {
    const theta1 = load<f64>(x, 8 * DoublePendulumState.theta1);
    const l1 = load<f64>(parameters, 8 * ReachRewardParameter.length1);
    const l2 = load<f64>(parameters, 8 * ReachRewardParameter.length2);
    sincos(theta1 + load<f64>(x, 8 * DoublePendulumState.theta2));
    const x2 = l2 * cosine;
    const y2 = l2 * sine;
    sincos(theta1);
    const endX = l1 * cosine + x2;
    const endY = l1 * sine + y2;
    store<f64>(residuals, endX - load<f64>(parameters, 8 * ReachRewardParameter.targetX), 8 * ReachResidual.x);
    store<f64>(residuals, endY - load<f64>(parameters, 8 * ReachRewardParameter.targetY), 8 * ReachResidual.y);
    store<f64>(tape, endX, 8 * ReachRewardTape.endX);
    store<f64>(tape, endY, 8 * ReachRewardTape.endY);
    store<f64>(tape, x2, 8 * ReachRewardTape.secondX);
    store<f64>(tape, y2, 8 * ReachRewardTape.secondY);
  }

  /**
   * dr_x = -endY dtheta1 - secondY dtheta2
   * dr_y =  endX dtheta1 + secondX dtheta2
   */
  tangent(tape: usize, dx: usize, _du: usize, dResiduals: usize): void {
    const d1 = load<f64>(dx, 8 * DoublePendulumState.theta1);
    const d2 = load<f64>(dx, 8 * DoublePendulumState.theta2);
    store<f64>(
      dResiduals,
      -load<f64>(tape, 8 * ReachRewardTape.endY) * d1 - load<f64>(tape, 8 * ReachRewardTape.secondY) * d2,
      8 * ReachResidual.x,
    );
    store<f64>(
      dResiduals,
      load<f64>(tape, 8 * ReachRewardTape.endX) * d1 + load<f64>(tape, 8 * ReachRewardTape.secondX) * d2,
      8 * ReachResidual.y,
    );
  }

  /** ptheta1 += endX w_y - endY w_x,   ptheta2 += secondX w_y - secondY w_x */
  transpose(tape: usize, w: usize, px: usize, _pu: usize): void {
    const wx = load<f64>(w, 8 * ReachResidual.x);
    const wy = load<f64>(w, 8 * ReachResidual.y);
    store<f64>(
      px,
      load<f64>(px, 8 * DoublePendulumState.theta1) +
        load<f64>(tape, 8 * ReachRewardTape.endX) * wy -
        load<f64>(tape, 8 * ReachRewardTape.endY) * wx,
      8 * DoublePendulumState.theta1,
    );
    store<f64>(
      px,
      load<f64>(px, 8 * DoublePendulumState.theta2) +
        load<f64>(tape, 8 * ReachRewardTape.secondX) * wy -
        load<f64>(tape, 8 * ReachRewardTape.secondY) * wx,
      8 * DoublePendulumState.theta2,
    );
  }
}

/** @part reach ReachRewardParameter */
export const reach = new ReachReward();
