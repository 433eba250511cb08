/**
 * Where in the task a robot that cannot be placed begins to drive: at the point whose place and direction are nearest
 * to its own.
 */
import { wrapAngle } from "../angles.js";
import type { Core } from "../core/core.js";

/** Distance that a turn of one radian counts as [m]. */
const PER_RADIAN = 0.5;
const POINTS = 1024;

export interface DriveStart {
  /** task time [s] */
  readonly time: number;
  /** to the point [m] */
  readonly distance: number;
  /** from the heading to the point's direction [rad], between -pi and pi */
  readonly turn: number;
}

/** Farther from the track, or turned from it by more, a robot is misplaced [m, rad]. */
const OFF = 0.5;
const BACKWARDS = Math.PI / 2;

/** What is wrong with where a robot stands, for people, before it moves; nothing if it may drive off from there. */
export function misplaced({ distance, turn }: Pick<DriveStart, "distance" | "turn">): string[] {
  return [
    ...(distance > OFF ? [`It stands off the track, by ${distance.toFixed(2)} m: put it on it`] : []),
    ...(Math.abs(turn) > BACKWARDS ? ["It looks backwards along the track: turn it round"] : []),
  ];
}

/**
 * Of the task in `core`, over one lap; `state`: x, y [m], v [m/s], phi [rad]. On a track, if it may not drive off from
 * there, the point whose place is nearest: the other leg of a hairpin would be nearer to one that looks backwards.
 */
export function nearestStart(core: Core, state: Float64Array): DriveStart {
  const start = nearestPoint(core, state, PER_RADIAN);
  const isMisplaced = core.setup.task.track !== undefined && misplaced(start).length > 0;
  return isMisplaced ? nearestPoint(core, state, 0) : start;
}

/** `perRadian`: distance that a turn of one radian counts as [m]. */
function nearestPoint(core: Core, [x, y, , phi]: Float64Array, perRadian: number): DriveStart {
  const { lapTime, controlPeriod } = core.setup.task.timing;
  const setpoint = core.view("probe");
  let best: DriveStart = { time: 0, distance: Number.POSITIVE_INFINITY, turn: 0 };
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < POINTS; i++) {
    const time = (i * (lapTime ?? controlPeriod)) / POINTS;
    core.nominalSetpoint(time);
    const [sx, sy, vx, vy] = setpoint;
    const distance = Math.hypot(sx - x, sy - y);
    const turn = wrapAngle(Math.atan2(vy, vx) - phi);
    const cost = distance + perRadian * Math.abs(turn);
    if (cost < least) {
      least = cost;
      best = { time, distance, turn };
    }
  }
  return best;
}
