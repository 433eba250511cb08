/**
 * What an estimator is given, on its way through the ring: rows that the control thread writes, and what the main
 * thread makes of them.
 */
import { BeginColumn, ESTIMATE_SIZE, type MeasuredLog, MotionColumn, PoseColumn } from "../estimation/measured.js";
import type { DriveRecorder } from "../recording/stream.js";
import { BEGIN_PART, HEAD, RecordKind, type Ring } from "./records.js";

const BEGIN_SIZE = BeginColumn.count + ESTIMATE_SIZE;
const PARTS = Math.ceil(BEGIN_SIZE / BEGIN_PART);

/** Writes into the ring. It allocates nothing, throws nothing; what does not fit is lost. */
export class MeasuredRows implements MeasuredLog {
  readonly #ring: Ring;
  readonly #begin = new Float64Array(PARTS * BEGIN_PART);
  /** the loop's clock at the step that is being made [s] */
  now = 0;

  constructor(ring: Ring) {
    this.#ring = ring;
  }

  begin(row: Float64Array, numbers: Float64Array): void {
    const all = this.#begin;
    for (let i = 0; i < BeginColumn.count; i++) all[i] = row[i];
    for (let i = 0; i < ESTIMATE_SIZE; i++) all[BeginColumn.count + i] = numbers[i];
    for (let part = 0; part < PARTS; part++) {
      if (!this.#ring.begin(RecordKind.begin, this.now)) return;
      this.#ring.number(part);
      for (let i = 0; i < BEGIN_PART; i++) this.#ring.number(all[part * BEGIN_PART + i]);
      this.#ring.end();
    }
  }

  motion(row: Float64Array): void {
    if (this.#ring.isNearlyFull || !this.#ring.begin(RecordKind.motion, row[MotionColumn.time])) return;
    this.#ring.numbers(row, MotionColumn.count);
    this.#ring.end();
  }

  pose(rows: Float64Array, at: number): void {
    if (this.#ring.isNearlyFull || !this.#ring.begin(RecordKind.pose, rows[at + PoseColumn.arrived])) return;
    for (let i = 0; i < PoseColumn.count; i++) this.#ring.number(rows[at + i]);
    this.#ring.end();
  }
}

export type MeasuredRecorder = Pick<DriveRecorder, "begin" | "motion" | "pose">;

/** Takes rows of {@link MeasuredRows} to a recording. */
export class MeasuredTaker {
  readonly #begin = new Float64Array(PARTS * BEGIN_PART);

  /** Takes a row (records.ts), if it is one of these. `origin`: the loop's clock when the recording began [s]. */
  take(row: Float64Array, recorder: MeasuredRecorder, origin: number): void {
    const [kind, time] = row;
    if (kind === RecordKind.begin) this.#takePart(row, recorder, origin);
    else if (kind === RecordKind.motion) recorder.motion(time - origin, row.subarray(HEAD, HEAD + MotionColumn.count));
    else if (kind === RecordKind.pose) recorder.pose(time - origin, row.subarray(HEAD, HEAD + PoseColumn.count));
  }

  #takePart(row: Float64Array, recorder: MeasuredRecorder, origin: number): void {
    const part = row[HEAD];
    this.#begin.set(row.subarray(HEAD + 1, HEAD + 1 + BEGIN_PART), part * BEGIN_PART);
    if (part === PARTS - 1) recorder.begin(origin, this.#begin.subarray(0, BEGIN_SIZE));
  }
}
