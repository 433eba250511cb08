import { open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { messageOf, UserError } from "../errors.js";
import { cannotWrite, flushFolder, problemOf } from "../files.js";
import { type DriveEvent, eventMessage } from "./events.js";
import { McapFile } from "./mcap-file.js";
import { beginMessage, motionMessage, outsideMessage } from "./measured.js";
import { type RecordedSegment, type RecordedStep, type Stamp, stampOf } from "./messages.js";
import { END_METADATA, METADATA, SEGMENT_FIELDS, STEP_FIELDS, TOPICS, type Widths, widthsOf } from "./metadata.js";
import { encodeEnd, encodeMetadata } from "./metadata-text.js";
import { Motion } from "./motion.js";
import type { RecordingInfo } from "./recording.js";
import { type QueueFile, WriteQueue } from "./write-queue.js";

/** What was recorded is on its way to the disk after at most this long [ms]. */
const FLUSH_PERIOD = 1000;
/** What a disk that does not keep up may leave in memory [bytes]: four minutes of the car at 50 Hz. */
const MOST_WAITING = 16 * 1024 * 1024;

/** What is known when a drive begins. */
export interface DriveInfo
  extends Pick<RecordingInfo, "task" | "timing" | "startTime" | "columns" | "track" | "features"> {
  /** number of the drive in its run, from 1 */
  readonly drive: number;
  /** wall clock at the start */
  readonly began: Date;
  /** arrays that are not recorded have 0 columns, e.g. { residuals: 0, costs: 0 }; all others follow from `columns` */
  readonly widths?: Partial<Widths>;
}

/** One network call of a drive. */
export interface DriveSegment extends RecordedSegment {
  /** of the call, since the start of the drive [s] */
  readonly time: number;
  /** index of the first control step that follows it */
  readonly firstStep: number;
}

export interface DriveOptions {
  /** called once, when nothing more can be recorded; must not throw */
  readonly onFailure?: (failure: UserError) => void;
  /** opens the new file, which must not exist */
  readonly open?: (path: string) => Promise<QueueFile>;
  /** the time its disk has for one operation [s] */
  readonly answersWithin?: number;
}

type Fields = typeof STEP_FIELDS | typeof SEGMENT_FIELDS;
type Row = Readonly<Record<Fields[number][0], ArrayLike<number> | number | undefined>>;

/** @throws UserError if a row has other columns than the file's metadata says */
function checkWidths(what: string, row: Partial<Row>, fields: Fields, widths: Widths): void {
  for (const [name, key] of fields) {
    const value = row[name] ?? [];
    const width = typeof value === "number" ? 1 : value.length;
    if (width !== widths[key])
      throw new UserError(`${name} of ${what} has ${width} numbers; allowed are ${widths[key]}`, 1);
  }
}

/**
 * Records a drive as it happens: what {@link writeRecording} writes of a rollout when it is over, and events. Recording
 * never waits and never throws. Messages go into a chunk, which is ended when it is full or a second old and then waits
 * in one queue for the disk; after every second in which something was recorded the file is flushed. A fault is flushed
 * at once.
 *
 * When the file cannot be written or was removed, the disk does not answer or is 16 MiB behind, or a row does not have
 * the columns it must have, recording ends: `failure` says why, `onFailure` is called, later calls do nothing, and the
 * file holds all that came before.
 */
export class DriveRecorder {
  readonly path: string;
  readonly #widths: Widths;
  #onFailure: (failure: UserError) => void = () => {};
  readonly #queue: WriteQueue;
  readonly #file: McapFile;
  readonly #motion: Motion;
  readonly #timer: NodeJS.Timeout;
  #steps = 0;
  #segments = 0;
  #lastTime = Number.NaN;
  #failure: UserError | undefined;
  #closing: Promise<void> | undefined;

  /**
   * Makes the file of a new drive, on disk with all that is known at its beginning when this resolves.
   * @throws UserError if there is such a file, or it cannot be written
   */
  static async create(path: string, info: DriveInfo, options: DriveOptions = {}): Promise<DriveRecorder> {
    const { open: openFile = (name: string) => open(name, "wx") } = options;
    const file = await openFile(path).catch((error: unknown) => {
      throw cannotWrite(path, error);
    });
    const recorder = new DriveRecorder(path, file, info, options.answersWithin);
    await recorder.flush();
    await flushFolder(dirname(path)).catch((error: unknown) => recorder.#fail(problemOf(error)));
    if (!recorder.#failure) {
      recorder.#onFailure = options.onFailure ?? recorder.#onFailure;
      return recorder;
    }
    await recorder.close();
    await rm(path, { force: true });
    throw recorder.#failure;
  }

  private constructor(path: string, file: QueueFile, info: DriveInfo, answersWithin: number | undefined) {
    const { task, timing, startTime, columns } = info;
    this.path = path;
    this.#widths = { ...widthsOf(columns), ...info.widths };
    this.#queue = new WriteQueue(file, (error) => this.#fail(problemOf(error)), answersWithin);
    this.#file = new McapFile((piece) => this.#queue.push(piece));
    const { track, features } = info;
    const ofTrack = { ...(track !== undefined && { track }), ...(features && { features }) };
    const known = { task, rollout: info.drive, timing, startTime, columns, began: info.began.toISOString() };
    const metadata = encodeMetadata({
      kind: "drive",
      info: { ...known, ...ofTrack, complete: true, note: "" },
      widths: this.#widths,
    });
    this.#file.addMetadata({ name: METADATA, metadata });
    this.#motion = new Motion(this.#file, info, this.#widths);
    this.#timer = setInterval(() => void this.flush(), FLUSH_PERIOD).unref();
    this.#record(() => this.#motion.addFrames(stampOf(0)));
  }

  /** Why recording has ended before it was closed. */
  get failure(): UserError | undefined {
    return this.#failure;
  }

  /** Number of control steps recorded. */
  get steps(): number {
    return this.#steps;
  }

  /** Records one control step. Its numbers are copied. */
  step(step: RecordedStep): void {
    this.#record(() => {
      checkWidths(`step ${this.#steps}`, step, STEP_FIELDS, this.#widths);
      this.#motion.addStep(step);
      this.#steps++;
      this.#lastTime = step.time;
    });
  }

  /** Records one network call, before the first step that follows it. Its numbers are copied. */
  segment(segment: DriveSegment): void {
    this.#record(() => {
      checkWidths(`segment ${this.#segments}`, segment, SEGMENT_FIELDS, this.#widths);
      this.#motion.addSegment(stampOf(segment.time), segment);
      this.#segments++;
    });
  }

  /** Records what an estimator knows at the beginning, BeginColumn, state, covariance; `clock` at that time [s]. */
  begin(clock: number, row: Float64Array): void {
    this.#measure(TOPICS.begin, 0, (stamp) => beginMessage(stamp, clock, row));
  }

  /** Records a movement that it was given, MotionColumn; `time`: its end, since the start of the drive [s]. */
  motion(time: number, row: Float64Array): void {
    this.#measure(TOPICS.motion, time, (stamp) => motionMessage(stamp, row));
  }

  /** Records a pose and what became of it, PoseColumn; `time`: when it came, since the start of the drive [s]. */
  pose(time: number, row: Float64Array): void {
    this.#measure(TOPICS.outside, time, (stamp) => outsideMessage(stamp, row));
  }

  #measure(topic: (typeof TOPICS)["begin" | "motion" | "outside"], time: number, text: (stamp: Stamp) => string): void {
    this.#record(() => {
      const stamp = stampOf(time);
      this.#motion.topics.add(topic, stamp, text(stamp));
    });
  }

  /** Records an event; a fault goes to the disk at once. */
  event(event: DriveEvent): void {
    this.#record(() => {
      const stamp = stampOf(event.time);
      this.#motion.topics.add(TOPICS.event, stamp, eventMessage(stamp, event));
      if (event.level === "fault") void this.flush();
    });
  }

  /** Resolves when everything recorded so far is on disk, or recording has failed; never rejects. */
  async flush(): Promise<void> {
    this.#file.endChunk();
    await this.#queue.sync();
  }

  /**
   * Ends the file: what is left, counts, indexes, statistics; resolves when all of it is on disk, or could not be
   * written: see `failure`. Never rejects.
   */
  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    clearInterval(this.#timer);
    const [steps, segments, lastTime] = [this.#steps, this.#segments, this.#lastTime];
    const end = { steps, segments, lastTime, complete: !this.#failure, note: this.#failure?.message ?? "" };
    this.#file.endChunk();
    this.#file.addMetadata({ name: END_METADATA, metadata: encodeEnd(end) });
    this.#file.end();
    await this.#queue.sync();
    await this.#queue.close();
  }

  #record(add: () => void): void {
    if (this.#failure || this.#closing) return;
    try {
      add();
    } catch (error) {
      this.#fail(messageOf(error));
    }
    if (this.#queue.waiting > MOST_WAITING)
      this.#fail(`the disk is ${MOST_WAITING / 2 ** 20} MiB behind: use a faster one, or see what else writes to it`);
  }

  /** Ends recording; what waits is still written, unless that is what has failed. */
  #fail(problem: string): void {
    if (this.#failure) return;
    const time = Number.isNaN(this.#lastTime) ? "" : ` (${this.#lastTime.toFixed(1)} s)`;
    const failure = new UserError(
      `cannot record ${this.path}: ${problem}. Recorded are at most ${this.#steps} steps${time}`,
      1,
    );
    this.#failure = failure;
    clearInterval(this.#timer);
    void this.flush();
    this.#onFailure(failure);
  }
}
