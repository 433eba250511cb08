import { cosine, sincos, sine } from "../math/trig";
import { Model } from "./model";
import { CarInput, PlanarState } from "./planar";

/** Parameters of {@link Car}; (1, 0, 1, 0) and zeros is the paper's raw model (11). */
export enum CarParameter {
  /** c_a: acceleration per unit of throttle [m/s^2] */
  throttleGain,
  /** c_d: quadratic drag [1/m] */
  drag,
  /** c_w: curvature per unit of steering [1/m] */
  steeringGain,
  /** c_b: curvature at neutral steering, subtracted [1/m] */
  steeringBias,
  /** c_0: acceleration at neutral throttle [m/s^2] (not in paper) */
  offset,
  /** c_1: linear drag [1/s] (not in paper) */
  linearDrag,
  /** c_3: deceleration per lateral acceleration (not in paper) */
  corneringDrag,
  /** 1 / a_max: inverse of the largest lateral acceleration [s^2/m]; 0: no limit (not in paper) */
  inverseGrip,
  /** c_g: part of the grip's square that full throttle takes from cornering; 0: none (not in paper) */
  throttleGrip,
  count,
}

/** Throttle takes at most this part of the grip's square: something is left for cornering. */
const MOST_TAKEN: f64 = 0.9;

const enum CarTape {
  /** dt cos phi and dt sin phi: dx+/dv and dy+/dv */
  dtCosine,
  dtSine,
  /** dt v cos phi and dt v sin phi: dy+/dphi and -dx+/dphi */
  dtVCosine,
  dtVSine,
  /** dv+/dv */
  vByV,
  /** dv+/du_a */
  vByThrottle,
  /** dphi+/dv */
  phiByV,
  /** dphi+/du_w */
  phiBySteering,
  /** dv+/du_w */
  vBySteering,
  /** dphi+/du_a */
  phiByThrottle,
  count,
}

/**
 * Planar car. State: x [m], y [m], v [m/s], phi [rad]; input: throttle, steering, both in [-1, 1]. [W23 eq. 11] with
 * gains:
 *   x+ = x + dt v cos phi      v+   = v + dt (c_a u_a + c_0 - c_1 v - c_d v^2 - c_3 v |w|)
 *   y+ = y + dt v sin phi      phi+ = phi + dt w,   w = w_l / (1 + (v w_l / a)^4)^(1/4),   w_l = v (c_w u_w - c_b)
 *   a^2 = a_max^2 (1 - c_g u_a^2)
 * At the limit of grip dw/du_w goes to zero, as it does on the real car; a model without that promises what steering
 * cannot do. a is an ellipse of friction: what tyres give to throttle and braking they do not give to cornering.
 */
export class Car extends Model {
  constructor() {
    super(PlanarState.count, CarInput.count, CarParameter.count, CarTape.count);
  }

  // @ts-ignore: decorator
  @inline
  step(parameters: usize, x: usize, u: usize, dt: f64, next: usize): void {
    const v = load<f64>(x, 8 * PlanarState.v);
    const phi = load<f64>(x, 8 * PlanarState.phi);
    sincos(phi);
    const curvature =
      load<f64>(parameters, 8 * CarParameter.steeringGain) * load<f64>(u, 8 * CarInput.steering) -
      load<f64>(parameters, 8 * CarParameter.steeringBias);
    let w = v * curvature;
    const inverseGrip = load<f64>(parameters, 8 * CarParameter.inverseGrip);
    if (inverseGrip != 0.0) {
      const left = 1.0 - takenGrip(parameters, load<f64>(u, 8 * CarInput.throttle));
      w *= softLimit((v * w * inverseGrip) / Math.sqrt(left));
    }
    const drag =
      load<f64>(parameters, 8 * CarParameter.linearDrag) * v +
      load<f64>(parameters, 8 * CarParameter.drag) * v * v +
      load<f64>(parameters, 8 * CarParameter.corneringDrag) * Math.abs(v * w);
    store<f64>(next, load<f64>(x, 8 * PlanarState.x) + dt * v * cosine, 8 * PlanarState.x);
    store<f64>(next, load<f64>(x, 8 * PlanarState.y) + dt * v * sine, 8 * PlanarState.y);
    store<f64>(
      next,
      v +
        dt *
          (load<f64>(parameters, 8 * CarParameter.throttleGain) * load<f64>(u, 8 * CarInput.throttle) +
            load<f64>(parameters, 8 * CarParameter.offset) -
            drag),
      8 * PlanarState.v,
    );
    store<f64>(next, phi + dt * w, 8 * PlanarState.phi);
  }

