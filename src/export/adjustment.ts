/** What an adjusted policy adds beside its network, (PD1) and (PD2), with the operations of the core in its order. */
import type { AdjustmentDescription, PolicyDescription } from "./description.js";
import {
  add,
  clamp,
  divide,
  type Expression,
  floor,
  join,
  less,
  maximum,
  multiply,
  named,
  pick,
  subtract,
  where,
} from "./expression.js";
import { controllers } from "./parts/parts.js";

/** The network's offsets of setpoint and gains, and those of the adjustment at the setpoint's own task time. */
export function withOffsets(policy: PolicyDescription, outputs: Expression, setpointTime: Expression): Expression {
  const { adjustment, clock, columns } = policy;
  if (!adjustment) return outputs;
  const setpoint = columns.setpoint.map((_, i) => i);
  const gains = columns.gain.map((_, i) => setpoint.length + i);
  const moved = offsetsAt(adjustment, pick(outputs, ...setpoint), divide(setpointTime, clock.period));
  if (gains.length === 0) return moved;
  return named("adjusted", join(moved, add(pick(outputs, ...gains), adjustment.gains)));
}

function offsetsAt({ offsets }: AdjustmentDescription, setpoint: Expression, laps: Expression): Expression {
  const knots = offsets.length;
  const phase = named("phase", subtract(laps, floor(laps)));
  return offsets.reduce(
    (sum, row, knot) => add(sum, multiply(periodicSpline(subtract(multiply(phase, knots), knot), knots), row)),
    setpoint,
  );
}

/** The cubic B-spline around 0, repeated every `knots`, as many times as fit within its reach of 2 to both sides. */
function periodicSpline(place: Expression, knots: number): Expression {
  const turns = floor(divide(add(place, 2), knots));
  let u = subtract(place, multiply(knots, turns));
  let sum = splineAt(u);
  for (let repeats = 1; repeats < Math.ceil(4 / knots); repeats++) {
    u = add(u, knots);
    sum = add(sum, splineAt(u));
  }
  return named("weight", sum);
}

function splineAt(place: Expression): Expression {
  const u = named("from_knot", maximum(place, subtract(0, place)));
  const rest = subtract(2, u);
  const far = multiply(multiply(multiply(rest, rest), rest), 1 / 6);
  const square = multiply(u, u);
  const near = add(subtract(2 / 3, square), multiply(multiply(multiply(0.5, u), u), u));
  return where(less(u, 1), near, where(less(u, 2), far, 0));
}

/** The command with the adjustment's trims, within the controller's limits. */
export function withTrims({ adjustment, controller }: PolicyDescription, command: Expression): Expression {
  if (!adjustment) return command;
  const limits = controllers[controller.kind].limits?.(controller.parameters);
  const trimmed = named("trimmed", add(command, adjustment.trims));
  return limits ? clamp(trimmed, limits) : trimmed;
}
