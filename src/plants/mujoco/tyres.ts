/**
 * Tyres: a force by slip up to the friction ellipse. MuJoCo's contacts resist sliding with a force by sliding *speed*;
 * divided by the speed at which the wheel goes over the floor, that is a force by slip angle and slip ratio.
 */

/** Published identification of a JetRacer Pro (DART): B C D of the axles, force per load by slip [1/rad]. */
const FRONT = 8.6 * 0.841 * 0.841;
const REAR = 11.55 * 0.959 * 0.855;
const GRAVITY = 9.81;
/** Wheels in the order of the model file: both front ones, both rear ones. */
export const STIFFNESS: readonly number[] = [FRONT, FRONT, REAR, REAR];
/** Below this speed [m/s] slip grows no further: it is undefined at rest. */
const LEAST_SPEED = 0.75;
/** The model file's impedance of the tyres, `solimp`. */
const IMPEDANCE = 0.3;

/**
 * Writes how the tyres slip at a speed [m/s] of a car of `mass` [kg], `regularisation` the engine's R of their
 * contacts: at constant slip the force is damping / R · sliding speed.
 */
export function setSlip(solreffriction: Float64Array, speed: number, mass: number, regularisation: number): void {
  const load = (mass * GRAVITY) / 4;
  const scale = (IMPEDANCE * regularisation * load) / Math.max(LEAST_SPEED, Math.abs(speed));
  for (let i = 0; i < STIFFNESS.length; i++) {
    solreffriction[2 * i] = -1; // a negative first number: what follows is the damping itself
    solreffriction[2 * i + 1] = -scale * STIFFNESS[i];
  }
}

/** Writes the friction along the wheels and across; rolling is the drive train's affair. */
export function setFriction(friction: Float64Array, value: number): void {
  for (let i = 0; i < STIFFNESS.length; i++) friction.fill(value, 5 * i, 5 * i + 2);
}
