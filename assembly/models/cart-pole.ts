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

/**
 * Cart on a rail with a pole, a point mass at its end. State: position x [m], angle theta of the pole from upright [rad], positive
 * towards +x, their rates v, w; input: force on the cart [N]. Explicit Euler with
 *   a = (u + m sin theta (l w^2 - g cos theta)) / (M + m sin^2 theta),      dw/dt = (g sin theta - a cos theta) / l
 */
export class CartPole extends Model {
  private acceleration: f64 = 0.0;
  private turning: f64 = 0.0;

  stateSize(): i32 {
    return 4;
  }
  inputSize(): i32 {
    return 1;
  }
  parameterCount(): i32 {
    return CartPoleParameter.count;
  }
  tapeSize(): i32 {
    return 7;
  }

  step(parameters: usize, x: usize, u: usize, dt: f64, next: usize): void {
    this.evaluate(parameters, x, u, dt, 0);
    const v = load<f64>(x, 16);
    const w = load<f64>(x, 24);
    store<f64>(next, load<f64>(x) + dt * v);
    store<f64>(next, load<f64>(x, 8) + dt * w, 8);
    store<f64>(next, v + dt * this.acceleration, 16);
    store<f64>(next, w + dt * this.turning, 24);
  }

  /** Tape: dt; dt da by theta, w, u; the same of the pole's angular acceleration. */
  linearise(parameters: usize, x: usize, u: usize, dt: f64, tape: usize): void {
    this.evaluate(parameters, x, u, dt, tape);
  }

  private evaluate(parameters: usize, x: usize, u: usize, dt: f64, tape: usize): void {
    const m = load<f64>(parameters, 8);
    const l = load<f64>(parameters, 16);
    const g = load<f64>(parameters, 24);
    const w = load<f64>(x, 24);
    sincos(load<f64>(x, 8));
    const s = sine;
    const c = cosine;
    const perMass = 1.0 / (load<f64>(parameters) + m * s * s);
    const a = perMass * (load<f64>(u) + m * s * (l * w * w - g * c));
    this.acceleration = a;
    this.turning = (g * s - a * c) / l;
    if (tape == 0) return;
    const byTheta = perMass * (m * c * (l * w * w - g * c) + m * g * s * s - 2.0 * a * m * s * c);
    const byW = 2.0 * perMass * m * l * s * w;
    const perLength = dt / l;
    store<f64>(tape, dt);
    store<f64>(tape, dt * byTheta, 8);
    store<f64>(tape, dt * byW, 16);
    store<f64>(tape, dt * perMass, 24);
    store<f64>(tape, perLength * (g * c + a * s - c * byTheta), 32);
    store<f64>(tape, -perLength * c * byW, 40);
    store<f64>(tape, -perLength * c * perMass, 48);
  }

  tangent(tape: usize, dx: usize, du: usize, dNext: usize): void {
    const dt = load<f64>(tape);
    const dTheta = load<f64>(dx, 8);
    const dv = load<f64>(dx, 16);
    const dw = load<f64>(dx, 24);
    const dForce = load<f64>(du);
    store<f64>(dNext, load<f64>(dx) + dt * dv);
    store<f64>(dNext, dTheta + dt * dw, 8);
    store<f64>(dNext, dv + load<f64>(tape, 8) * dTheta + load<f64>(tape, 16) * dw + load<f64>(tape, 24) * dForce, 16);
    store<f64>(dNext, dw + load<f64>(tape, 32) * dTheta + load<f64>(tape, 40) * dw + load<f64>(tape, 48) * dForce, 24);
  }

  transpose(tape: usize, p: usize, px: usize, pu: usize): void {
    const dt = load<f64>(tape);
    const pX = load<f64>(p);
    const pTheta = load<f64>(p, 8);
    const pv = load<f64>(p, 16);
    const pw = load<f64>(p, 24);
    store<f64>(px, pX);
    store<f64>(px, pTheta + load<f64>(tape, 8) * pv + load<f64>(tape, 32) * pw, 8);
    store<f64>(px, pv + dt * pX, 16);
    store<f64>(px, pw + dt * pTheta + load<f64>(tape, 16) * pv + load<f64>(tape, 40) * pw, 24);
    store<f64>(pu, load<f64>(tape, 24) * pv + load<f64>(tape, 48) * pw);
  }
}

/** @part cartPole CartPoleParameter */
export const cartPole = new CartPole();
