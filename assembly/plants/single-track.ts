import { tanh } from "../math/tanh";
import { atan2, cosine, sincos, sine } from "../math/trig";
import { Model } from "../models/model";
import { CarInput, PlanarState } from "../models/planar";
import { Plant } from "./plant";

/** Parameters of {@link SingleTrack}. */
export enum SingleTrackParameter {
  /** [kg] */
  mass,
  /** [m] */
  wheelbase,
  /** about the vertical axis [kg m^2] */
  inertia,
  /** factor on both axles' largest force: 1 is the floor it was identified on */
  grip,
  /** share of the weight on the front axle: distance from the rear axle to the centre of mass, per wheelbase */
  frontShare,
  /** factor on the motor's force; below 0 it drives backwards */
  throttleGain,
  /** factor on the steering command */
  steeringGain,
  /** how much of the rear axle's force the motor takes from cornering: 0 nothing, 1 by the friction circle */
  combinedSlip,
  /** load that acceleration moves to the rear: 1 as with a centre of mass a quarter of the wheelbase high, 0 none */
  loadTransfer,
  count,
}

const enum SingleTrackInner {
  /** sideways speed of the centre of mass [m/s] */
  lateral,
  /** [rad/s] */
  turnRate,
  count,
}

// Published identification of a JetRacer Pro (DART): axle force = load D sin(C atan(B slip)), motor, friction,
// steering.
const FRONT_D: f64 = 0.841;
const FRONT_C: f64 = 0.841;
const FRONT_B: f64 = 8.6;
const REAR_D: f64 = 0.855;
const REAR_C: f64 = 0.959;
const REAR_B: f64 = 11.55;
const MOTOR_FORCE: f64 = 25.36;
const MOTOR_DAMPING: f64 = 4.815;
const MOTOR_DEAD_BAND: f64 = 0.164;
const STEERING_TRIM: f64 = 0.027;
const GRAVITY: f64 = 9.81;
/** Height of the centre of mass, per wheelbase, at a load transfer of 1. */
const HEIGHT: f64 = 0.25;
/** Below this speed [m/s] slip angles are undefined: the car rolls where its wheels point. */
const KINEMATIC_SPEED: f64 = 0.5;

/**
 * Dynamic bicycle with tyres at the limit of grip. The policy sees x, y, v (forward speed of the body) and phi;
 * sideways speed and turn rate are inner state. The lags of motor and steering belong to the actuation around the
 * plant.
 */
export class SingleTrack extends Plant {
  parameterCount(_model: Model): i32 {
    return SingleTrackParameter.count;
  }

  longestStep(): f64 {
    return 0.002;
  }

  innerSize(): i32 {
    return SingleTrackInner.count;
  }

  step(_model: Model, parameters: usize, inner: usize, x: usize, u: usize, dt: f64, next: usize): void {
    const mass = load<f64>(parameters, 8 * SingleTrackParameter.mass);
    const wheelbase = load<f64>(parameters, 8 * SingleTrackParameter.wheelbase);
    const grip = load<f64>(parameters, 8 * SingleTrackParameter.grip);
    const weight = mass * GRAVITY * grip;
    const frontShare = load<f64>(parameters, 8 * SingleTrackParameter.frontShare);
    const toRear = frontShare * wheelbase; // from the centre of mass to the axles
    const toFront = wheelbase - toRear;
    const v = load<f64>(x, 8 * PlanarState.v);
    const phi = load<f64>(x, 8 * PlanarState.phi);
    const delta = steeringAngle(
      load<f64>(parameters, 8 * SingleTrackParameter.steeringGain) * load<f64>(u, 8 * CarInput.steering) -
        STEERING_TRIM,
    );
    const throttleGain = load<f64>(parameters, 8 * SingleTrackParameter.throttleGain);
    const motor =
      (throttleGain * MOTOR_FORCE - Math.abs(throttleGain) * MOTOR_DAMPING * v) *
      Math.max(0.0, load<f64>(u, 8 * CarInput.throttle) - MOTOR_DEAD_BAND);
    const friction = 1.27 * tanh(7.67 * v) + 0.74 * v - 0.11 * v * v * (v < 0.0 ? -1.0 : 1.0);
    let lateral = load<f64>(inner, 8 * SingleTrackInner.lateral);
    let turnRate = load<f64>(inner, 8 * SingleTrackInner.turnRate);
    sincos(phi);
    const cosPhi = cosine;
    const sinPhi = sine;
    sincos(delta);
    const cosDelta = cosine;
    const sinDelta = sine;
    let forward = (motor - friction) / mass;
    if (v < KINEMATIC_SPEED) {
      turnRate = (v * sinDelta) / (cosDelta * wheelbase);
      lateral = turnRate * toRear;
    } else {
      // load that acceleration moves from the front axle to the rear one, times grip; neither axle leaves the floor
      const moved = HEIGHT * load<f64>(parameters, 8 * SingleTrackParameter.loadTransfer) * grip * (motor - friction);
      const frontLoad = Math.min(weight, Math.max(0.0, frontShare * weight - moved));
      const rearLoad = Math.min(weight, Math.max(0.0, (1.0 - frontShare) * weight + moved));
      const front = frontLoad * axleForce(atan2(lateral + toFront * turnRate, v) - delta, FRONT_B, FRONT_C, FRONT_D);
      let rear = rearLoad * axleForce(atan2(lateral - toRear * turnRate, v), REAR_B, REAR_C, REAR_D);
      const combinedSlip = load<f64>(parameters, 8 * SingleTrackParameter.combinedSlip);
      if (combinedSlip != 0.0) rear *= leftForCornering(combinedSlip * motor, REAR_D * rearLoad);
      forward += -(front * sinDelta) / mass + lateral * turnRate;
      const lateralRate = (front * cosDelta + rear) / mass - v * turnRate;
      turnRate +=
        (dt * (toFront * front * cosDelta - toRear * rear)) / load<f64>(parameters, 8 * SingleTrackParameter.inertia);
      lateral += dt * lateralRate;
    }
    store<f64>(inner, lateral, 8 * SingleTrackInner.lateral);
    store<f64>(inner, turnRate, 8 * SingleTrackInner.turnRate);
    store<f64>(next, load<f64>(x, 8 * PlanarState.x) + dt * (v * cosPhi - lateral * sinPhi), 8 * PlanarState.x);
    store<f64>(next, load<f64>(x, 8 * PlanarState.y) + dt * (v * sinPhi + lateral * cosPhi), 8 * PlanarState.y);
    store<f64>(next, v + dt * forward, 8 * PlanarState.v);
    store<f64>(next, phi + dt * turnRate, 8 * PlanarState.phi);
  }
}

/** @part singleTrack SingleTrackParameter */
export const singleTrack = new SingleTrack();

/** Lateral force per load against the slip angle; opposes it. */
function axleForce(slip: f64, B: f64, C: f64, D: f64): f64 {
  sincos(C * atan2(B * slip, 1.0));
  return -D * sine;
}

/** Factor on an axle's lateral force while it pushes with `force` of at most `limit`: the friction circle. */
function leftForCornering(force: f64, limit: f64): f64 {
  const share = force / limit;
  return Math.abs(force) < limit ? Math.sqrt(1.0 - share * share) : 0.0;
}

/** Angle of the front wheels [rad]: the linkage is not symmetric. */
function steeringAngle(s: f64): f64 {
  return s > 0.0 ? 0.515 * tanh(1.023 * s) : 0.366 * tanh(1.393 * s);
}
