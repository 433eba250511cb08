/** From the steering command to the angles of the front wheels: linkage, servo, and the geometry of a curve. */

/** Published identification of a JetRacer Pro (DART): an asymmetric linkage [rad], trim, the servo's lag [s]. */
const LEFT = { most: 0.515, slope: 1.023 };
const RIGHT = { most: 0.366, slope: 1.393 };
const TRIM = 0.027;
const LAG = 0.129;
/** Fastest turn of the wheels [rad/s], by hand: a servo of 60° in 0.2 s, and a linkage of 0.6. */
const RATE = 3.1;
/** Track per wheelbase. */
const TRACK = 0.16 / 0.1735;

/** Where the servo turns the wheels to, in the middle of both [rad]; left is positive. */
function targetAngle(command: number): number {
  const s = command - TRIM;
  const { most, slope } = s > 0 ? LEFT : RIGHT;
  return most * tanh(slope * s);
}

/** The servo's angle `dt` seconds later [rad]. */
export function servoAngle(angle: number, command: number, dt: number): number {
  const step = (dt / (LAG + dt)) * (targetAngle(command) - angle);
  return angle + Math.max(-RATE * dt, Math.min(RATE * dt, step));
}

/** What the inner wheel turns more, and the outer less, than the middle, to second order (Ackermann). */
export function ackermann(angle: number): number {
  return 0.5 * TRACK * angle * angle;
}

/** By a continued fraction, to 1e-6 below 2: JavaScript's own differs between builds of Node. */
function tanh(x: number): number {
  const y = x * x;
  return (x * (10395 + y * (1260 + y * 21))) / (10395 + y * (4725 + y * (210 + y)));
}
