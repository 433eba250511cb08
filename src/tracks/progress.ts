/** How far along its track a robot drove. */
import { around, type Track } from "./track.js";

/** Points around the last one among which the next is looked for, as a length [m]. */
const AHEAD = 1;

/** The way along the path [m], from the first of the states x, y, ... of `columns` numbers each to the last. */
export function progressAlong(track: Track, states: Float64Array, columns: number): number {
  const { x, y, step } = track;
  const n = x.length;
  const reach = Math.min(n >> 2, Math.max(2, Math.ceil(AHEAD / step)));
  const distance = (at: number, i: number) => (states[at] - x[i]) ** 2 + (states[at + 1] - y[i]) ** 2;
  let i = 0;
  for (let k = 1; k < n; k++) if (distance(0, k) < distance(0, i)) i = k;
  let points = 0;
  for (let at = columns; at < states.length; at += columns) {
    let moved = 0;
    for (let k = -reach; k <= reach; k++)
      if (distance(at, around(i + k, n)) < distance(at, around(i + moved, n))) moved = k;
    points += moved;
    i = around(i + moved, n);
  }
  return points * step;
}
