/** A drive estimated again from what was measured then, perhaps with other settings, and how the two differ. */
import { wrapAngle } from "../angles.js";
import { UserError } from "../errors.js";
import { Entry, type EstimatorSettings } from "./entries.js";
import { Estimator } from "./estimator.js";
import {
  BeginColumn,
  type Measured,
  type MeasuredLog,
  MotionColumn,
  PoseColumn,
  posesBy,
  settingsIn,
  takeMotion,
  Verdict,
} from "./measured.js";
import { newMotion } from "./motion.js";

/** Of one estimate of a drive. */
export interface Estimate {
  /** poses that were believed, that contradicted, and that came too late */
  readonly believed: number;
  readonly contradicted: number;
  readonly late: number;
  /** mean chi square of the believed ones over its three degrees of freedom; null without any */
  readonly surprise: number | null;
  /** largest standard deviation of the position [m] */
  readonly uncertainty: number;
}

/** How an estimate of a drive differs from the one that was written down. */
export interface ReEstimate {
  readonly movements: number;
  readonly poses: number;
  readonly seconds: number;
  /** what it began with: what was known then; or, where a setting is given that this follows from, the settings */
  readonly beginsAsRecorded: boolean;
  /** distance between the positions after each movement [m]: root of the mean square, and the largest */
  readonly rms: number;
  readonly largest: number;
  /** largest difference of the headings [rad] */
  readonly heading: number;
  /** as it was written down, and as it is now */
  readonly recorded: Estimate;
  readonly estimated: Estimate;
  /** at the end: gyro's bias [rad/s], scale of the wheel, latency that poses do not tell [s] */
  readonly found: { readonly gyroBias: number; readonly travelScale: number; readonly latency: number };
}

/** Settings that what is known at the beginning follows from. */
const OF_BEGIN = ["outside", "latency", "curvature"] as const;

/**
 * Estimates a drive again; `given`: settings that differ from those of then.
 * @throws UserError if nothing was measured
 */
export function reEstimate(measured: Measured, given: Partial<EstimatorSettings> = {}): ReEstimate {
  const count = measured.motions.length / MotionColumn.count;
  if (count === 0) throw new UserError("no movement was measured: there is nothing to estimate");
  const estimator = begun(measured, given);
  const log = new KeptLog();
  estimator.logTo(log);
  const poses = new PoseFeed(posesBy(PoseColumn.after, measured), estimator);
  const motion = newMotion();
  for (let i = 0; i < count; i++) {
    poses.before(i);
    takeMotion(measured.motions.subarray(i * MotionColumn.count), motion);
    estimator.move(motion);
  }
  const { motions } = measured;
  const now = log.measured(measured.clock);
  return {
    movements: count,
    poses: measured.poses.length / PoseColumn.count,
    seconds: motions[(count - 1) * MotionColumn.count + MotionColumn.time] - motions[MotionColumn.time],
    beginsAsRecorded: beginsAsRecorded(measured, given),
    ...difference(motions, now.motions),
    recorded: estimateOf(measured),
    estimated: estimateOf(now),
    found: {
      gyroBias: estimator.value(Entry.gyroBias),
      travelScale: estimator.value(Entry.travelScale),
      latency: estimator.value(Entry.latency),
    },
  };
}

function beginsAsRecorded({ begin }: Measured, given: Partial<EstimatorSettings>): boolean {
  if (begin.length === 0) return false;
  const settings = settingsIn(begin);
  return OF_BEGIN.every((name) => given[name] === undefined || given[name] === settings[name]);
}

/** An estimator at the beginning of the drive: as it was, or as settings say, placed where it was. */
function begun(measured: Measured, given: Partial<EstimatorSettings>): Estimator {
  const { begin, motions, poses } = measured;
  if (begin.length === 0) {
    const estimator = new Estimator({ outside: poses.length > 0, ...given });
    estimator.place(motions[MotionColumn.x], motions[MotionColumn.y], motions[MotionColumn.phi]);
    return estimator;
  }
  const estimator = new Estimator({ ...settingsIn(begin), ...given });
  const numbers = begin.subarray(BeginColumn.count);
  if (beginsAsRecorded(measured, given)) estimator.resume(begin, numbers);
  else if (begin[BeginColumn.isPlaced] === 1) estimator.place(numbers[Entry.x], numbers[Entry.y], numbers[Entry.phi]);
  return estimator;
}

/** Poses by how many movements were known when each came: they were written down once they were decided on. */
class PoseFeed {
  readonly #rows: readonly Float64Array[];
  readonly #estimator: Estimator;
  #next = 0;

  constructor(rows: readonly Float64Array[], estimator: Estimator) {
    this.#rows = rows;
    this.#estimator = estimator;
  }

  /** Gives what came before a movement. */
  before(movement: number): void {
    for (; this.#next < this.#rows.length && this.#rows[this.#next][PoseColumn.after] <= movement; this.#next++) {
      this.#estimator.observe(this.#rows[this.#next]);
    }
  }
}

/** Keeps what an estimator writes down. */
export class KeptLog implements MeasuredLog {
  readonly #begin: number[] = [];
  readonly #motions: number[] = [];
  readonly #poses: number[] = [];

  begin(row: Float64Array, numbers: Float64Array): void {
    this.#begin.push(...row, ...numbers);
  }

  motion(row: Float64Array): void {
    this.#motions.push(...row);
  }

  pose(rows: Float64Array, at: number): void {
    this.#poses.push(...rows.subarray(at, at + PoseColumn.count));
  }

  /** What was written down so far, of a drive that began at `clock` [s]. */
  measured(clock: number): Measured {
    const [begin, motions, poses] = [this.#begin, this.#motions, this.#poses].map((row) => Float64Array.from(row));
    return { begin, motions, poses, clock };
  }
}

function difference(then: Float64Array, now: Float64Array): Pick<ReEstimate, "rms" | "largest" | "heading"> {
  let [squares, largest, heading] = [0, 0, 0];
  for (let at = 0; at < then.length; at += MotionColumn.count) {
    const by = (column: MotionColumn) => now[at + column] - then[at + column];
    const distance = Math.hypot(by(MotionColumn.x), by(MotionColumn.y));
    squares += distance * distance;
    largest = Math.max(largest, distance);
    heading = Math.max(heading, Math.abs(wrapAngle(by(MotionColumn.phi))));
  }
  return { rms: Math.sqrt((squares * MotionColumn.count) / then.length), largest, heading };
}

function estimateOf({ motions, poses }: Measured): Estimate {
  const verdicts = new Map<Verdict, number>();
  let [surprise, uncertainty] = [0, 0];
  for (let at = 0; at < poses.length; at += PoseColumn.count) {
    const verdict: Verdict = poses[at + PoseColumn.verdict];
    verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
    if (verdict === Verdict.believed) surprise += poses[at + PoseColumn.surprise];
  }
  for (let at = 0; at < motions.length; at += MotionColumn.count)
    uncertainty = Math.max(uncertainty, motions[at + MotionColumn.uncertainty]);
  const [believed, contradicted, late] = [Verdict.believed, Verdict.contradicted, Verdict.late].map(
    (verdict) => verdicts.get(verdict) ?? 0,
  );
  return { believed, contradicted, late, surprise: believed === 0 ? null : surprise / believed / 3, uncertainty };
}
