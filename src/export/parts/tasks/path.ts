import {
  add,
  and,
  clamp,
  constant,
  cosine,
  divide,
  type Expression,
  floor,
  join,
  less,
  lessOrEqual,
  lookup,
  multiply,
  named,
  pick,
  sine,
  subtract,
  type Table,
  where,
} from "../../expression.js";
import type { Parameters, TaskPart } from "../contracts.js";
import { planarSetpointOf } from "./planar.js";

/** As in assembly/tasks/path-curve.ts. */
const SAMPLES = 16;
const NEWTON = 5;
const CENTRE = 1e-6;
const FOUND = 1e-12;
const NEAR = 1e-3;

/** The path at a place: position, and its first two derivatives by the number of the node. */
interface Point {
  readonly position: Expression;
  readonly rate: Expression;
  readonly bend: Expression;
}

/** u modulo the number of nodes. */
export function wrapPlace(u: Expression, count: number): Expression {
  const wrapped = subtract(u, multiply(count, floor(divide(u, count))));
  return named("place", where(and(lessOrEqual(0, wrapped), less(wrapped, count)), wrapped, 0));
}

export function evaluatePath(nodes: Table, u: Expression): Point {
  const i = named("node", floor(u));
  const f = named("part", subtract(u, i));
  const row = lookup(nodes, i);
  const [c0, c1, c2, c3] = [0, 1, 2, 3].map((power) => pick(row, 2 * power, 2 * power + 1));
  const fc3 = named("cubic", multiply(f, c3));
  return {
    position: add(c0, multiply(f, add(c1, multiply(f, add(c2, fc3))))),
    rate: add(c1, multiply(f, add(multiply(2, c2), multiply(3, fc3)))),
    bend: add(multiply(2, c2), multiply(6, fc3)),
  };
}

/** The products of two rows of two numbers, added. */
export function dot(a: Expression, b: Expression): Expression {
  const product = multiply(a, b);
  return add(pick(product, 0), pick(product, 1));
}

/** A node, of which the distance to a position was looked at. */
interface Sample {
  readonly node: Expression;
  readonly squared: Expression;
}

/** The place nearest to a position, within `window` nodes to both sides of the expected one. */
export function findPlace(nodes: Table, position: Expression, expected: Expression, window: number): Expression {
  const count = nodes.rows.length;
  const stride = Math.max(1, Math.ceil((2 * window) / SAMPLES));
  const wrap = (i: Expression) => {
    const low = named("node", where(less(i, 0), add(i, count), i));
    return named("node", where(less(low, count), low, subtract(low, count)));
  };
  const sample = (node: Expression): Sample => {
    const way = subtract(position, pick(lookup(nodes, node), 0, 1));
    return { node, squared: named("squared", dot(way, way)) };
  };
  const nearer = (best: Sample, other: Sample): Sample => {
    const isNearer = named("nearer", less(other.squared, best.squared));
    return {
      node: named("nearest", where(isNearer, other.node, best.node)),
      squared: named("least", where(isNearer, other.squared, best.squared)),
    };
  };
  let i = wrap(subtract(floor(expected), (stride * (SAMPLES / 2)) % count));
  let best = sample(i);
  for (let k = 1; k <= SAMPLES; k++) {
    i = wrap(add(i, stride));
    best = nearer(best, sample(i));
  }
  for (let half = stride >> 1; half > 0; half >>= 1) {
    const [before, after] = [sample(wrap(subtract(best.node, half))), sample(wrap(add(best.node, half)))];
    best = nearer(nearer(best, before), after);
  }
  return newton(nodes, position, best.node, stride);
}

/** From a node to the root of (q - p) . p', at most `far` nodes away. */
function newton(nodes: Table, position: Expression, from: Expression, far: number): Expression {
  const count = nodes.rows.length;
  const wrap = (u: Expression) => {
    const low = named("place", where(less(u, 0), add(u, count), u));
    return named("place", where(lessOrEqual(count, low), subtract(low, count), low));
  };
  let moved: Expression = constant(0);
  for (let k = 0; ; k++) {
    const point = evaluatePath(nodes, wrap(add(from, moved)));
    const way = named("from_path", subtract(position, point.position));
    const rate = named("rate", point.rate);
    const squared = named("rate_squared", dot(rate, rate));
    const curvature = named("curvature", subtract(squared, dot(way, point.bend)));
    const along = named("along", dot(way, rate));
    const divisor = named("divisor", where(less(multiply(CENTRE, squared), curvature), curvature, squared));
    const size = where(less(along, 0), subtract(0, along), along);
    if (k === NEWTON) return where(lessOrEqual(size, multiply(NEAR, divisor)), wrap(add(from, moved)), from);
    const isThere = named("found", lessOrEqual(size, multiply(FOUND, divisor)));
    const next = clamp(add(moved, divide(along, where(isThere, 1, divisor))), [far]);
    moved = named("moved", where(isThere, moved, next));
  }
}

export function nodesPerSecond(nodes: Table, { lapTime }: Parameters): number {
  return nodes.rows.length / lapTime;
}

/** What every task on a track has in common: assembly/tasks/on-path.ts */
export const onPath: Pick<TaskPart, "period" | "setpointAt" | "setpointOf"> = {
  period: "lapTime",
  setpointAt(parameters, t, nodes) {
    const rate = nodesPerSecond(nodes, parameters);
    const point = evaluatePath(nodes, wrapPlace(multiply(t, rate), nodes.rows.length));
    return join(point.position, multiply(rate, point.rate));
  },
  setpointOf: planarSetpointOf,
};

/** assembly/tasks/path.ts */
function pathTask(harmonics: number): TaskPart {
  const clock = Array.from({ length: harmonics }, (_, k) =>
    ["cos", "sin"].map((name) => `${name} of ${k === 0 ? "the lap's phase" : `${k + 1} times the lap's phase`}`),
  );
  return {
    ...onPath,
    features: ["x, scaled", "y, scaled", "v cos phi, scaled", "v sin phi, scaled", ...clock.flat()],
    observe(parameters, state, t, nodes) {
      const { middleX, middleY, positionScale, velocityScale, window } = parameters;
      const rate = nodesPerSecond(nodes, parameters);
      const count = nodes.rows.length;
      const [v, heading] = [pick(state, 2), pick(state, 3)];
      const expected = wrapPlace(multiply(t, rate), count);
      const place = findPlace(nodes, pick(state, 0, 1), expected, rate * window);
      const phase = named("phase", multiply((2 * Math.PI) / count, place));
      const [c, s] = [cosine(phase), sine(phase)];
      const turned: Expression[] = [];
      let [ck, sk] = [c, s];
      for (let k = 0; k < harmonics; k++) {
        turned.push(ck, sk);
        [ck, sk] = [
          named("clock_cosine", subtract(multiply(ck, c), multiply(sk, s))),
          named("clock_sine", add(multiply(sk, c), multiply(ck, s))),
        ];
      }
      return join(
        multiply(positionScale, subtract(pick(state, 0), middleX)),
        multiply(positionScale, subtract(pick(state, 1), middleY)),
        multiply(v, multiply(velocityScale, cosine(heading))),
        multiply(v, multiply(velocityScale, sine(heading))),
        ...turned,
      );
    },
  };
}

export default { path1: pathTask(1), path2: pathTask(2), path4: pathTask(4) };
