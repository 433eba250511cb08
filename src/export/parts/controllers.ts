/** The tracking controllers, as in assembly/controllers: `act` alone, with the same operations in the same order. */
import {
  add,
  atan2,
  clamp,
  constant,
  cosine,
  divide,
  type Expression,
  join,
  less,
  mask,
  multiply,
  named,
  pick,
  sine,
  squareRoot,
  subtract,
  sum,
  where,
} from "../expression.js";

export interface ControllerPart {
  /** The command. */
  act(
    parameters: Readonly<Record<string, number>>,
    state: Expression,
    reference: Expression,
    gains: Expression,
    inputs: number,
  ): Expression;
}

/** Below this speed [m/s] a direction is undefined; single precision cannot tell one from rounding below the second number. */
const STANDSTILL = constant(1e-9, 1e-6);

/** Angle between the commanded velocity w and the heading, in [-pi, pi]; 0 where w has no direction. */
function headingError(w: Expression, speed: Expression, heading: Expression): Expression {
  const [wx, wy] = [pick(w, 0), pick(w, 1)];
  const [c, s] = [named("cos_heading", cosine(heading)), named("sin_heading", sine(heading))];
  const angle = atan2(subtract(multiply(wy, c), multiply(wx, s)), add(multiply(wx, c), multiply(wy, s)));
  return named("heading_error", where(less(STANDSTILL, speed), angle, 0));
}

/** Acceleration along the reference's own direction, and its turn rate; 0 where it stands. */
function feedForward(reference: Expression): { along: Expression; turn: Expression } {
  const velocity = pick(reference, 2, 3);
  const speed = named("reference_speed", squareRoot(sum(multiply(velocity, velocity))));
  const perSpeed = named("per_reference_speed", where(less(STANDSTILL, speed), divide(1, speed), 0));
  const h = named("direction", multiply(velocity, perSpeed));
  const [hx, hy, ax, ay] = [pick(h, 0), pick(h, 1), pick(reference, 4), pick(reference, 5)];
  const along = add(multiply(hx, ax), multiply(hy, ay));
  const across = subtract(multiply(hx, ay), multiply(hy, ax));
  return { along, turn: multiply(across, perSpeed) };
}

const positionError = (reference: Expression, state: Expression): Expression =>
  named("position_error", subtract(pick(reference, 0, 1), pick(state, 0, 1)));
const length = (w: Expression): Expression => named("speed", squareRoot(sum(multiply(w, w))));

/** assembly/controllers/backstepping.ts */
const backstepping: ControllerPart = {
  act(parameters, state, reference, gains) {
    const w = named("w", add(pick(reference, 2, 3), multiply(pick(gains, 0, 1), positionError(reference, state))));
    const speed = length(w);
    const { along, turn } = feedForward(reference);
    const e = headingError(w, speed, pick(state, 3));
    const throttle = add(multiply(pick(gains, 4), along), multiply(pick(gains, 2), subtract(speed, pick(state, 2))));
    const steering = add(multiply(pick(gains, 5), turn), multiply(pick(gains, 3), e));
    return clamp(join(throttle, steering), limits(parameters, "throttleLimit", "steeringLimit"));
  },
};

/** assembly/controllers/planar-backstepping.ts */
const planarBackstepping: ControllerPart = {
  act(parameters, state, reference, gains) {
    const towards = multiply(pick(gains, 0, 1), positionError(reference, state));
    const w = named("w", add(towards, multiply(pick(gains, 2, 4), pick(reference, 2, 3))));
    const speed = length(w);
    const { turn } = feedForward(reference);
    const e = headingError(w, speed, pick(state, 3));
    const turnRate = add(multiply(pick(gains, 5), turn), multiply(pick(gains, 3), e));
    return clamp(join(speed, turnRate), limits(parameters, "speedLimit", "turnLimit"));
  },
};

/** assembly/controllers/state-feedback.ts: gain j is entry (j mod m, j) of K, the other entries are parameters, row by row. */
const stateFeedback: ControllerPart = {
  act(parameters, state, reference, gains, inputs) {
    const error = named("error", subtract(reference, state));
    const [own, fixed] = [Object.values(parameters).slice(0, inputs), Object.values(parameters).slice(inputs)];
    const rows = own.map((offset, i) => {
      const moved = Array.from({ length: state.width }, (_, j) => j % inputs === i);
      const entries = moved.map((isMoved) => (isMoved ? 0 : (fixed.shift() ?? Number.NaN)));
      const K = moved.every(Boolean) ? gains : where(mask(moved), gains, entries);
      return add(offset, sum(multiply(K, error)));
    });
    return join(...rows);
  },
};

/** assembly/controllers/open-loop.ts */
const openLoop: ControllerPart = {
  act: (parameters, _state, reference) => add(Object.values(parameters), reference),
};

function limits(parameters: Readonly<Record<string, number>>, ...names: readonly string[]): number[] {
  return names.map((name) => parameters[name] ?? Number.NaN);
}

/** By kind, as in assembly/components.ts. */
export const controllers: Readonly<Record<string, ControllerPart>> = {
  backstepping,
  planarBackstepping,
  stateFeedback42: stateFeedback,
  stateFeedback11: stateFeedback,
  cartPoleLqr: stateFeedback,
  openLoop42: openLoop,
  openLoop11: openLoop,
};
