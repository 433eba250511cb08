import { sincos, sine } from "../math/trig";
import { Reward } from "./reward";

/** Parameters of {@link CartPoleReward}. */
export enum CartPoleRewardParameter {
  /** of the cart's way to and fro [m] */
  amplitude,
  /** of a way to and fro [s] */
  period,
  /** weight of the squared angle [m^2/rad^2] */
  angleWeight,
  /** weight of the squared force [m^2/N^2] */
  forceWeight,
  count,
}

const TWO_PI: f64 = 6.283185307179586;

/** Cost of moving the cart to and fro: (x - amplitude sin(2 pi t / period))^2 + angleWeight theta^2 + forceWeight u^2. */
export class CartPoleReward extends Reward {
  private angleRoot: f64 = 0.0;
  private forceRoot: f64 = 0.0;

  prepare(parameters: usize): void {
    this.angleRoot = Math.sqrt(load<f64>(parameters, 16));
    this.forceRoot = Math.sqrt(load<f64>(parameters, 24));
  }

  stateSize(): i32 {
    return 4;
  }
  residualSize(): i32 {
    return 3;
  }
  parameterCount(): i32 {
    return CartPoleRewardParameter.count;
  }
  tapeSize(): i32 {
    return 2;
  }

  /** Tape: the square roots of the two weights. */
  residuals(parameters: usize, x: usize, u: usize, t: f64, residuals: usize, tape: usize): void {
    sincos((TWO_PI / load<f64>(parameters, 8)) * t);
    store<f64>(residuals, load<f64>(x) - load<f64>(parameters) * sine);
    store<f64>(residuals, this.angleRoot * load<f64>(x, 8), 8);
    store<f64>(residuals, this.forceRoot * load<f64>(u), 16);
    store<f64>(tape, this.angleRoot);
    store<f64>(tape, this.forceRoot, 8);
  }

  tangent(tape: usize, dx: usize, du: usize, dResiduals: usize): void {
    store<f64>(dResiduals, load<f64>(dx));
    store<f64>(dResiduals, load<f64>(tape) * load<f64>(dx, 8), 8);
    store<f64>(dResiduals, load<f64>(tape, 8) * load<f64>(du), 16);
  }

  transpose(tape: usize, w: usize, px: usize, pu: usize): void {
    store<f64>(px, load<f64>(px) + load<f64>(w));
    store<f64>(px, load<f64>(px, 8) + load<f64>(tape) * load<f64>(w, 8), 8);
    store<f64>(pu, load<f64>(pu) + load<f64>(tape, 8) * load<f64>(w, 16));
  }
}

/** @part cartPole CartPoleRewardParameter */
export const cartPole = new CartPoleReward();
