import {
  add,
  cosine,
  divide,
  type Expression,
  floor,
  join,
  less,
  multiply,
  named,
  pick,
  sine,
  squareRoot,
  subtract,
  type Table,
  where,
} from "../../expression.js";
import type { TaskPart } from "../contracts.js";
import { dot, evaluatePath, findPlace, nodesPerSecond, onPath, wrapPlace } from "./path.js";

/** As in assembly/tasks/along-path.ts and path-curve.ts. */
const LOOKS = 5;
const NO_RATE = 1e-24;

/** The path at a place: position, first derivative and its length, curvature. */
function measurePath(nodes: Table, place: Expression) {
  const { position, rate: rates, bend } = evaluatePath(nodes, place);
  const squared = named("rate_squared", dot(rates, rates));
  const rate = named("rate", squareRoot(squared));
  const isMoving = named("moving", less(NO_RATE, squared));
  const perCube = where(isMoving, divide(divide(1, where(isMoving, squared, 1)), where(isMoving, rate, 1)), 0);
  const across = subtract(multiply(pick(rates, 0), pick(bend, 1)), multiply(pick(rates, 1), pick(bend, 0)));
  return { position, rates, rate, curvature: named("curvature", multiply(across, perCube)) };
}

/** assembly/tasks/along-path.ts */
const alongPath: TaskPart = {
  ...onPath,
  turnsOffsets: true,
  features: [
    "distance to the left, scaled",
    "sine of the heading error, scaled",
    "speed, scaled",
    "delay, scaled",
    ...Array.from({ length: LOOKS }, (_, k) => {
      const where = k === 0 ? "here" : `${k} periods ahead`;
      return [`curvature ${where}, scaled`, `speed of the track ${where}, scaled`];
    }).flat(),
  ],
  observe(parameters, state, t, nodes) {
    const { window, ahead, distanceScale, headingScale, speedScale, delayScale, curvatureScale } = parameters;
    const perSecond = nodesPerSecond(nodes, parameters);
    const count = nodes.rows.length;
    const expected = wrapPlace(multiply(t, perSecond), count);
    const place = named("nearest_place", findPlace(nodes, pick(state, 0, 1), expected, perSecond * window));
    const late = named("late", subtract(place, expected));
    const delay = subtract(late, multiply(count, floor(add(divide(late, count), 0.5))));
    const { position, rates, rate } = measurePath(nodes, place);
    const isMoving = named("directed", less(0, rate));
    const perRate = named("per_rate", where(isMoving, divide(1, where(isMoving, rate, 1)), 0));
    const [rateX, rateY] = [pick(rates, 0), pick(rates, 1)];
    const left = join(
      multiply(distanceScale, multiply(subtract(0, rateY), perRate)),
      multiply(distanceScale, multiply(rateX, perRate)),
    );
    const heading = pick(state, 3);
    const across = multiply(subtract(multiply(sine(heading), rateX), multiply(cosine(heading), rateY)), perRate);
    const looks = Array.from({ length: LOOKS }, (_, k) => {
      const look = measurePath(nodes, wrapPlace(add(place, k * (perSecond * ahead)), count));
      return [multiply(curvatureScale, look.curvature), multiply(speedScale * perSecond, look.rate)];
    });
    return join(
      dot(subtract(pick(state, 0, 1), position), left),
      multiply(headingScale, across),
      multiply(speedScale, pick(state, 2)),
      multiply(delayScale / perSecond, delay),
      ...looks.flat(),
    );
  },
};

export default { alongPath };
