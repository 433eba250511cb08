import {
  add,
  and,
  clamp,
  cosine,
  divide,
  type Expression,
  floor,
  join,
  less,
  lessOrEqual,
  lookup,
  maximum,
  multiply,
  named,
  pick,
  sine,
  subtract,
  type Table,
  where,
} from "../../expression.js";
import type { Parameters, TaskPart } from "../contracts.js";

/** As in assembly/tasks/path-curve.ts. */
const SAMPLES = 16;
const NEWTON = 5;
const CENTRE = 1e-6;
const NO_RATE = 1e-24;

/** The path at a place: position, and its first two derivatives by the number of the node. */
interface Point {
  readonly position: Expression;
  readonly rate: Expression;
  readonly bend: Expression;
}

/** u modulo the number of nodes. */
function wrapPlace(u: Expression, count: number): Expression {
  const wrapped = subtract(u, multiply(count, floor(divide(u, count))));
  return named("place", where(and(lessOrEqual(0, wrapped), less(wrapped, count)), wrapped, 0));
}

function evaluatePath(nodes: Table, u: Expression): Point {
  const count = nodes.rows.length;
  const i = named("node", floor(u));
  const f = named("part", subtract(u, i));
  const after = add(i, 1);
  const p = lookup(nodes, i);
  const q = lookup(nodes, named("next_node", where(less(after, count), after, 0)));
  const position = pick(p, 0, 1);
  const rate = pick(p, 2, 3);
  const way = named("way", subtract(pick(q, 0, 1), position));
  const ends = named("ends", add(rate, pick(q, 2, 3)));
  const b = named("b", subtract(subtract(multiply(3, way), rate), ends));
  const c = named("c", subtract(ends, multiply(2, way)));
  const fc = multiply(f, c);
  return {
    position: add(position, multiply(f, add(rate, multiply(f, add(b, fc))))),
    rate: add(rate, multiply(f, add(multiply(2, b), multiply(3, fc)))),
    bend: add(multiply(2, b), multiply(6, fc)),
  };
}

/** The products of two rows of two numbers, added. */
function dot(a: Expression, b: Expression): Expression {
  const product = multiply(a, b);
  return add(pick(product, 0), pick(product, 1));
}

/** The place nearest to a position, within `window` nodes to both sides of the expected one. */
function findPlace(nodes: Table, position: Expression, expected: Expression, window: number): Expression {
  const count = nodes.rows.length;
  const stride = Math.max(1, Math.ceil((2 * window) / SAMPLES));
  const first = named("first_node", subtract(floor(expected), (stride * (SAMPLES / 2)) % count));
  let i = named("sample", where(less(first, 0), add(first, count), first));
  let nearest: Expression | undefined;
  let least: Expression | undefined;
  for (let k = 0; k <= SAMPLES; k++) {
    const way = subtract(position, pick(lookup(nodes, i), 0, 1));
    const squared = named("squared", dot(way, way));
    const isNearer = least && named("nearer", less(squared, least));
    nearest = isNearer && nearest ? named("nearest", where(isNearer, i, nearest)) : i;
    least = isNearer && least ? named("least", where(isNearer, squared, least)) : squared;
    const after = add(i, stride);
    i = named("sample", where(less(after, count), after, subtract(after, count)));
  }
  const from = nearest as Expression;
  let moved: Expression | undefined;
  let place = from;
  for (let k = 0; k < NEWTON; k++) {
    place = moved ? wrapPlace(add(from, moved), count) : wrapPlace(from, count);
    const point = evaluatePath(nodes, place);
    const way = named("from_path", subtract(position, point.position));
    const rate = named("rate", point.rate);
    const length = named("rate_squared", dot(rate, rate));
    const curvature = named("curvature", subtract(length, dot(way, point.bend)));
    const divisor = where(less(multiply(CENTRE, length), curvature), curvature, length);
    const hasRate = less(NO_RATE, length);
    const step = where(hasRate, divide(dot(way, rate), where(hasRate, divisor, 1)), 0);
    moved = named("moved", clamp(moved ? add(moved, step) : step, [stride]));
  }
  return wrapPlace(add(from, moved as Expression), count);
}

function nodesPerSecond(nodes: Table, { lapTime }: Parameters): number {
  return nodes.rows.length / lapTime;
}

/** assembly/tasks/path.ts */
function pathTask(harmonics: number): TaskPart {
  const clock = Array.from({ length: harmonics }, (_, k) =>
    ["cos", "sin"].map((name) => `${name} of ${k === 0 ? "the lap's phase" : `${k + 1} times the lap's phase`}`),
  );
  return {
    period: "lapTime",
    features: ["x, scaled", "y, scaled", "v cos phi, scaled", "v sin phi, scaled", ...clock.flat()],
    setpointAt(parameters, t, nodes) {
      const rate = nodesPerSecond(nodes, parameters);
      const point = evaluatePath(nodes, wrapPlace(multiply(t, rate), nodes.rows.length));
      return join(point.position, multiply(rate, point.rate));
    },
    setpointOf(parameters, state) {
      const heading = pick(state, 3);
      const v = maximum(pick(state, 2), parameters.leastSpeed);
      return join(pick(state, 0, 1), multiply(v, cosine(heading)), multiply(v, sine(heading)));
    },
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