  turnRate(parameters: usize, x: usize, u: usize, gripLeft: f64): f64 {
    const v = load<f64>(x, 8 * PlanarState.v);
    const curvature =
      load<f64>(parameters, 8 * CarParameter.steeringGain) * load<f64>(u, 8 * CarInput.steering) -
      load<f64>(parameters, 8 * CarParameter.steeringBias);
    const w = v * curvature;
    const left = gripLeft * Math.sqrt(1.0 - takenGrip(parameters, load<f64>(u, 8 * CarInput.throttle)));
    return w * softLimit((v * w * load<f64>(parameters, 8 * CarParameter.inverseGrip)) / left);
  }

  // @ts-ignore: decorator
  @inline
  linearise(parameters: usize, x: usize, u: usize, dt: f64, tape: usize): void {
    const v = load<f64>(x, 8 * PlanarState.v);
    sincos(load<f64>(x, 8 * PlanarState.phi));
    const dx = dt * cosine;
    const dy = dt * sine;
    const steeringGain = load<f64>(parameters, 8 * CarParameter.steeringGain);
    const curvature =
      steeringGain * load<f64>(u, 8 * CarInput.steering) - load<f64>(parameters, 8 * CarParameter.steeringBias);
    const inverseGrip = load<f64>(parameters, 8 * CarParameter.inverseGrip);
    // w = v c f(q), q = v^2 c / (a_max e), e^2 = 1 - c_g u_a^2, f = (1 + q^4)^(-1/4), f' q = -q^4 f^5:
    // dw/dc = v f^5, dw/dv = c f (1 - 2 q^4 f^4), dw/du_a = -v c q^4 f^5 c_g u_a / e^2
    let w = v * curvature;
    let wv = curvature;
    let wu = v * steeringGain;
    let wa = 0.0;
    if (inverseGrip != 0.0) {
      const throttle = load<f64>(u, 8 * CarInput.throttle);
      const taken = takenGrip(parameters, throttle);
      const left = 1.0 - taken;
      const q = (v * w * inverseGrip) / Math.sqrt(left);
      const f = softLimit(q);
      const f2 = f * f;
      const f4 = f2 * f2;
      const q2 = q * q;
      if (taken > 0.0 && taken < MOST_TAKEN) wa = (-w * q2 * q2 * f * f4 * taken) / (left * throttle);
      w *= f;
      wv *= f * (1.0 - 2.0 * q2 * q2 * f4);
      wu *= f * f4;
    }
    const corneringDrag = load<f64>(parameters, 8 * CarParameter.corneringDrag) * (v * w < 0.0 ? -1.0 : 1.0);
    store<f64>(tape, dx, 8 * CarTape.dtCosine);
    store<f64>(tape, dy, 8 * CarTape.dtSine);
    store<f64>(tape, v * dx, 8 * CarTape.dtVCosine);
    store<f64>(tape, v * dy, 8 * CarTape.dtVSine);
    const dragSlope =
      load<f64>(parameters, 8 * CarParameter.linearDrag) +
      2.0 * load<f64>(parameters, 8 * CarParameter.drag) * v +
      corneringDrag * (w + v * wv);
    store<f64>(tape, 1.0 - dt * dragSlope, 8 * CarTape.vByV);
    store<f64>(
      tape,
      dt * (load<f64>(parameters, 8 * CarParameter.throttleGain) - corneringDrag * v * wa),
      8 * CarTape.vByThrottle,
    );
    store<f64>(tape, dt * wv, 8 * CarTape.phiByV);
    store<f64>(tape, dt * wu, 8 * CarTape.phiBySteering);
    store<f64>(tape, -dt * corneringDrag * v * wu, 8 * CarTape.vBySteering);
    store<f64>(tape, dt * wa, 8 * CarTape.phiByThrottle);
  }

