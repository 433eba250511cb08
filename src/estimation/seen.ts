/** What was believed of a drive, against what poses from outside said of the same moments. */
import { wrapAngle } from "../angles.js";
import { type Measured, MotionColumn, PoseColumn, posesBy, type Verdict } from "./measured.js";

/** One pose from outside. */
export interface Seen {
  /** when it was true, by the control thread's clock [s] */
  readonly time: number;
  /** believed less seen: forward and to the left of where the body points [m], heading [rad] */
  readonly along: number;
  readonly side: number;
  readonly turn: number;
  readonly verdict: Verdict;
}

/**
 * Every pose that was true between two movements, in order of time, against the place that was believed at that time,
 * before the pose had come. `latency`: what poses are older than they say [s].
 */
export function seenAgainstBelieved(measured: Measured, latency: number): Seen[] {
  const { motions } = measured;
  const found: Seen[] = [];
  let at = 0;
  for (const row of posesBy(PoseColumn.seconds, measured)) {
    const time = row[PoseColumn.seconds] - latency;
    while (at + MotionColumn.count < motions.length && motions[at + MotionColumn.count + MotionColumn.time] < time)
      at += MotionColumn.count;
    const [from, to] = [motions.subarray(at), motions.subarray(at + MotionColumn.count)];
    if (to.length === 0 || time < from[MotionColumn.time] || time > to[MotionColumn.time]) continue;
    const part = (time - from[MotionColumn.time]) / (to[MotionColumn.time] - from[MotionColumn.time]);
    const between = (column: MotionColumn) => from[column] + part * (to[column] - from[column]);
    const phi = between(MotionColumn.phi);
    const dx = between(MotionColumn.x) - row[PoseColumn.x];
    const dy = between(MotionColumn.y) - row[PoseColumn.y];
    found.push({
      time,
      along: Math.cos(phi) * dx + Math.sin(phi) * dy,
      side: Math.cos(phi) * dy - Math.sin(phi) * dx,
      turn: wrapAngle(phi - row[PoseColumn.heading]),
      verdict: row[PoseColumn.verdict],
    });
  }
  return found;
}
