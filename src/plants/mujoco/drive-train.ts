/**
 * Battery, speed controller and motor. The controller switches the motor on for a part d of the time, the duty; while
 * it is on, the current is (V - K v) / R, and the force at the rims K times that. So it is d (K V - K² v) / R on
 * average, which is the form of the published identification, d (25.36 - 4.815 v).
 */

/** Published identification of a JetRacer Pro (DART): force at standstill [N], by speed [N s/m], dead band. */
const FORCE = 25.36;
const DAMPING = 4.815;
const DEAD_BAND = 0.164;
/** What it was measured with, by hand: two lithium cells, resistance of battery and wires [V, ohm]. */
export const VOLTAGE = 7.4;
export const BATTERY_RESISTANCE = 0.06;
/** From these: V s/m, which is also N/A, and the motor's own resistance [ohm]. */
const MOTOR_CONSTANT = (VOLTAGE * DAMPING) / FORCE;
const MOTOR_RESISTANCE = (MOTOR_CONSTANT * MOTOR_CONSTANT) / DAMPING - BATTERY_RESISTANCE;

/** Duty of the motor at a throttle: forwards alone, as the identified car. */
export function motorDuty(throttle: number): number {
  return Math.max(0, throttle - DEAD_BAND);
}

/** Duty for which the motor is shorted at a throttle below 0: it brakes, and does not reverse. */
export function brakeDuty(throttle: number): number {
  return Math.max(0, -throttle - DEAD_BAND);
}

/** Force of a full duty at standstill [N]; `gain`: factor on the throttle, below 0 it drives backwards. */
export function motorForce(gain: number, voltage: number, resistance: number): number {
  return (gain * MOTOR_CONSTANT * voltage) / (MOTOR_RESISTANCE + resistance);
}

/** What speed takes from it [N s/m]. */
export function motorDamping(gain: number, resistance: number): number {
  return (Math.abs(gain) * MOTOR_CONSTANT * MOTOR_CONSTANT) / (MOTOR_RESISTANCE + resistance);
}

/** Force of the shorted motor by speed [N s/m]: no current through the battery. */
export const BRAKE_DAMPING = (MOTOR_CONSTANT * MOTOR_CONSTANT) / MOTOR_RESISTANCE;
