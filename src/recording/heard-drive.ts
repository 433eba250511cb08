/**
 * The recording of a robot that somebody else drives, by hand or by radio: states, and inputs where the robot says what
 * it applies. No reference, no cost and no network call, since nothing was commanded.
 */
import { upperMedian } from "../statistics.js";
import type { TaskDefinition } from "../tasks/definition.js";
import { trackOfTask } from "../tasks/path.js";
import { PLANAR_STATE, PlanarState } from "../tasks/planar.js";
import type { RecordingInfo } from "./recording.js";
import { DriveRecorder } from "./stream.js";

/** A time without a state that is so many usual ones long is a gap. */
const GAP = 3;
/** A robot that was driven less far has not moved [m]. */
const STOOD = 0.1;

/** A time without a state. */
export interface Gap {
  /** since the beginning [s] */
  readonly time: number;
  readonly seconds: number;
}

/** What was recorded. */
export interface HeardSummary {
  /** states that were measured, and how many of them are not numbers */
  readonly states: number;
  readonly unplaced: number;
  readonly seconds: number;
  /** states per second: the median */
  readonly rate: number;
  readonly gaps: readonly Gap[];
  /** driven, and of it backwards [m] */
  readonly distance: number;
  readonly backwards: number;
  readonly moved: boolean;
  /** the robot said what it applies, and that this was not neutral throughout */
  readonly hasInputs: boolean;
}

/** Of a robot with states in the plane: x, y [m], v [m/s], phi [rad]. */
export class HeardDrive {
  /** takes what an estimator is given, too */
  readonly recorder: DriveRecorder;
  readonly #periods: number[] = [];
  readonly #times: number[] = [];
  readonly #before = new Float64Array(PLANAR_STATE.length).fill(Number.NaN);
  #unplaced = 0;
  #distance = 0;
  #backwards = 0;
  #hasInputs = false;

  /** @throws UserError if the file is there, or cannot be written */
  static async create(path: string, task: TaskDefinition, timing: RecordingInfo["timing"]): Promise<HeardDrive> {
    const { name, columns } = task;
    const info = { task: name, timing, startTime: 0, columns, ...trackOfTask(task) };
    const widths = { references: 0, residuals: 0, costs: 0 };
    return new HeardDrive(await DriveRecorder.create(path, { ...info, drive: 1, began: new Date(), widths }));
  }

  private constructor(recorder: DriveRecorder) {
    this.recorder = recorder;
  }

  /** Why nothing can be recorded any more. */
  get failure(): string | undefined {
    return this.recorder.failure?.message;
  }

  /** A state, and the input that the robot says it applies, at a time since the beginning [s]. */
  take(time: number, state: Float64Array, input: Float64Array): void {
    const last = this.#times.at(-1);
    if (last !== undefined) this.#periods.push(time - last);
    this.#times.push(time);
    this.recorder.step({ time, state, input, reference: [], residuals: [], cost: undefined });
    this.#hasInputs ||= input.some((value) => Number.isFinite(value) && value !== 0);
    if (!state.every(Number.isFinite)) this.#unplaced++;
    else this.#follow(state);
  }

  note(level: "info" | "warning", name: string, message: string): void {
    this.recorder.event({ time: this.#times.at(-1) ?? 0, level, name, message });
  }

  async close(): Promise<HeardSummary> {
    await this.recorder.close();
    const periods = Float64Array.from(this.#periods);
    const usual = periods.length > 0 ? upperMedian(periods) : Number.NaN;
    const gaps = this.#periods.flatMap((seconds, i) =>
      seconds > GAP * usual ? [{ time: this.#times[i], seconds }] : [],
    );
    return {
      states: this.#times.length,
      unplaced: this.#unplaced,
      seconds: this.#times[this.#times.length - 1] - this.#times[0],
      rate: 1 / usual,
      gaps,
      distance: this.#distance,
      backwards: this.#backwards,
      moved: this.#distance >= STOOD,
      hasInputs: this.#hasInputs,
    };
  }

  /** The way since the last state. */
  #follow(state: Float64Array): void {
    const [x, y] = this.#before;
    const way = Math.hypot(state[PlanarState.x] - x, state[PlanarState.y] - y);
    this.#before.set(state);
    if (Number.isNaN(way)) return;
    this.#distance += way;
    if (state[PlanarState.v] < 0) this.#backwards += way;
  }
}
