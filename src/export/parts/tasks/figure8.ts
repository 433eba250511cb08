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
  multiply,
  named,
  not,
  or,
  pick,
  sine,
  subtract,
  where,
} from "../../expression.js";
import type { TaskPart } from "../contracts.js";
import { planarSetpointOf } from "./planar.js";

const { PI } = Math;

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
    const { radius: r, lapTime } = parameters;
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
  setpointOf: planarSetpointOf,
  observe(parameters, state, t) {
    const { radius: r, lapTime } = parameters;
    const [x, y, v, heading] = [pick(state, 0), pick(state, 1), pick(state, 2), pick(state, 3)];
    const right = onRightCircle(t, y, lapTime);
    const X = named("from_centre", subtract(x, where(right, r, -r)));
    const a = named("angle", where(and(equal(y, 0), less(X, 0)), -PI, atan2(y, X)));
    const left = add(multiply(0.5, a), where(less(0, y), PI, 0));
    const phase = named("phase", where(right, multiply(0.5, subtract(PI, a)), left));
    return join(x, y, multiply(v, cosine(heading)), multiply(v, sine(heading)), cosine(phase), sine(phase));
  },
};

export default { figure8 };
