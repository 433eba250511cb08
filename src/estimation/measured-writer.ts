/** Writes down what an estimator is given, where that is wanted. It allocates nothing after construction. */
import type { EstimatorSettings } from "./entries.js";
import { BeginColumn, type MeasuredLog, MotionColumn, putBegin, putMotion } from "./measured.js";
import type { Motion } from "./motion.js";

/** What is written down of an estimate. */
export interface Estimated {
  readonly x: number;
  readonly y: number;
  readonly phi: number;
  readonly v: number;
  readonly uncertainty: number;
}

export class MeasuredWriter {
  /** movements that were written down */
  motions = 0;
  #log: MeasuredLog | undefined;
  readonly #begin = new Float64Array(BeginColumn.count);
  readonly #motion = new Float64Array(MotionColumn.count);

  /** From here on into `log`; `contradicted`: poses in a row until now, `numbers`: state and covariance. */
  begin(
    log: MeasuredLog,
    settings: EstimatorSettings,
    contradicted: number,
    isPlaced: boolean,
    numbers: Float64Array,
  ): void {
    putBegin(this.#begin, settings, contradicted, isPlaced);
    log.begin(this.#begin, numbers);
    this.motions = 0;
    this.#log = log;
  }

  /** A movement, and the estimate after it. */
  motion(motion: Motion, estimate: Estimated): void {
    if (this.#log === undefined) return;
    const row = this.#motion;
    putMotion(row, motion);
    row[MotionColumn.x] = estimate.x;
    row[MotionColumn.y] = estimate.y;
    row[MotionColumn.phi] = estimate.phi;
    row[MotionColumn.v] = estimate.v;
    row[MotionColumn.uncertainty] = estimate.uncertainty;
    this.#log.motion(row);
    this.motions++;
  }

  /** What became of a pose: PoseColumn, from `at` on. */
  pose(rows: Float64Array, at: number): void {
    this.#log?.pose(rows, at);
  }
}
