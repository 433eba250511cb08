/** One lap of a recorded drive as a closed path: the gap between its ends is closed, the line smoothed. */
import { wrapAngle } from "../angles.js";
import { UserError } from "../errors.js";
import { digits } from "../output.js";
import { upperMedian } from "../statistics.js";
import { around, type RawTrack } from "./track.js";

/** Points of the drive that are kept lie this far apart [m]. */
const SPACING = 0.03;
/** A lap is at least this long [m], and ends within this turn of where it began [rad]. */
const SHORTEST = 2;
const MOST_TURN = Math.PI / 4;
/** Points that a drive is thinned to at most: pairs of them are looked at. */
const MOST_POINTS = 3000;
/** A lap in which the robot rolled back by more is none [m]. */
const MOST_BACK = 0.1;
/** Points of a lap that are looked for in the lap after it, or before, and how near its length they must lie. */
const COMPARED = 50;
const SAME_LENGTH = 0.1;

/** How a lap is taken from a drive. */
export interface LapPlan {
  /** standard deviation of the Gaussian along the path that smooths it [m] */
  readonly smooth: number;
  /** most that may be missing between the ends of a lap [m] */
  readonly gap: number;
}

export interface DrivenLap {
  readonly raw: RawTrack;
  /** what was missing between the lap's ends [m] */
  readonly gap: number;
  /** laps in the drive */
  readonly laps: number;
  /** how far the lap after it, or before it, lies from this one [m]: the median; null: it was driven only once */
  readonly apart: number | null;
  /** the robot rolled backwards, by its own measure; the path goes the way it moved */
  readonly isBackwards: boolean;
}

/** The lap whose ends meet best. `states`: x, y [m], v [m/s], phi [rad] of every step, and perhaps more columns. */
export function lapOfDrive(name: string, states: Float64Array, columns: number, plan: LapPlan): DrivenLap {
  const points = thinned(states, columns);
  const [first, last] = lapIn(name, points, plan.gap);
  const lap = points.slice(first, last);
  const length = points[last].along - points[first].along;
  const [gapX, gapY] = [points[last].x - points[first].x, points[last].y - points[first].y];
  // what the ends lie apart is given to the whole lap, in proportion to the way
  const part = ({ along }: Point) => (along - points[first].along) / length;
  const x = lap.map((point) => point.x - part(point) * gapX);
  const y = lap.map((point) => point.y - part(point) * gapY);
  const steps = lap.map((_, i) => Math.hypot(x[around(i + 1, x.length)] - x[i], y[around(i + 1, x.length)] - y[i]));
  return {
    raw: { name, x: smoothed(x, steps, plan.smooth), y: smoothed(y, steps, plan.smooth) },
    gap: Math.hypot(gapX, gapY),
    laps: points[points.length - 1].along / length,
    apart: toOtherLap(points, first, last) ?? null,
    isBackwards: isBackwards(lap[lap.length - 1]),
  };
}

interface Point {
  readonly x: number;
  readonly y: number;
  /** direction in which it is left [rad] */
  heading: number;
  /** way driven until there [m] */
  readonly along: number;
  /** of it forwards, by the robot's own speed [m] */
  readonly forwards: number;
}

/** Whether the way to a point was driven backwards, most of it. */
function isBackwards({ along, forwards }: Point): boolean {
  return forwards < 0.5 * along;
}

function thinned(states: Float64Array, columns: number): Point[] {
  const points: Point[] = [];
  let [along, forwards] = [0, 0];
  let spacing = SPACING;
  for (let at = 0; at < states.length; at += columns) {
    const [x, y, v] = states.subarray(at, at + 3);
    const last = points.at(-1);
    const way = last ? Math.hypot(x - last.x, y - last.y) : Number.POSITIVE_INFINITY;
    if (!(way >= spacing)) continue;
    if (last) {
      along += way;
      if (v >= 0) forwards += way;
      last.heading = Math.atan2(y - last.y, x - last.x);
    }
    points.push({ x, y, heading: last?.heading ?? 0, along, forwards });
    if (points.length < MOST_POINTS) continue;
    spacing *= 2;
    points.splice(0, points.length, ...points.filter((_, i) => i % 2 === 0));
  }
  return points;
}

/** First and last point of the lap: the pair with the smallest gap among those that meet in place and direction. */
function lapIn(name: string, points: readonly Point[], mostGap: number): readonly [number, number] {
  let best: readonly [number, number] | undefined;
  let least = mostGap;
  let [nearest, after, rolls] = [Number.POSITIVE_INFINITY, 0, false];
  for (const [i, from] of points.entries())
    for (let j = i + 1; j < points.length; j++) {
      const to = points[j];
      if (to.along - from.along < SHORTEST) continue;
      if (Math.abs(wrapAngle(to.heading - from.heading)) > MOST_TURN) continue;
      const gap = Math.hypot(to.x - from.x, to.y - from.y);
      if (gap < nearest) [nearest, after] = [gap, to.along - from.along];
      if (gap >= mostGap) continue;
      const isRolledBack = rolledBack(from, to) > MOST_BACK;
      rolls ||= isRolledBack;
      // the first that comes round: later ones have driven more than one lap
      if (gap < least - 1e-12 && !isRolledBack) [best, least] = [[i, j], gap];
      if (leaves(points, i, j)) break;
    }
  if (best) return best;
  throw new UserError(`${name} holds no lap: ${whyNone(points, nearest, after, mostGap, rolls)}`);
}

/** Why a drive holds no lap, and what to do; `nearest`: how near it came to itself [m], `after` such a way [m]. */
function whyNone(points: readonly Point[], nearest: number, after: number, mostGap: number, rolls: boolean): string {
  const driven = points.at(-1)?.along ?? 0;
  if (driven < SHORTEST)
    return `the robot moved ${digits(driven)} m in all, and a lap is at least ${SHORTEST} m; drive once around`;
  if (rolls) return `it rolled back by more than ${MOST_BACK} m in every lap; drive once around without stopping short`;
  const came =
    nearest === Number.POSITIVE_INFINITY ? "" : `: after ${digits(after)} m it was ${digits(nearest)} m away`;
  return (
    `in ${digits(driven)} m it never came back to within ${mostGap} m of where it had been, in the same ` +
    `direction${came}; drive once around, and a little further, or allow a larger --gap`
  );
}

/** The way between two points that was driven the other way than most of it [m]. */
function rolledBack(from: Point, to: Point): number {
  const forwards = to.forwards - from.forwards;
  return Math.min(forwards, to.along - from.along - forwards);
}

/**
 * How far the next lap lies from this one, or the one before if there is no next [m]: the median over its points;
 * undefined if the drive has but this one.
 */
function toOtherLap(points: readonly Point[], first: number, last: number): number | undefined {
  const length = points[last].along - points[first].along;
  for (const lap of [1, -1]) {
    const distances: number[] = [];
    for (let k = 0; k < COMPARED; k++) {
      const point = points[first + Math.floor((k * (last - first)) / COMPARED)];
      let least = Number.POSITIVE_INFINITY;
      for (const other of points)
        if (Math.abs(other.along - point.along - lap * length) < SAME_LENGTH * length)
          least = Math.min(least, Math.hypot(other.x - point.x, other.y - point.y));
      if (least < Number.POSITIVE_INFINITY) distances.push(least);
    }
    if (distances.length > COMPARED / 2) return upperMedian(Float64Array.from(distances));
  }
  return undefined;
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
