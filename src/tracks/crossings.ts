/** Where a path meets itself: crossings are driven, by task time; what runs along itself is no track. */
import { wrapAngle } from "../angles.js";
import { UserError } from "../errors.js";
import { digits } from "../output.js";
import { around, shapeOf, type Track } from "./track.js";

/** Two places of the path that meet. */
export interface Meeting {
  /** indices of the points */
  readonly first: number;
  readonly second: number;
}

/** Places this near to each other meet [m], if the path between them is longer than this. */
const NEAR = 0.05;
const APART = 1.5;
/** Headings that differ by less than this are one direction, by more than pi less this opposite ones [rad]. */
const ALONG = (20 * Math.PI) / 180;
/** A path may run along itself in the same direction that far: the circles of a figure-8 touch [part, m]. */
const MOST_PART = 0.08;
const MOST_LENGTH = 2;

/** Length of the path from one point to another, the shorter way round [m]. */
function between({ x, step }: Track, i: number, j: number): number {
  const points = Math.abs(i - j);
  return step * Math.min(points, x.length - points);
}

/** Where the path crosses itself, once for each place. */
export function crossingsOf(track: Track): Meeting[] {
  const found: Meeting[] = [];
  const isNew = ({ first, second }: Meeting) =>
    !found.some((one) => between(track, one.first, first) < APART && between(track, one.second, second) < APART);
  for (const [i, j] of nearPairs(track, 2 * track.step)) {
    const meeting = { first: i, second: j };
    if (crosses(track, i, j) && isNew(meeting)) found.push(meeting);
  }
  return found;
}

/** Whether the piece from point i to the next crosses that from j. */
function crosses({ x, y }: Track, i: number, j: number): boolean {
  const n = x.length;
  const side = (a: number, b: number, p: number) => (x[b] - x[a]) * (y[p] - y[a]) - (y[b] - y[a]) * (x[p] - x[a]);
  const [i1, j1] = [around(i + 1, n), around(j + 1, n)];
  // a point that lies on the other piece counts for the side to its left, so that no crossing is passed over
  return side(i, i1, j) >= 0 !== side(i, i1, j1) >= 0 && side(j, j1, i) >= 0 !== side(j, j1, i1) >= 0;
}

/** Pairs i < j of points nearer to each other than `distance`, with more than {@link APART} of path between them. */
function* nearPairs(track: Track, distance: number): Generator<readonly [number, number]> {
  const { x, y, step } = track;
  const n = x.length;
  const least = Math.max(2, Math.ceil(Math.min(APART, track.length / 8) / step));
  const squared = distance * distance;
  for (let i = 0; i < n; i++)
    for (let j = i + least; j < n && i + n - j >= least; j++) {
      const dx = x[i] - x[j];
      const dy = y[i] - y[j];
      if (dx * dx + dy * dy < squared) yield [i, j];
    }
}

/** Refuses a path that runs along itself, or that touches itself in the opposite direction. */
export function refuseTangles(track: Track): void {
  const { name, x, y, step, length } = track;
  const { heading } = shapeOf(track);
  const along = new Set<number>();
  for (const [i, j] of nearPairs(track, Math.max(NEAR, step))) {
    const apart = Math.abs(wrapAngle(heading[i] - heading[j]));
    if (apart > Math.PI - ALONG)
      throw new UserError(
        `${name} touches itself in the opposite direction at x ${digits(x[i])}, y ${digits(y[i])} m, ` +
          `${digits(i * step)} and ${digits(j * step)} m from its start: keep the two pieces apart`,
      );
    if (apart < ALONG) along.add(i).add(j);
  }
  const doubled = along.size * step;
  if (doubled > Math.max(MOST_PART * length, MOST_LENGTH)) {
    const [first] = along;
    throw new UserError(
      `${name} runs along itself for ${digits(doubled / 2)} m, from x ${digits(x[first])}, ` +
        `y ${digits(y[first])} m on: is it more than one lap? Keep one, and pieces that run beside each other apart`,
    );
  }
}

/** The shortest way, in points, from a place of the path back to where it meets itself; the whole path if nowhere. */
export function shortestLoop(track: Track, distance: number): number {
  const n = track.x.length;
  let least = n;
  for (const [i, j] of nearPairs(track, distance)) {
    const points = Math.min(j - i, n - (j - i));
    // the two sides of a hairpin are near each other too: those of a loop have more path between them
    if (points * track.step > LOOP * distance) least = Math.min(least, points);
  }
  return least;
}
/** Length of a loop per distance of its ends, at least. */
const LOOP = 5;
