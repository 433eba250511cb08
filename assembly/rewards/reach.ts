import { sincos, cosine, sine } from "../math/trig";
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

/** Squared distance of a two-link arm's end to a target [m^2]. State: theta1, theta2 and their rates; see DoublePendulum. */
export class ReachReward extends Reward {
  prepare(_parameters: usize): void {}

  stateSize(): i32 {
    return 4;
  }
  residualSize(): i32 {
    return 2;
  }
  parameterCount(): i32 {
    return ReachRewardParameter.count;
  }
  tapeSize(): i32 {
    return 4;
  }

  /** Residuals: x and y of the end, from the target. Tape: x, y of the end, and x, y of the second link alone. */
  residuals(parameters: usize, x: usize, _u: usize, _t: f64, residuals: usize, tape: usize): void {
    const theta1 = load<f64>(x);
    const l1 = load<f64>(parameters, 16);
    const l2 = load<f64>(parameters, 24);
    sincos(theta1 + load<f64>(x, 8));
    const x2 = l2 * cosine;
    const y2 = l2 * sine;
    sincos(theta1);
    const endX = l1 * cosine + x2;
    const endY = l1 * sine + y2;
    store<f64>(residuals, endX - load<f64>(parameters));
    store<f64>(residuals, endY - load<f64>(parameters, 8), 8);
    store<f64>(tape, endX);
    store<f64>(tape, endY, 8);
    store<f64>(tape, x2, 16);
    store<f64>(tape, y2, 24);
  }

  tangent(tape: usize, dx: usize, _du: usize, dResiduals: usize): void {
    const d1 = load<f64>(dx);
    const d2 = load<f64>(dx, 8);
    store<f64>(dResiduals, -load<f64>(tape, 8) * d1 - load<f64>(tape, 24) * d2);
    store<f64>(dResiduals, load<f64>(tape) * d1 + load<f64>(tape, 16) * d2, 8);
  }

  transpose(tape: usize, w: usize, px: usize, _pu: usize): void {
    const wx = load<f64>(w);
    const wy = load<f64>(w, 8);
    store<f64>(px, load<f64>(px) + load<f64>(tape) * wy - load<f64>(tape, 8) * wx);
    store<f64>(px, load<f64>(px, 8) + load<f64>(tape, 16) * wy - load<f64>(tape, 24) * wx, 8);
  }
}

/** @part reach ReachRewardParameter */
export const reach = new ReachReward();
