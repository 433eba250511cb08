/** One lap of a recorded drive as a closed path: the gap between its ends is closed, the line smoothed. */
import { wrapAngle } from "../angles.js";
import { UserError } from "../errors.js";
import { digits } from "../output.js";
import { around, type RawTrack } from "./track.js";

/** Points of the drive that are kept lie this far apart [m]. */
const SPACING = 0.03;
/** A lap is at least this long, and ends within this distance and turn of where it began [m, rad]. */
const SHORTEST = 2;
const MOST_GAP = 1;
const MOST_TURN = Math.PI / 4;
/** Points that a drive is thinned to at most: pairs of them are looked at. */
const MOST_POINTS = 3000;

export interface DrivenLap {
  readonly raw: RawTrack;
  /** what was missing between the lap's ends [m] */
  readonly gap: number;
}

/**
 * The lap whose ends meet best. `states`: x, y [m], v, phi [rad] of every step; `smoothing`: standard deviation of the
 * Gaussian along the path [m].
 */
export function lapOfDrive(name: string, states: Float64Array, columns: number, smoothing: number): DrivenLap {
  const points = thinned(states, columns);
  const [first, last] = lapIn(name, points);
  const lap = points.slice(first, last);
  const length = points[last].along - points[first].along;
  const [gapX, gapY] = [points[last].x - points[first].x, points[last].y - points[first].y];
  // what the ends lie apart is given to the whole lap, in proportion to the way
  const part = ({ along }: Point) => (along - points[first].along) / length;
  const x = lap.map((point) => point.x - part(point) * gapX);
  const y = lap.map((point) => point.y - part(point) * gapY);
  const steps = lap.map((_, i) => Math.hypot(x[around(i + 1, x.length)] - x[i], y[around(i + 1, x.length)] - y[i]));
  const raw = { name, x: smoothed(x, steps, smoothing), y: smoothed(y, steps, smoothing) };
  return { raw, gap: Math.hypot(gapX, gapY) };
}

interface Point {
  readonly x: number;
  readonly y: number;
  /** direction in which it is left [rad] */
  heading: number;
  /** way driven until there [m] */
  readonly along: number;
}

function thinned(states: Float64Array, columns: number): Point[] {
  const points: Point[] = [];
  let along = 0;
  let spacing = SPACING;
  for (let at = 0; at < states.length; at += columns) {
    const [x, y] = [states[at], states[at + 1]];
    const last = points.at(-1);
    const way = last ? Math.hypot(x - last.x, y - last.y) : Number.POSITIVE_INFINITY;
    if (!(way >= spacing)) continue;
    if (last) {
      along += way;
      last.heading = Math.atan2(y - last.y, x - last.x);
    }
    points.push({ x, y, heading: last?.heading ?? 0, along });
    if (points.length < MOST_POINTS) continue;
    spacing *= 2;
    points.splice(0, points.length, ...points.filter((_, i) => i % 2 === 0));
  }
  return points;
}

/** First and last point of the lap: the pair with the smallest gap among those that meet in place and direction. */
function lapIn(name: string, points: readonly Point[]): readonly [number, number] {
  let best: readonly [number, number] | undefined;
  let least = MOST_GAP;
  for (const [i, from] of points.entries())
    for (let j = i + 1; j < points.length; j++) {
      const to = points[j];
      if (to.along - from.along < SHORTEST) continue;
      const gap = Math.hypot(to.x - from.x, to.y - from.y);
      const apart = Math.abs(wrapAngle(to.heading - from.heading));
      if (apart > MOST_TURN || gap >= MOST_GAP) continue;
      // the first that comes round: later ones have driven more than one lap
      if (gap < least - 1e-12) [best, least] = [[i, j], gap];
      if (leaves(points, i, j)) break;
    }
  if (best) return best;
  const driven = points.at(-1)?.along ?? 0;
  throw new UserError(
    `${name} holds no lap: in ${digits(driven)} m it never came back to within ${MOST_GAP} m of where it had been, ` +
      "in the same direction; drive once around, and a little further",
  );
}

/** Whether the drive goes away again from where it began, after it came back there. */
function leaves(points: readonly Point[], i: number, j: number): boolean {
  const next = points[j + 1];
  if (!next) return true;
  const distance = (to: Point) => Math.hypot(to.x - points[i].x, to.y - points[i].y);
  return distance(next) > distance(points[j]);
}

/** Values around a closed line, each replaced by the weighted mean of those near it. */
function smoothed(values: readonly number[], steps: readonly number[], deviation: number): number[] {
  const n = values.length;
  return values.map((value, i) => {
    let [sum, weights] = [value, 1];
    for (const side of [1, -1]) {
      let way = 0;
      for (let k = 1; k < n / 2; k++) {
        way += steps[around(side > 0 ? i + k - 1 : i - k, n)];
        if (way > 3 * deviation) break;
        const weight = Math.exp(-0.5 * (way / deviation) ** 2);
        sum += weight * values[around(i + side * k, n)];
        weights += weight;
      }
    }
    return sum / weights;
  });
}
