import { cosine, sincos, sine } from "../math/trig";
import { Model } from "./model";

/** Parameters of {@link Quadruped}; (1, 1, 1, 0) is the paper's model (12). */
export enum QuadrupedParameter {
  /** c_v: speed per commanded speed */
  speedGain,
  /** c_r: part of the way to the commanded speed that a control step covers, in (0, 1] (not in paper: 1) */
  response,
  /** c_w: turn rate per commanded turn rate */
  turnGain,
  /** c_b: turn rate at command 0 [rad/s] */
  turnBias,
  count,
}

/**
 * Walking robot that takes forward speed and turn rate. State: x [m], y [m], v [m/s], phi [rad]; input: speed u_v [m/s], turn rate
 * u_w [rad/s]. [W23 eq. 12] with gains; the speed is a state, so that the car's reward and network input serve here too:
 *   v+ = v + c_r (c_v u_v - v)      x+ = x + dt v+ cos phi      y+ = y + dt v+ sin phi      phi+ = phi + dt (c_w u_w + c_b)
 */
export class Quadruped extends Model {
  stateSize(): i32 {
    return 4;
  }
  inputSize(): i32 {
    return 2;
  }
  parameterCount(): i32 {
    return QuadrupedParameter.count;
  }
  tapeSize(): i32 {
    return 7;
  }

  step(parameters: usize, x: usize, u: usize, dt: f64, next: usize): void {
    const v = load<f64>(x, 16);
    const phi = load<f64>(x, 24);
    sincos(phi);
    const speed = v + load<f64>(parameters, 8) * (load<f64>(parameters) * load<f64>(u) - v);
    store<f64>(next, load<f64>(x) + dt * speed * cosine);
    store<f64>(next, load<f64>(x, 8) + dt * speed * sine, 8);
    store<f64>(next, speed, 16);
    store<f64>(next, phi + dt * (load<f64>(parameters, 16) * load<f64>(u, 8) + load<f64>(parameters, 24)), 24);
  }

  /** Tape: dt cos, dt sin, dt v+ cos, dt v+ sin, dv+/dv, dv+/du_v, dphi+/du_w. */
  linearise(parameters: usize, x: usize, u: usize, dt: f64, tape: usize): void {
    const v = load<f64>(x, 16);
    const response = load<f64>(parameters, 8);
    const speed = v + response * (load<f64>(parameters) * load<f64>(u) - v);
    sincos(load<f64>(x, 24));
    store<f64>(tape, dt * cosine);
    store<f64>(tape, dt * sine, 8);
    store<f64>(tape, dt * speed * cosine, 16);
    store<f64>(tape, dt * speed * sine, 24);
    store<f64>(tape, 1.0 - response, 32);
    store<f64>(tape, response * load<f64>(parameters), 40);
    store<f64>(tape, dt * load<f64>(parameters, 16), 48);
  }

  tangent(tape: usize, dx: usize, du: usize, dNext: usize): void {
    const dphi = load<f64>(dx, 24);
    const dSpeed = load<f64>(tape, 32) * load<f64>(dx, 16) + load<f64>(tape, 40) * load<f64>(du);
    store<f64>(dNext, load<f64>(dx) + load<f64>(tape) * dSpeed - load<f64>(tape, 24) * dphi);
    store<f64>(dNext, load<f64>(dx, 8) + load<f64>(tape, 8) * dSpeed + load<f64>(tape, 16) * dphi, 8);
    store<f64>(dNext, dSpeed, 16);
    store<f64>(dNext, dphi + load<f64>(tape, 48) * load<f64>(du, 8), 24);
  }

  transpose(tape: usize, p: usize, px: usize, pu: usize): void {
    const pX = load<f64>(p);
    const pY = load<f64>(p, 8);
    const pPhi = load<f64>(p, 24);
    const pSpeed = load<f64>(tape) * pX + load<f64>(tape, 8) * pY + load<f64>(p, 16);
    store<f64>(px, pX);
    store<f64>(px, pY, 8);
    store<f64>(px, load<f64>(tape, 32) * pSpeed, 16);
    store<f64>(px, load<f64>(tape, 16) * pY - load<f64>(tape, 24) * pX + pPhi, 24);
    store<f64>(pu, load<f64>(tape, 40) * pSpeed);
    store<f64>(pu, load<f64>(tape, 48) * pPhi, 8);
  }
}

/** @part quadruped QuadrupedParameter */
export const quadruped = new Quadruped();
