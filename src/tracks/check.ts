/** Whether a track makes sense for a robot: where it is too tight, and where it asks for too much speed. */
import { digits } from "../output.js";
import { crossingsOf } from "./crossings.js";
import { fastestProfile } from "./speed.js";
import { type Limits, lapTimeOf, shapeOf, type Track } from "./track.js";

/** What is known of the robot. */
export interface Robot extends Limits {
  /** radius of the least circle that it turns [m] */
  readonly leastRadius: number;
  /** half its width [m] */
  readonly halfWidth: number;
}

/** The paper's car; the radius is that of the less able of the simulated ones, to the right. */
export const CAR: Robot = { lateral: 7, accelerate: 4.5, brake: 1.2, top: 4.4, leastRadius: 0.5, halfWidth: 0.1 };

/** A place of the path for people. */
export interface Spot {
  /** from its start, along it [m] */
  readonly along: number;
  readonly x: number;
  readonly y: number;
}

export interface TrackCheck {
  readonly name: string;
  /** [m] */
  readonly length: number;
  /** [s] */
  readonly lapTime: number;
  /** how often the path crosses itself, and where */
  readonly crossings: number;
  readonly crossingPlaces: readonly Spot[];
  /** of the tightest curve [m] */
  readonly leastRadius: number;
  readonly leastRadiusPlace: Spot;
  /** [m/s] */
  readonly speed: { readonly least: number; readonly most: number };
  /** largest part of the robot's lateral limit that is asked for */
  readonly usage: number;
  /** time of the fastest lap on this path that the limits allow [s] */
  readonly fastestLap: number;
  /** least room beside the path, less half the robot's width [m] */
  readonly room: number;
  readonly problems: readonly string[];
}

/** Speeds may be above what is possible by this factor before they are called so. */
const ALLOWED = 1.05;

export function checkTrack(track: Track, robot: Robot): TrackCheck {
  const { curvature } = shapeOf(track);
  const tightest = indexOfMost(curvature.map(Math.abs));
  const leastRadius = 1 / Math.abs(curvature[tightest]);
  const fastest = fastestProfile(curvature, track.step, robot, 1);
  const used = curvature.map((k, i) => (Math.abs(k) * track.speed[i] ** 2) / robot.lateral);
  const meetings = crossingsOf(track);
  const room = Math.min(...track.left, ...track.right) - robot.halfWidth;
  return {
    name: track.name,
    length: track.length,
    lapTime: lapTimeOf(track),
    crossings: meetings.length,
    crossingPlaces: meetings.map(({ first }) => spotOf(track, first)),
    leastRadius,
    leastRadiusPlace: spotOf(track, tightest),
    speed: { least: Math.min(...track.speed), most: Math.max(...track.speed) },
    usage: Math.max(...used),
    fastestLap: lapTimeOf({ speed: fastest, step: track.step }),
    room,
    problems: [
      ...tightCurves(track, curvature, robot),
      ...impossibleSpeeds(track, fastest),
      ...(room > 0 ? [] : [`there is no room beside the path: ${digits(room)} m, less than half the robot's width`]),
    ],
  };
}

/** What was found, as rows of a table for people. */
export function checkRows(check: TrackCheck): (readonly [name: string, value: string])[] {
  return [
    ["length", `${digits(check.length)} m`],
    ["lap", `${digits(check.lapTime)} s; by the limits ${digits(check.fastestLap)} s`],
    ["crosses itself", `${check.crossings} times`],
    ["tightest curve", `${digits(check.leastRadius, 3)} m`],
    ["speed", `${digits(check.speed.least, 3)} to ${digits(check.speed.most, 3)} m/s`],
    ["of the lateral limit", `${(100 * check.usage).toFixed(0)} %`],
    ["room beside the robot", `${digits(check.room, 3)} m at least`],
  ];
}

function spotOf({ x, y, step }: Track, i: number): Spot {
  return { along: i * step, x: x[i], y: y[i] };
}

function where(track: Track, i: number): string {
  const { along, x, y } = spotOf(track, i);
  return `${digits(along)} m from the start (x ${digits(x)}, y ${digits(y)} m)`;
}

function indexOfMost(values: Float64Array): number {
  return values.reduce((best, value, i) => (value > values[best] ? i : best), 0);
}

/** Spans of the path in which something is so, as their first and last points. */
function spansWhere(n: number, isSo: (i: number) => boolean): (readonly [first: number, last: number])[] {
  const found: [number, number][] = [];
  for (let i = 0; i < n; i++) {
    if (!isSo(i)) continue;
    const last = found.at(-1);
    if (last && last[1] === i - 1) last[1] = i;
    else found.push([i, i]);
  }
  return found;
}

function tightCurves(track: Track, curvature: Float64Array, { leastRadius }: Robot): string[] {
  const isTight = (i: number) => Math.abs(curvature[i]) * leastRadius > 1;
  return spansWhere(curvature.length, isTight).map(([first, last]) => {
    const part = curvature.slice(first, last + 1).map(Math.abs);
    const at = first + indexOfMost(part);
    return (
      `the curve ${where(track, at)} has a radius of ${digits(1 / Math.max(...part), 3)} m, ` +
      `less than the least circle of ${digits(leastRadius, 3)} m: it will be driven wider`
    );
  });
}

function impossibleSpeeds(track: Track, fastest: Float64Array): string[] {
  const excess = track.speed.map((v, i) => v / fastest[i]);
  return spansWhere(excess.length, (i) => excess[i] > ALLOWED).map(([first, last]) => {
    const at = first + indexOfMost(excess.slice(first, last + 1));
    return (
      `the speed ${where(track, at)} is ${digits(track.speed[at], 3)} m/s; ` +
      `${digits(fastest[at], 3)} m/s is possible there, by the limits`
    );
  });
}
