import { cosine, sincos, sine } from "../math/trig";
import { Model } from "./model";
import { QuadrupedInput, PlanarState } from "./planar";

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

const enum QuadrupedTape {
  /** dt cos phi and dt sin phi: dx+/dv+ and dy+/dv+ */
  dtCosine,
  dtSine,
  /** dt v+ cos phi and dt v+ sin phi: dy+/dphi and -dx+/dphi */
  dtVCosine,
  dtVSine,
  /** dv+/dv */
  vByV,
  /** dv+/du_v */
  vBySpeed,
  /** dphi+/du_w */
  phiByTurnRate,
  count,
}

/**
 * Walking robot that takes forward speed and turn rate. State: x [m], y [m], v [m/s], phi [rad]; input: speed u_v
 * [m/s], turn rate u_w [rad/s]. [W23 eq. 12] with gains; the speed is a state, so that the car's reward and network
 * input serve here too:
 *   v+ = v + c_r (c_v u_v - v)      phi+ = phi + dt (c_w u_w + c_b)
 *   x+ = x + dt v+ cos phi          y+   = y + dt v+ sin phi
 */
export class Quadruped extends Model {
  constructor() {
    super(PlanarState.count, QuadrupedInput.count, QuadrupedParameter.count, QuadrupedTape.count);
  }

  step(parameters: usize, x: usize, u: usize, dt: f64, next: usize): void {
    const v = load<f64>(x, 8 * PlanarState.v);
    const phi = load<f64>(x, 8 * PlanarState.phi);
    sincos(phi);
    const speed =
      v +
      load<f64>(parameters, 8 * QuadrupedParameter.response) *
        (load<f64>(parameters, 8 * QuadrupedParameter.speedGain) * load<f64>(u, 8 * QuadrupedInput.speed) - v);
    store<f64>(next, load<f64>(x, 8 * PlanarState.x) + dt * speed * cosine, 8 * PlanarState.x);
    store<f64>(next, load<f64>(x, 8 * PlanarState.y) + dt * speed * sine, 8 * PlanarState.y);
    store<f64>(next, speed, 8 * PlanarState.v);
    store<f64>(
      next,
      phi +
        dt *
          (load<f64>(parameters, 8 * QuadrupedParameter.turnGain) * load<f64>(u, 8 * QuadrupedInput.turnRate) +
            load<f64>(parameters, 8 * QuadrupedParameter.turnBias)),
      8 * PlanarState.phi,
    );
  }

  linearise(parameters: usize, x: usize, u: usize, dt: f64, tape: usize): void {
    const v = load<f64>(x, 8 * PlanarState.v);
    const response = load<f64>(parameters, 8 * QuadrupedParameter.response);
    const speed =
      v +
      response * (load<f64>(parameters, 8 * QuadrupedParameter.speedGain) * load<f64>(u, 8 * QuadrupedInput.speed) - v);
    sincos(load<f64>(x, 8 * PlanarState.phi));
    store<f64>(tape, dt * cosine, 8 * QuadrupedTape.dtCosine);
    store<f64>(tape, dt * sine, 8 * QuadrupedTape.dtSine);
    store<f64>(tape, dt * speed * cosine, 8 * QuadrupedTape.dtVCosine);
    store<f64>(tape, dt * speed * sine, 8 * QuadrupedTape.dtVSine);
    store<f64>(tape, 1.0 - response, 8 * QuadrupedTape.vByV);
    store<f64>(tape, response * load<f64>(parameters, 8 * QuadrupedParameter.speedGain), 8 * QuadrupedTape.vBySpeed);
    store<f64>(tape, dt * load<f64>(parameters, 8 * QuadrupedParameter.turnGain), 8 * QuadrupedTape.phiByTurnRate);
  }

  /**
   * dv+ = (dv+/dv) dv + (dv+/du_v) du_v                    dphi+ = dphi + (dphi+/du_w) du_w
   * dx+ = dx + dt cos phi dv+ - dt v+ sin phi dphi         dy+   = dy + dt sin phi dv+ + dt v+ cos phi dphi
   */
  tangent(tape: usize, dx: usize, du: usize, dNext: usize): void {
    const dphi = load<f64>(dx, 8 * PlanarState.phi);
    const dSpeed =
      load<f64>(tape, 8 * QuadrupedTape.vByV) * load<f64>(dx, 8 * PlanarState.v) +
      load<f64>(tape, 8 * QuadrupedTape.vBySpeed) * load<f64>(du, 8 * QuadrupedInput.speed);
    store<f64>(
      dNext,
      load<f64>(dx, 8 * PlanarState.x) +
        load<f64>(tape, 8 * QuadrupedTape.dtCosine) * dSpeed -
        load<f64>(tape, 8 * QuadrupedTape.dtVSine) * dphi,
      8 * PlanarState.x,
    );
    store<f64>(
      dNext,
      load<f64>(dx, 8 * PlanarState.y) +
        load<f64>(tape, 8 * QuadrupedTape.dtSine) * dSpeed +
        load<f64>(tape, 8 * QuadrupedTape.dtVCosine) * dphi,
      8 * PlanarState.y,
    );
    store<f64>(dNext, dSpeed, 8 * PlanarState.v);
    store<f64>(
      dNext,
      dphi + load<f64>(tape, 8 * QuadrupedTape.phiByTurnRate) * load<f64>(du, 8 * QuadrupedInput.turnRate),
      8 * PlanarState.phi,
    );
  }

  /**
   * With q = p_v + dt cos phi p_x + dt sin phi p_y, the adjoint of v+:
   * px = p_x,   py = p_y,   pv = (dv+/dv) q,   pphi = p_phi + dt v+ cos phi p_y - dt v+ sin phi p_x
   * pu_v = (dv+/du_v) q,    pu_w = (dphi+/du_w) p_phi
   */
  transpose(tape: usize, p: usize, px: usize, pu: usize): void {
    const pX = load<f64>(p, 8 * PlanarState.x);
    const pY = load<f64>(p, 8 * PlanarState.y);
    const pPhi = load<f64>(p, 8 * PlanarState.phi);
    const pSpeed =
      load<f64>(tape, 8 * QuadrupedTape.dtCosine) * pX +
      load<f64>(tape, 8 * QuadrupedTape.dtSine) * pY +
      load<f64>(p, 8 * PlanarState.v);
    store<f64>(px, pX, 8 * PlanarState.x);
    store<f64>(px, pY, 8 * PlanarState.y);
    store<f64>(px, load<f64>(tape, 8 * QuadrupedTape.vByV) * pSpeed, 8 * PlanarState.v);
    store<f64>(
      px,
      load<f64>(tape, 8 * QuadrupedTape.dtVCosine) * pY - load<f64>(tape, 8 * QuadrupedTape.dtVSine) * pX + pPhi,
      8 * PlanarState.phi,
    );
    store<f64>(pu, load<f64>(tape, 8 * QuadrupedTape.vBySpeed) * pSpeed, 8 * QuadrupedInput.speed);
    store<f64>(pu, load<f64>(tape, 8 * QuadrupedTape.phiByTurnRate) * pPhi, 8 * QuadrupedInput.turnRate);
  }
}

/** @part quadruped QuadrupedParameter */
export const quadruped = new Quadruped();
