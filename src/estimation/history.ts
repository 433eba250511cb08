/**
 * The last movements of a car with state and covariance after each, and the last poses from outside by the time at
 * which they were true: a pose that comes late is applied at its own time, and what came after it is applied again.
 * Rings of fixed size, nothing is allocated after construction.
 */
import { ESTIMATE_SIZE, PoseColumn } from "./measured.js";
import { copyMotion, type Motion, newMotion } from "./motion.js";

/** Movements that are kept: 0.64 s at 100 Hz, 1.28 s at 50 Hz. */
const MOTIONS = 64;
/** Poses that are kept: as long at 100 Hz. */
const POSES = 64;
/**
 * Numbers of a pose: when it was true by what is known of its latency, 1: counted; then what of it is written down.
 */
export enum Pose {
  time,
  isCounted,
  /** {@link PoseColumn} */
  columns,
}

const POSE_SIZE = Pose.columns + PoseColumn.count;

export class History {
  /** movements since the beginning; the newest has this number less 1 */
  end = 0;
  readonly #motions = Array.from({ length: MOTIONS }, newMotion);
  readonly #after = Array.from({ length: MOTIONS }, () => new Float64Array(ESTIMATE_SIZE));
  readonly poseRows = new Float64Array(POSES * POSE_SIZE);
  poses = 0;
  #first = 0;

  /** The oldest movement whose state afterwards is still known. */
  get start(): number {
    return Math.max(this.#first, this.end - MOTIONS);
  }

  motion(index: number): Motion {
    return this.#motions[index % MOTIONS];
  }

  /** The newest movement that had ended by a time [s]; the oldest that is kept if none had. */
  before(time: number): number {
    let index = this.end - 1;
    while (index > this.start && this.motion(index).time > time) index--;
    return index;
  }

  /** State and covariance after a movement. */
  after(index: number): Float64Array {
    return this.#after[index % MOTIONS];
  }

  forget(): void {
    this.end = 0;
    this.poses = 0;
    this.#first = 0;
  }

  /** What was before a movement's end does not count any more. */
  beginAt(movement: number): void {
    this.#first = movement;
  }

  addMotion(motion: Motion): void {
    copyMotion(motion, this.#motions[this.end % MOTIONS]);
    this.end++;
  }

  /** When a pose was true by what is known of its latency [s], oldest first. */
  poseTime(index: number): number {
    return this.poseRows[index * POSE_SIZE + Pose.time];
  }

  /** Whether there is such a pose, and it was true before the end of a movement. */
  isWithin(pose: number, movement: number): boolean {
    return pose < this.poses && this.poseTime(pose) <= this.motion(movement).time;
  }

  /** Where the numbers of a pose that are written down begin in {@link poseRows}. */
  poseAt(index: number): number {
    return index * POSE_SIZE + Pose.columns;
  }

  /** Whether a pose was not counted before; from now on it was. */
  countPose(index: number): boolean {
    const at = index * POSE_SIZE + Pose.isCounted;
    const isNew = this.poseRows[at] === 0;
    this.poseRows[at] = 1;
    return isNew;
  }

  /**
   * Adds a pose, `row`: {@link PoseColumn}, where its time puts it; the oldest goes where there is no room.
   * `isCounted`: something else was made of it already.
   */
  addPose(time: number, row: Float64Array, isCounted: boolean): void {
    const poses = this.poseRows;
    if (this.poses === POSES) {
      poses.copyWithin(0, POSE_SIZE);
      this.poses--;
    }
    let at = this.poses++;
    for (; at > 0 && this.poseTime(at - 1) > time; at--)
      poses.copyWithin(at * POSE_SIZE, (at - 1) * POSE_SIZE, at * POSE_SIZE);
    const from = at * POSE_SIZE;
    poses[from + Pose.time] = time;
    poses[from + Pose.isCounted] = isCounted ? 1 : 0;
    for (let i = 0; i < PoseColumn.count; i++) poses[from + Pose.columns + i] = row[i];
  }
}
