/**
 * What an estimator was given during a drive, as it was given, and what it said then: enough to estimate the drive
 * again. All times are by the clock of the thread that controlled [s].
 */
import { ENTRIES, type EstimatorSettings } from "./entries.js";
import type { Motion } from "./motion.js";

/** A movement, and the estimate after it. */
export enum MotionColumn {
  time,
  seconds,
  distance,
  turn,
  speed,
  rate,
  steering,
  /** estimated: position [m], heading, not wrapped [rad], speed [m/s] */
  x,
  y,
  phi,
  v,
  /** standard deviation of the position [m] */
  uncertainty,
  count,
}

/** A pose from outside: what came, and what became of it. */
export enum PoseColumn {
  /** when it was true, as it says */
  seconds,
  arrived,
  x,
  y,
  heading,
  verdict,
  /** chi square with three degrees of freedom; NaN where it was not compared */
  surprise,
  /** movements that were known when it came */
  after,
  count,
}

/** What became of a pose. */
export enum Verdict {
  /** it agreed with the rest, and counted */
  believed,
  /** it did not, and was left out */
  contradicted,
  /** it was true before all movements that are kept, or before the first */
  late,
  /** the car was taken to be where it says: it was the first, or too many contradicted in a row */
  begin,
}

/** What an estimator knows when its inputs begin to be written down. */
export enum BeginColumn {
  /** settings, see {@link EstimatorSettings}; 1: outside */
  outside,
  position,
  heading,
  timing,
  latency,
  curvature,
  /** poses that contradicted in a row, until then */
  contradicted,
  /** 1: it is placed */
  isPlaced,
  count,
}

/** Takes what an estimator is given; it must neither allocate nor throw. Rows are used again. */
export interface MeasuredLog {
  /** What is known at the beginning: {@link BeginColumn}, and {@link ESTIMATE_SIZE} of state and covariance. */
  begin(row: Float64Array, numbers: Float64Array): void;
  /** A movement and the estimate after it: {@link MotionColumn}. */
  motion(row: Float64Array): void;
  /** What became of a pose: {@link PoseColumn}, from `at` on. */
  pose(rows: Float64Array, at: number): void;
}

/** Numbers of an estimator's state, and of its covariance, row by row. */
export const ESTIMATE_SIZE = ENTRIES + ENTRIES * ENTRIES;

/** What was written down of a drive. */
export interface Measured {
  /** {@link BeginColumn}, then state and covariance; empty if they are not there */
  readonly begin: Float64Array;
  /** rows of {@link MotionColumn} */
  readonly motions: Float64Array;
  /** rows of {@link PoseColumn}, in the order in which they were decided on */
  readonly poses: Float64Array;
  /** the clock when the drive began [s] */
  readonly clock: number;
}

/** Rows of poses, by {@link PoseColumn}, in the order of one of their numbers. */
export function posesBy(column: PoseColumn, { poses }: Pick<Measured, "poses">): Float64Array[] {
  const rows = Array.from({ length: poses.length / PoseColumn.count }, (_, i) =>
    poses.subarray(i * PoseColumn.count, (i + 1) * PoseColumn.count),
  );
  return rows.sort((a, b) => a[column] - b[column]);
}

export function putBegin(
  row: Float64Array,
  settings: EstimatorSettings,
  contradicted: number,
  isPlaced: boolean,
): void {
  row[BeginColumn.outside] = settings.outside ? 1 : 0;
  row[BeginColumn.position] = settings.position;
  row[BeginColumn.heading] = settings.heading;
  row[BeginColumn.timing] = settings.timing;
  row[BeginColumn.latency] = settings.latency;
  row[BeginColumn.curvature] = settings.curvature;
  row[BeginColumn.contradicted] = contradicted;
  row[BeginColumn.isPlaced] = isPlaced ? 1 : 0;
}

/** The settings that an estimator had. */
export function settingsIn(begin: Float64Array): EstimatorSettings {
  return {
    outside: begin[BeginColumn.outside] === 1,
    position: begin[BeginColumn.position],
    heading: begin[BeginColumn.heading],
    timing: begin[BeginColumn.timing],
    latency: begin[BeginColumn.latency],
    curvature: begin[BeginColumn.curvature],
  };
}

export function putMotion(row: Float64Array, motion: Motion): void {
  row[MotionColumn.time] = motion.time;
  row[MotionColumn.seconds] = motion.seconds;
  row[MotionColumn.distance] = motion.distance;
  row[MotionColumn.turn] = motion.turn;
  row[MotionColumn.speed] = motion.speed;
  row[MotionColumn.rate] = motion.rate;
  row[MotionColumn.steering] = motion.steering;
}

export function takeMotion(row: Float64Array, motion: Motion): void {
  motion.time = row[MotionColumn.time];
  motion.seconds = row[MotionColumn.seconds];
  motion.distance = row[MotionColumn.distance];
  motion.turn = row[MotionColumn.turn];
  motion.speed = row[MotionColumn.speed];
  motion.rate = row[MotionColumn.rate];
  motion.steering = row[MotionColumn.steering];
}
