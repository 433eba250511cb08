/** How far along its track a robot drove. */
import { Follower, nearestPoint } from "./follower.js";
import type { Track } from "./track.js";

/** The way along the path [m], from the first of the states x, y, ... of `columns` numbers each to the last. */
export function progressAlong(track: Track, states: Float64Array, columns: number): number {
  const follower = new Follower(track, nearestPoint(track, states[0], states[1]));
  let points = 0;
  for (let at = columns; at < states.length; at += columns) points += follower.move(states[at], states[at + 1]);
  return points * track.step;
}
