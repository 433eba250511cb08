/** What the tracking controllers share, with the operations of assembly/controllers in the same order. */
import {
  add,
  atan2,
  constant,
  cosine,
  divide,
  type Expression,
  less,
  multiply,
  named,
  pick,
  sine,
  squareRoot,
  subtract,
  sum,
  where,
} from "../../expression.js";

/**
 * Below this speed [m/s] a direction is undefined; single precision cannot tell one from rounding below the second
 * number.
 */
const STANDSTILL = constant(1e-9, 1e-6);

/** Angle between the commanded velocity w and the heading, in [-pi, pi]; 0 where w has no direction. */
export function headingError(w: Expression, speed: Expression, heading: Expression): Expression {
  const [wx, wy] = [pick(w, 0), pick(w, 1)];
  const [c, s] = [named("cos_heading", cosine(heading)), named("sin_heading", sine(heading))];
  const angle = atan2(subtract(multiply(wy, c), multiply(wx, s)), add(multiply(wx, c), multiply(wy, s)));
  return named("heading_error", where(less(STANDSTILL, speed), angle, 0));
}

/** Acceleration along the reference's own direction, and its turn rate; 0 where it stands. */
export function feedForward(reference: Expression): { along: Expression; turn: Expression } {
  const velocity = pick(reference, 2, 3);
  const speed = named("reference_speed", squareRoot(sum(multiply(velocity, velocity))));
  const perSpeed = named("per_reference_speed", where(less(STANDSTILL, speed), divide(1, speed), 0));
  const h = named("direction", multiply(velocity, perSpeed));
  const [hx, hy, ax, ay] = [pick(h, 0), pick(h, 1), pick(reference, 4), pick(reference, 5)];
  const along = add(multiply(hx, ax), multiply(hy, ay));
  const across = subtract(multiply(hx, ay), multiply(hy, ax));
  return { along, turn: multiply(across, perSpeed) };
}

export const positionError = (reference: Expression, state: Expression): Expression =>
  named("position_error", subtract(pick(reference, 0, 1), pick(state, 0, 1)));
export const length = (w: Expression): Expression => named("speed", squareRoot(sum(multiply(w, w))));
