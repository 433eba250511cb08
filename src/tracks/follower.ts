/** Follows a robot along its track, from point to point: paths may cross. */
import { around, type Track } from "./track.js";

/** Points around the last one among which the next is looked for, as a length [m]. */
const AHEAD = 1;

export class Follower {
  /** the nearest point of the track */
  point: number;
  readonly #track: Track;
  readonly #reach: number;

  /** `point`: where it is, or near it. */
  constructor(track: Track, point: number) {
    this.#track = track;
    const n = track.x.length;
    this.#reach = Math.min(n >> 2, Math.max(2, Math.ceil(AHEAD / track.step)));
    this.point = point;
  }

  /** The robot is at x, y [m]: points that it moved on. */
  move(x: number, y: number): number {
    const n = this.#track.x.length;
    let [moved, least] = [0, squaredTo(this.#track, this.point, x, y)];
    for (let k = -this.#reach; k <= this.#reach; k++) {
      const squared = squaredTo(this.#track, around(this.point + k, n) % n, x, y);
      if (squared < least) [moved, least] = [k, squared];
    }
    this.point = around(this.point + moved, n) % n;
    return moved;
  }
}

/** The point of the whole track that is nearest to x, y [m]. */
export function nearestPoint(track: Track, x: number, y: number): number {
  let nearest = 0;
  for (let i = 1; i < track.x.length; i++) if (squaredTo(track, i, x, y) < squaredTo(track, nearest, x, y)) nearest = i;
  return nearest;
}

function squaredTo(track: Track, i: number, x: number, y: number): number {
  return (x - track.x[i]) ** 2 + (y - track.y[i]) ** 2;
}
