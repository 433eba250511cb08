import { cosine, sincos, sine } from "../math/trig";
import { Model } from "./model";

/** Parameters of {@link CartPole}; all but gravity must be above 0. */
export enum CartPoleParameter {
  /** mass of the cart [kg] */
  cartMass,
  /** mass at the pole's end [kg] */
  poleMass,
  /** length of the pole [m] */
  length,
  /** [m/s^2] */
  gravity,
  count,
}

/** State of {@link CartPole}. */
export const enum CartPoleState {
  /** position of the cart [m] */
  x,
  /** angle of the pole from upright, positive towards +x [rad] */
  theta,
  /** their rates [m/s], [rad/s] */
  v,
  w,
  count,
}

/** Input of {@link CartPole}. */
export const enum CartPoleInput {
  /** on the cart [N] */
  force,
  count,
}

const enum CartPoleTape {
  dt,
  /** dv+/dtheta, dv+/dw, dv+/du */
  vByTheta,
  vByW,
  vByForce,
  /** dw+/dtheta, dw+/dw - 1, dw+/du */
  wByTheta,
  wByW,
  wByForce,
  count,
}

/**
 * Cart on a rail with a pole, a point mass at its end. State: position x [m], angle theta of the pole from upright
 * [rad], positive towards +x, their rates v, w; input: force on the cart [N]. Explicit Euler with
 *   a = (u + m sin theta (l w^2 - g cos theta)) / (M + m sin^2 theta),      dw/dt = (g sin theta - a cos theta) / l
 */
export class CartPole extends Model {
  private acceleration: f64 = 0.0;
  private turning: f64 = 0.0;

  constructor() {
    super(CartPoleState.count, CartPoleInput.count, CartPoleParameter.count, CartPoleTape.count);
  }

  step(parameters: usize, x: usize, u: usize, dt: f64, next: usize): void {
    this.evaluate(parameters, x, u, dt, 0);
    const v = load<f64>(x, 8 * CartPoleState.v);
    const w = load<f64>(x, 8 * CartPoleState.w);
    store<f64>(next, load<f64>(x, 8 * CartPoleState.x) + dt * v, 8 * CartPoleState.x);
    store<f64>(next, load<f64>(x, 8 * CartPoleState.theta) + dt * w, 8 * CartPoleState.theta);
    store<f64>(next, v + dt * this.acceleration, 8 * CartPoleState.v);
    store<f64>(next, w + dt * this.turning, 8 * CartPoleState.w);
  }

  linearise(parameters: usize, x: usize, u: usize, dt: f64, tape: usize): void {
    this.evaluate(parameters, x, u, dt, tape);
  }

  private evaluate(parameters: usize, x: usize, u: usize, dt: f64, tape: usize): void {
    const m = load<f64>(parameters, 8 * CartPoleParameter.poleMass);
    const l = load<f64>(parameters, 8 * CartPoleParameter.length);
    const g = load<f64>(parameters, 8 * CartPoleParameter.gravity);
    const w = load<f64>(x, 8 * CartPoleState.w);
    sincos(load<f64>(x, 8 * CartPoleState.theta));
    const s = sine;
    const c = cosine;
    const perMass = 1.0 / (load<f64>(parameters, 8 * CartPoleParameter.cartMass) + m * s * s);
    const a = perMass * (load<f64>(u, 8 * CartPoleInput.force) + m * s * (l * w * w - g * c));
    this.acceleration = a;
    this.turning = (g * s - a * c) / l;
    if (tape == 0) return;
    const byTheta = perMass * (m * c * (l * w * w - g * c) + m * g * s * s - 2.0 * a * m * s * c);
    const byW = 2.0 * perMass * m * l * s * w;
    const perLength = dt / l;
    store<f64>(tape, dt, 8 * CartPoleTape.dt);
    store<f64>(tape, dt * byTheta, 8 * CartPoleTape.vByTheta);
    store<f64>(tape, dt * byW, 8 * CartPoleTape.vByW);
    store<f64>(tape, dt * perMass, 8 * CartPoleTape.vByForce);
    store<f64>(tape, perLength * (g * c + a * s - c * byTheta), 8 * CartPoleTape.wByTheta);
    store<f64>(tape, -perLength * c * byW, 8 * CartPoleTape.wByW);
    store<f64>(tape, -perLength * c * perMass, 8 * CartPoleTape.wByForce);
  }

  /**
   * dx+     = dx + dt dv                                   dv+ = dv + vByTheta dtheta + vByW dw + vByForce du
   * dtheta+ = dtheta + dt dw                               dw+ = dw + wByTheta dtheta + wByW dw + wByForce du
   */
  tangent(tape: usize, dx: usize, du: usize, dNext: usize): void {
    const dt = load<f64>(tape, 8 * CartPoleTape.dt);
    const dTheta = load<f64>(dx, 8 * CartPoleState.theta);
    const dv = load<f64>(dx, 8 * CartPoleState.v);
    const dw = load<f64>(dx, 8 * CartPoleState.w);
    const dForce = load<f64>(du, 8 * CartPoleInput.force);
    store<f64>(dNext, load<f64>(dx, 8 * CartPoleState.x) + dt * dv, 8 * CartPoleState.x);
    store<f64>(dNext, dTheta + dt * dw, 8 * CartPoleState.theta);
    store<f64>(
      dNext,
      dv +
        load<f64>(tape, 8 * CartPoleTape.vByTheta) * dTheta +
        load<f64>(tape, 8 * CartPoleTape.vByW) * dw +
        load<f64>(tape, 8 * CartPoleTape.vByForce) * dForce,
      8 * CartPoleState.v,
    );
    store<f64>(
      dNext,
      dw +
        load<f64>(tape, 8 * CartPoleTape.wByTheta) * dTheta +
        load<f64>(tape, 8 * CartPoleTape.wByW) * dw +
        load<f64>(tape, 8 * CartPoleTape.wByForce) * dForce,
      8 * CartPoleState.w,
    );
  }

  /**
   * px     = p_x                                           pv = p_v + dt p_x
   * ptheta = p_theta + vByTheta p_v + wByTheta p_w         pw = p_w + dt p_theta + vByW p_v + wByW p_w
   * pu     = vByForce p_v + wByForce p_w
   */
  transpose(tape: usize, p: usize, px: usize, pu: usize): void {
    const dt = load<f64>(tape, 8 * CartPoleTape.dt);
    const pX = load<f64>(p, 8 * CartPoleState.x);
    const pTheta = load<f64>(p, 8 * CartPoleState.theta);
    const pv = load<f64>(p, 8 * CartPoleState.v);
    const pw = load<f64>(p, 8 * CartPoleState.w);
    store<f64>(px, pX, 8 * CartPoleState.x);
    store<f64>(
      px,
      pTheta + load<f64>(tape, 8 * CartPoleTape.vByTheta) * pv + load<f64>(tape, 8 * CartPoleTape.wByTheta) * pw,
      8 * CartPoleState.theta,
    );
    store<f64>(px, pv + dt * pX, 8 * CartPoleState.v);
    store<f64>(
      px,
      pw + dt * pTheta + load<f64>(tape, 8 * CartPoleTape.vByW) * pv + load<f64>(tape, 8 * CartPoleTape.wByW) * pw,
      8 * CartPoleState.w,
    );
    store<f64>(
      pu,
      load<f64>(tape, 8 * CartPoleTape.vByForce) * pv + load<f64>(tape, 8 * CartPoleTape.wByForce) * pw,
      8 * CartPoleInput.force,
    );
  }
}

/** @part cartPole CartPoleParameter */
export const cartPole = new CartPole();
