/** Where a simulated robot truly was in the last lap of a figure-8, whatever it believed. */
import { rootMeanSquare } from "../../src/statistics.js";

/** A state, x, y, v, phi, and its time [s]. */
export interface Place {
  readonly time: number;
  readonly state: Float64Array;
}

/** The lap that ended when it was last faster than this [m/s]. */
export function lastLapOf(path: readonly Place[], lapTime: number, speed: number): Place[] {
  const stopped = path.findLast(({ state }) => state[2] > speed)?.time ?? Number.NaN;
  return path.filter(({ time }) => time > stopped - lapTime && time <= stopped);
}

/** Root of the mean squared distance from the figure-8's circles [m]; NaN without places. */
export function radialError(places: readonly Place[]): number {
  return rootMeanSquare(places.map(({ state: [x, y] }) => Math.hypot(Math.abs(x) - 1.5, y) - 1.5));
}
