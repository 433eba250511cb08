/** A track: a closed path with room to both sides and a speed at every place. Numbers only; read.ts reads it. */

import { wrapAngle } from "../angles.js";

/** Points evenly spaced in arc length; the last leads to the first. */
export interface Track {
  /** what it is called for people */
  readonly name: string;
  /** position [m] */
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** room to the right and to the left of the path [m] */
  readonly right: Float64Array;
  readonly left: Float64Array;
  /** [m/s] */
  readonly speed: Float64Array;
  /** between two points, and of the whole path [m] */
  readonly step: number;
  readonly length: number;
}

/** What a file, or a drive, says of a path before it is made a track. */
export interface RawTrack {
  readonly name: string;
  /** positions [m] in the order in which they are driven */
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** room [m], speeds [m/s] at those points; absent: not said */
  readonly right?: readonly number[];
  readonly left?: readonly number[];
  readonly speed?: readonly number[];
  /** the speed that is wanted, where the file says how it is to be made */
  readonly wanted?: SpeedPlan;
  /** the file says that the path is as long as this */
  readonly acceptsLength?: boolean;
}

/** How the speed along a path is chosen. */
export interface SpeedPlan extends Partial<Limits> {
  /** the same everywhere [m/s] */
  readonly constant?: number;
  /** part of the limits that is used, (0, 1] or a little more */
  readonly usage?: number;
}

/** What a robot can do. */
export interface Limits {
  /** acceleration across the path [m/s²] */
  readonly lateral: number;
  /** along it at standstill; less the faster it is, none at `top` [m/s²] */
  readonly accelerate: number;
  /** braking [m/s²] */
  readonly brake: number;
  /** [m/s] */
  readonly top: number;
}

/** Closed sequences wrap: index i modulo n, for i from -n on. */
export function around(i: number, n: number): number {
  return (i + n) % n;
}

/** Over this length to both sides curvature is measured: what is shorter is not driven [m]. */
const ALONG = 0.1;

/** Heading of the path [rad] and its curvature [1/m], to the left positive, at every point. */
export function shapeOf({ x, y, step }: Pick<Track, "x" | "y" | "step">): {
  readonly heading: Float64Array;
  readonly curvature: Float64Array;
} {
  const n = x.length;
  const points = Math.min(n >> 3, Math.max(1, Math.round(ALONG / step)));
  const h = points * step;
  const heading = new Float64Array(n);
  const curvature = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const [before, after] = [around(i - points, n), (i + points) % n];
    const dx = (x[after] - x[before]) / (2 * h);
    const dy = (y[after] - y[before]) / (2 * h);
    const ddx = (x[after] - 2 * x[i] + x[before]) / h ** 2;
    const ddy = (y[after] - 2 * y[i] + y[before]) / h ** 2;
    heading[i] = Math.atan2(dy, dx);
    curvature[i] = (dx * ddy - dy * ddx) / Math.max(dx * dx + dy * dy, 1e-12) ** 1.5;
  }
  return { heading, curvature };
}

/** How many times the path turns round: 1 counter-clockwise, -1 clockwise, 0 a figure-8. */
export function turningsOf(track: Pick<Track, "x" | "y" | "step">): number {
  const { heading } = shapeOf(track);
  const turned = heading.reduce((sum, angle, i) => sum + wrapAngle(heading[around(i + 1, heading.length)] - angle), 0);
  return Math.round(turned / (2 * Math.PI));
}

/** Task time [s] at every point, and after the last one that of a lap: the integral of ds / v. */
export function taskTimes({ speed, step }: Pick<Track, "speed" | "step">): Float64Array {
  const n = speed.length;
  const times = new Float64Array(n + 1);
  for (let i = 0; i < n; i++) times[i + 1] = times[i] + secondsBetween(speed[i], speed[around(i + 1, n)], step);
  return times;
}

/** Time in which `step` [m] are driven while the square of the speed goes evenly from one to the other [s]. */
function secondsBetween(from: number, to: number, step: number): number {
  return (2 * step) / (from + to);
}

/** Time of a lap [s]. */
export function lapTimeOf(track: Pick<Track, "speed" | "step">): number {
  return taskTimes(track)[track.speed.length];
}
