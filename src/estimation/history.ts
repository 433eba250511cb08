/**
 * The last movements of a car with state and covariance after each, and the last poses from outside by the time at
 * which they were true: a pose that comes late is applied at its own time, and what came after it is applied again.
 * Rings of fixed size, nothing is allocated after construction.
 */
import { ENTRIES } from "./entries.js";
import { copyMotion, type Motion, newMotion } from "./motion.js";

/** Movements that are kept: 0.64 s at 100 Hz, 1.28 s at 50 Hz. */
const MOTIONS = 64;
/** Poses that are kept: as long at 100 Hz. */
const POSES = 64;
/** Numbers of a pose: when it was true by what is known of its latency and as it says, x, y, heading, 1: counted. */
export enum Pose {
  time,
  seconds,
  x,
  y,
  heading,
  isCounted,
  count,
}

const SIZE = ENTRIES + ENTRIES * ENTRIES;

export class History {
  /** movements since the beginning; the newest has this number less 1 */
  end = 0;
  readonly #motions = Array.from({ length: MOTIONS }, newMotion);
  readonly #after = Array.from({ length: MOTIONS }, () => new Float64Array(SIZE));
  readonly #poses = new Float64Array(POSES * Pose.count);
  poses = 0;

  /** The oldest movement whose state afterwards is still known. */
  get start(): number {
    return Math.max(0, this.end - MOTIONS);
  }

  motion(index: number): Motion {
    return this.#motions[index % MOTIONS];
  }

  /** State and covariance after a movement. */
  after(index: number): Float64Array {
    return this.#after[index % MOTIONS];
  }

  forget(): void {
    this.end = 0;
    this.poses = 0;
  }

  addMotion(motion: Motion): void {
    copyMotion(motion, this.#motions[this.end % MOTIONS]);
    this.end++;
  }

  /** A number of a pose, oldest first. */
  pose(index: number, part: Pose): number {
    return this.#poses[index * Pose.count + part];
  }

  /** Whether a pose was not counted before; from now on it was. */
  countPose(index: number): boolean {
    const at = index * Pose.count + Pose.isCounted;
    const isNew = this.#poses[at] === 0;
    this.#poses[at] = 1;
    return isNew;
  }

  /** Adds a pose where its time puts it; the oldest goes where there is no room. */
  addPose(time: number, seconds: number, x: number, y: number, heading: number): void {
    const poses = this.#poses;
    if (this.poses === POSES) {
      poses.copyWithin(0, Pose.count);
      this.poses--;
    }
    let at = this.poses++;
    for (; at > 0 && this.pose(at - 1, Pose.time) > time; at--)
      poses.copyWithin(at * Pose.count, (at - 1) * Pose.count, at * Pose.count);
    const from = at * Pose.count;
    poses[from + Pose.time] = time;
    poses[from + Pose.seconds] = seconds;
    poses[from + Pose.x] = x;
    poses[from + Pose.y] = y;
    poses[from + Pose.heading] = heading;
    poses[from + Pose.isCounted] = 0;
  }
}