  /**
   * dx+   = dx + dt cos phi dv - dt v sin phi dphi         dv+   = (dv+/dv) dv + (dv+/du_a) du_a + (dv+/du_w) du_w
   * dy+   = dy + dt sin phi dv + dt v cos phi dphi
   * dphi+ = dphi + (dphi+/dv) dv + (dphi+/du_w) du_w + (dphi+/du_a) du_a
   */
  // @ts-ignore: decorator
  @inline
  tangent(tape: usize, dx: usize, du: usize, dNext: usize): void {
    const dv = load<f64>(dx, 8 * PlanarState.v);
    const dphi = load<f64>(dx, 8 * PlanarState.phi);
    const dThrottle = load<f64>(du, 8 * CarInput.throttle);
    const dSteering = load<f64>(du, 8 * CarInput.steering);
    store<f64>(
      dNext,
      load<f64>(dx, 8 * PlanarState.x) +
        load<f64>(tape, 8 * CarTape.dtCosine) * dv -
        load<f64>(tape, 8 * CarTape.dtVSine) * dphi,
      8 * PlanarState.x,
    );
    store<f64>(
      dNext,
      load<f64>(dx, 8 * PlanarState.y) +
        load<f64>(tape, 8 * CarTape.dtSine) * dv +
        load<f64>(tape, 8 * CarTape.dtVCosine) * dphi,
      8 * PlanarState.y,
    );
    store<f64>(
      dNext,
      load<f64>(tape, 8 * CarTape.vByV) * dv +
        load<f64>(tape, 8 * CarTape.vByThrottle) * dThrottle +
        load<f64>(tape, 8 * CarTape.vBySteering) * dSteering,
      8 * PlanarState.v,
    );
    store<f64>(
      dNext,
      dphi +
        load<f64>(tape, 8 * CarTape.phiByV) * dv +
        load<f64>(tape, 8 * CarTape.phiBySteering) * dSteering +
        load<f64>(tape, 8 * CarTape.phiByThrottle) * dThrottle,
      8 * PlanarState.phi,
    );
  }

  /**
   * px   = p_x                                             pu_a = (dv+/du_a) p_v + (dphi+/du_a) p_phi
   * py   = p_y                                             pu_w = (dv+/du_w) p_v + (dphi+/du_w) p_phi
   * pv   = dt cos phi p_x + dt sin phi p_y + (dv+/dv) p_v + (dphi+/dv) p_phi
   * pphi = dt v cos phi p_y - dt v sin phi p_x + p_phi
   */
  // @ts-ignore: decorator
  @inline
  transpose(tape: usize, p: usize, px: usize, pu: usize): void {
    const pX = load<f64>(p, 8 * PlanarState.x);
    const pY = load<f64>(p, 8 * PlanarState.y);
    const pV = load<f64>(p, 8 * PlanarState.v);
    const pPhi = load<f64>(p, 8 * PlanarState.phi);
    store<f64>(px, pX, 8 * PlanarState.x);
    store<f64>(px, pY, 8 * PlanarState.y);
    store<f64>(
      px,
      load<f64>(tape, 8 * CarTape.dtCosine) * pX +
        load<f64>(tape, 8 * CarTape.dtSine) * pY +
        load<f64>(tape, 8 * CarTape.vByV) * pV +
        load<f64>(tape, 8 * CarTape.phiByV) * pPhi,
      8 * PlanarState.v,
    );
    store<f64>(
      px,
      load<f64>(tape, 8 * CarTape.dtVCosine) * pY - load<f64>(tape, 8 * CarTape.dtVSine) * pX + pPhi,
      8 * PlanarState.phi,
    );
    store<f64>(
      pu,
      load<f64>(tape, 8 * CarTape.vByThrottle) * pV + load<f64>(tape, 8 * CarTape.phiByThrottle) * pPhi,
      8 * CarInput.throttle,
    );
    store<f64>(
      pu,
      load<f64>(tape, 8 * CarTape.vBySteering) * pV + load<f64>(tape, 8 * CarTape.phiBySteering) * pPhi,
      8 * CarInput.steering,
    );
  }
}

/** @part car CarParameter */
export const car = new Car();

/** (1 + q^4)^(-1/4): 1 for small q, 1 / |q| for large. */
function softLimit(q: f64): f64 {
  const q2 = q * q;
  return 1.0 / Math.sqrt(Math.sqrt(1.0 + q2 * q2));
}

/** Part of the grip's square that is not there for cornering. */
// @ts-ignore: decorator
@inline
function takenGrip(parameters: usize, throttle: f64): f64 {
  return Math.min(MOST_TAKEN, load<f64>(parameters, 8 * CarParameter.throttleGrip) * throttle * throttle);
}
