import { sincos, sine } from "../math/trig";
import { CartPoleInput, CartPoleState } from "../models/cart-pole";
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

const enum CartPoleResidual {
  /** [m] */
  position,
  /** weighted angle and force [m] */
  angle,
  force,
  count,
}

const enum CartPoleRewardTape {
  /** square roots of the weights */
  angleRoot,
  forceRoot,
  count,
}

const TWO_PI: f64 = 6.283185307179586;

/**
 * Cost of moving the cart to and fro: (x - amplitude sin(2 pi t / period))^2 + angleWeight theta^2 + forceWeight u^2.
 */
export class CartPoleReward extends Reward {
  private angleRoot: f64 = 0.0;
  private forceRoot: f64 = 0.0;

  prepare(parameters: usize): void {
    this.angleRoot = Math.sqrt(load<f64>(parameters, 8 * CartPoleRewardParameter.angleWeight));
    this.forceRoot = Math.sqrt(load<f64>(parameters, 8 * CartPoleRewardParameter.forceWeight));
  }

  constructor() {
    super(CartPoleState.count, CartPoleResidual.count, CartPoleRewardParameter.count, CartPoleRewardTape.count);
  }

  residuals(parameters: usize, x: usize, u: usize, t: f64, residuals: usize, tape: usize): void {
    sincos((TWO_PI / load<f64>(parameters, 8 * CartPoleRewardParameter.period)) * t);
    store<f64>(
      residuals,
      load<f64>(x, 8 * CartPoleState.x) - load<f64>(parameters, 8 * CartPoleRewardParameter.amplitude) * sine,
      8 * CartPoleResidual.position,
    );
    store<f64>(residuals, this.angleRoot * load<f64>(x, 8 * CartPoleState.theta), 8 * CartPoleResidual.angle);
    store<f64>(residuals, this.forceRoot * load<f64>(u, 8 * CartPoleInput.force), 8 * CartPoleResidual.force);
    store<f64>(tape, this.angleRoot, 8 * CartPoleRewardTape.angleRoot);
    store<f64>(tape, this.forceRoot, 8 * CartPoleRewardTape.forceRoot);
  }

  /** dr = (dx, angleRoot dtheta, forceRoot du) */
  tangent(tape: usize, dx: usize, du: usize, dResiduals: usize): void {
    store<f64>(dResiduals, load<f64>(dx, 8 * CartPoleState.x), 8 * CartPoleResidual.position);
    store<f64>(
      dResiduals,
      load<f64>(tape, 8 * CartPoleRewardTape.angleRoot) * load<f64>(dx, 8 * CartPoleState.theta),
      8 * CartPoleResidual.angle,
    );
    store<f64>(
      dResiduals,
      load<f64>(tape, 8 * CartPoleRewardTape.forceRoot) * load<f64>(du, 8 * CartPoleInput.force),
      8 * CartPoleResidual.force,
    );
  }

  /** px += w_position,   ptheta += angleRoot w_angle,   pu += forceRoot w_force */
  transpose(tape: usize, w: usize, px: usize, pu: usize): void {
    store<f64>(
      px,
      load<f64>(px, 8 * CartPoleState.x) + load<f64>(w, 8 * CartPoleResidual.position),
      8 * CartPoleState.x,
    );
    store<f64>(
      px,
      load<f64>(px, 8 * CartPoleState.theta) +
        load<f64>(tape, 8 * CartPoleRewardTape.angleRoot) * load<f64>(w, 8 * CartPoleResidual.angle),
      8 * CartPoleState.theta,
    );
    store<f64>(
      pu,
      load<f64>(pu, 8 * CartPoleInput.force) +
        load<f64>(tape, 8 * CartPoleRewardTape.forceRoot) * load<f64>(w, 8 * CartPoleResidual.force),
      8 * CartPoleInput.force,
    );
  }
}

/** @part cartPole CartPoleRewardParameter */
export const cartPole = new CartPoleReward();
