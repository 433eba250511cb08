/** What is to be done at a task time, and what the network sees, as in assembly/tasks. */
import {
  add,
  and,
  atan2,
  cosine,
  divide,
  type Expression,
  equal,
  floor,
  join,
  less,
  lessOrEqual,
  maximum,
  multiply,
  named,
  not,
  type Operand,
  or,
  pick,
  sine,
  subtract,
  where,
} from "../expression.js";

type Parameters = Readonly<Record<string, number>>;

export interface TaskPart {
  /** the parameter after which setpoints and features repeat [s] */
  readonly period: string;
  /** names of the features, with units */
  readonly features: readonly string[];
  /** Nominal setpoint at task time t [s]. */
  setpointAt(parameters: Parameters, t: Expression): Operand;
  /** The setpoint that a state stands on. */
  setpointOf(parameters: Parameters, state: Expression): Operand;
  /** Network input at a state and task time t [s]. */
  observe(parameters: Parameters, state: Expression, t: Expression): Expression;
}

const { PI } = Math;
const number = (parameters: Parameters, name: string): number => parameters[name] ?? Number.NaN;

/** The lap time within [0, T]. */
function wrapLap(t: Expression, lapTime: number): Expression {
  const laps = floor(divide(t, lapTime));
  return named("lap_time", where(lessOrEqual(t, lapTime), t, subtract(t, multiply(lapTime, laps))));
}

/** Which circle is driven: the second quarter of a lap is right, the last left, in the others the side of y decides. */
function onRightCircle(t: Expression, y: Expression, lapTime: number): Expression {
  const fourfold = named("fourfold", multiply(4, wrapLap(t, lapTime)));
  const upper = less(0, y);
  const [first, half, third] = [1, 2, 3].map((quarter) => lessOrEqual(fourfold, quarter * lapTime));
  if (!first || !half || !third) throw new Error("a lap has four quarters");
  const second = and(not(first), half);
  return named("right", or(or(and(first, upper), second), and(and(not(half), third), not(upper))));
}

/** assembly/tasks/figure8.ts */
const figure8: TaskPart = {
  period: "lapTime",
  features: [
    "x [m]",
    "y [m]",
    "v cos phi [m/s]",
    "v sin phi [m/s]",
    "cos of the lap's phase",
    "sin of the lap's phase",
  ],
  setpointAt(parameters, t) {
    const [r, lapTime] = [number(parameters, "radius"), number(parameters, "lapTime")];
    const rate = (4 * PI) / lapTime;
    const wrapped = wrapLap(t, lapTime);
    const angle = multiply(rate, wrapped);
    const [c, s] = [cosine(angle), sine(angle)];
    const side = named("side", where(less(wrapped, 0.5 * lapTime), 1, -1));
    return join(
      multiply(side, subtract(r, multiply(r, c))),
      multiply(r, s),
      multiply(multiply(multiply(side, r), rate), s),
      multiply(r * rate, c),
    );
  },
  setpointOf(parameters, state) {
    const heading = pick(state, 3);
    const v = maximum(pick(state, 2), number(parameters, "leastSpeed"));
    return join(pick(state, 0, 1), multiply(v, cosine(heading)), multiply(v, sine(heading)));
  },
  observe(parameters, state, t) {
    const [r, lapTime] = [number(parameters, "radius"), number(parameters, "lapTime")];
    const [x, y, v, heading] = [pick(state, 0), pick(state, 1), pick(state, 2), pick(state, 3)];
    const right = onRightCircle(t, y, lapTime);
    const X = named("from_centre", subtract(x, where(right, r, -r)));
    const a = named("angle", where(and(equal(y, 0), less(X, 0)), -PI, atan2(y, X)));
    const left = add(multiply(0.5, a), where(less(0, y), PI, 0));
    const phase = named("phase", where(right, multiply(0.5, subtract(PI, a)), left));
    return join(x, y, multiply(v, cosine(heading)), multiply(v, sine(heading)), cosine(phase), sine(phase));
  },
};

/** Both angles' cosine and sine. */
function observeAngles(state: Expression): Expression {
  const angles = pick(state, 0, 1);
  return pick(join(cosine(angles), sine(angles)), 0, 2, 1, 3);
}

const clock = (rate: number, t: Expression): Expression => named("clock", multiply(rate, t));

/** assembly/tasks/reach.ts */
const reach: TaskPart = {
  period: "clockPeriod",
  features: ["cos theta1", "sin theta1", "cos theta2", "sin theta2"],
  setpointAt: (parameters) => [number(parameters, "setpoint1"), number(parameters, "setpoint2"), 0, 0],
  setpointOf: (_parameters, state) => state,
  observe: (_parameters, state) => observeAngles(state),
};
const reachOpen: TaskPart = {
  period: "clockPeriod",
  features: [...reach.features, "w1 [rad/s]", "w2 [rad/s]", "cos of the clock", "sin of the clock"],
  setpointAt: () => [0, 0],
  setpointOf: () => [0, 0],
  observe(parameters, state, t) {
    const angle = clock((2 * PI) / number(parameters, "clockPeriod"), t);
    return join(observeAngles(state), pick(state, 2, 3), cosine(angle), sine(angle));
  },
};

/** assembly/tasks/sine.ts */
const sineTask: TaskPart = {
  period: "period",
  features: ["cos of the clock", "sin of the clock"],
  setpointAt: (parameters, t) =>
    multiply(number(parameters, "amplitude"), sine(clock((2 * PI) / number(parameters, "period"), t))),
  setpointOf: (_parameters, state) => state,
  observe(parameters, _state, t) {
    const angle = clock((2 * PI) / number(parameters, "period"), t);
    return join(cosine(angle), sine(angle));
  },
};

/** assembly/tasks/cart-pole.ts */
const cartPole: TaskPart = {
  period: "period",
  features: ["x [m]", "theta [rad]", "v [m/s]", "w [rad/s]", "cos of the clock", "sin of the clock"],
  setpointAt(parameters, t) {
    const amplitude = number(parameters, "amplitude");
    const rate = (2 * PI) / number(parameters, "period");
    const angle = clock(rate, t);
    return join(multiply(amplitude, sine(angle)), 0, multiply(amplitude * rate, cosine(angle)), 0);
  },
  setpointOf: (_parameters, state) => state,
  observe(parameters, state, t) {
    const angle = clock((2 * PI) / number(parameters, "period"), t);
    return join(state, cosine(angle), sine(angle));
  },
};

/** By kind, as in assembly/components.ts. */
export const tasks: Readonly<Record<string, TaskPart>> = { figure8, reach, reachOpen, sine: sineTask, cartPole };
