/**
 * The policy as expressions: what the network call sets, where the first reference starts, and the command.
 * docs/equations.md
 */
import { withOffsets, withTrims } from "./adjustment.js";
import { type PolicyDescription, partNamed } from "./description.js";
import {
  add,
  constant,
  divide,
  type Expression,
  join,
  less,
  multiply,
  named,
  network,
  type Operand,
  or,
  pick,
  squareRoot,
  subtract,
  type Table,
  where,
} from "./expression.js";
import { controllers, references, tasks } from "./parts/parts.js";

/** Numbers in each array of the policy. */
export interface Sizes {
  readonly state: number;
  readonly command: number;
  readonly setpoint: number;
  readonly gains: number;
}

export function sizesOf({ columns }: PolicyDescription): Sizes {
  const { state, input, setpoint, gain } = columns;
  return { state: state.length, command: input.length, setpoint: setpoint.length, gains: gain.length };
}

/** The nodes of the track, of a policy that has one. */
export function pathOf({ path = [] }: PolicyDescription): Table {
  return { name: "path", rows: path };
}

/** Network outputs, times the scale. */
export function scaledNetwork({ scale }: PolicyDescription, features: Expression): Expression {
  return named("offsets", multiply(scale, network(features, scale.length)));
}

/** A row's components from `from` on; undefined where there are none. */
function part(row: Expression, from: number, count: number): Expression | undefined {
  return count === 0 ? undefined : pick(row, ...Array.from({ length: count }, (_, i) => from + i));
}

/** What the network call sets: the segment's setpoint, and its gains if the controller has any. */
export function plan(
  policy: PolicyDescription,
  state: Expression,
  time: Expression,
): { setpoint: Expression; gains: Expression | undefined } {
  const { kind, parameters } = policy.task;
  const task = partNamed("task", tasks, kind);
  const { setpoint, gains } = sizesOf(policy);
  const target = named("target_time", add(time, policy.clock.lookahead));
  const features = named("features", task.observe(parameters, state, time, pathOf(policy)));
  const nominal = asRow(task.setpointAt(parameters, target, pathOf(policy)));
  const scaled = scaledNetwork(policy, features);
  const offsets = withOffsets(policy, task.turnsOffsets ? turned(scaled, nominal, gains) : scaled, target);
  const gainOffsets = part(offsets, setpoint, gains);
  return {
    setpoint: add(nominal, part(offsets, 0, setpoint) ?? constant([])),
    gains: gainOffsets && add(policy.nominalGains, gainOffsets),
  };
}

/** The setpoint before the first. */
export function opening(policy: PolicyDescription, state: Expression, time: Expression): Expression {
  const { kind, parameters } = policy.task;
  const task = partNamed("task", tasks, kind);
  return asRow(
    policy.clock.openFromState ? task.setpointOf(parameters, state) : task.setpointAt(parameters, time, pathOf(policy)),
  );
}

function asRow(row: Operand): Expression {
  return typeof row === "number" || !("op" in row) ? constant(row) : row;
}

/**
 * Outputs that count along the nominal setpoint x, y, xdot, ydot and to its left, and one gain for x and y, as the
 * world has them: assembly/policy/outputs.ts
 */
function turned(outputs: Expression, nominal: Expression, gains: number): Expression {
  const [vx, vy] = [pick(nominal, 2), pick(nominal, 3)];
  const rate = named("nominal_speed", squareRoot(add(multiply(vx, vx), multiply(vy, vy))));
  const isMoving = named("nominal_moves", less(0, rate));
  const per = where(isMoving, rate, 1);
  const c = named("turn_cosine", where(isMoving, divide(vx, per), 1));
  const s = named("turn_sine", where(isMoving, divide(vy, per), 0));
  const offsets = [0, 2].flatMap((i) => {
    const [along, left] = [pick(outputs, i), pick(outputs, i + 1)];
    return [subtract(multiply(c, along), multiply(s, left)), add(multiply(s, along), multiply(c, left))];
  });
  const shared = named("shared_gain", multiply(0.5, add(pick(outputs, 4), pick(outputs, 5))));
  const others = Array.from({ length: gains - 2 }, (_, i) => pick(outputs, 6 + i));
  return named("turned", join(...offsets, shared, shared, ...others));
}

/** Time since the network call, across the end of the clock's period too. */
export function elapsed(policy: PolicyDescription, time: Expression, segmentStart: Expression): Expression {
  const since = named("since_call", subtract(time, segmentStart));
  return named("elapsed", where(less(since, 0), add(since, policy.clock.period), since));
}

/** The command, `sinceCall` seconds after the network call. */
export function command(
  policy: PolicyDescription,
  state: Expression,
  previous: Expression,
  setpoint: Expression,
  gains: Expression | undefined,
  sinceCall: Expression,
): Expression {
  const { controller, reference, clock } = policy;
  const s = named("local_time", add(sinceCall, clock.lead));
  const target = partNamed("reference", references, reference.kind).evaluate(reference.matrix, previous, setpoint, s);
  const act = partNamed("controller", controllers, controller.kind);
  const { command } = sizesOf(policy);
  const own = act.act(controller.parameters, state, named("reference", target), gains ?? constant([]), command);
  return withTrims(policy, own);
}

/** The policy's own state, between two steps. */
export interface Memory {
  readonly previous: Expression;
  readonly setpoint: Expression;
  readonly gains: Expression | undefined;
  /** task time of the last network call [s]; below 0: there was none */
  readonly segmentStart: Expression;
}

/** A whole step without branches: from state, time and flag to the command and the policy's next state. */
export function step(
  policy: PolicyDescription,
  state: Expression,
  time: Expression,
  callNetwork: Expression,
  memory: Memory,
): { command: Expression; next: Memory } {
  const first = named("first", less(memory.segmentStart, 0));
  const call = named("call", or(first, less(0.5, callNetwork)));
  const planned = plan(policy, state, time);
  const before = where(first, opening(policy, state, time), memory.setpoint);
  const next: Memory = {
    previous: where(call, before, memory.previous),
    setpoint: where(call, planned.setpoint, memory.setpoint),
    gains: planned.gains && memory.gains && where(call, planned.gains, memory.gains),
    segmentStart: where(call, time, memory.segmentStart),
  };
  const { previous, setpoint, gains, segmentStart } = next;
  return { command: command(policy, state, previous, setpoint, gains, elapsed(policy, time, segmentStart)), next };
}
