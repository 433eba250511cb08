/**
 * What a run has to show, read from its folder as it grows: of a training in this process or another, or of one that is
 * over. A recording alone is a run of one rollout.
 */
import { stat } from "node:fs/promises";
import { readCompleteConfig } from "../config/config.js";
import type { RunConfig } from "../config/schema.js";
import { messageOf, UserError } from "../errors.js";
import { exists, readText } from "../files.js";
import { readRecording } from "../recording/reader.js";
import type { Recording } from "../recording/recording.js";
import { frameOf } from "../report/frame.js";
import type { ReportFrame } from "../report/input.js";
import { coreFor } from "../session.js";
import { type TrainedRollout, withNotices } from "../training/metrics.js";
import { configFor } from "../training/replay.js";
import { RunFolder } from "../training/run-folder.js";
import { isLocked } from "../training/run-lock.js";
import { withPromises } from "../training/updates-file.js";
import type { RunState, SentRecording } from "./messages.js";

/** Recordings that are kept as text for the next page that asks. */
const KEPT = 32;
/** How often it asks whether somebody trains in the folder [ms]. */
const ASK = 1000;

export class RunFeed {
  readonly path: string;
  readonly #folder: RunFolder;
  readonly #isRecording: boolean;
  readonly #config: RunConfig | undefined;
  /** raised whenever what was shown before no longer holds: the run was found, or goes on from an earlier rollout */
  version = 0;
  frame: ReportFrame | undefined;
  metrics: readonly TrainedRollout[] = [];
  state: RunState = "waiting";
  /** why there is nothing to see, or what is missing; empty if nothing is */
  note = "";
  #seen = "";
  #isLocked = false;
  #askedAt = Number.NEGATIVE_INFINITY;
  #task = "";
  readonly #texts = new Map<number, string>();

  /** `config`: of a run, or a recording, that need not be there yet; "" as its path: of none. */
  constructor(path: string, config?: RunConfig) {
    this.path = path;
    this.#config = config;
    this.#folder = new RunFolder(path);
    this.#isRecording = path.endsWith(".mcap");
  }

  /** Refuses what is neither a run nor a recording. */
  async refuseUnlessReadable(): Promise<void> {
    if (this.#isRecording) await readRecording(this.path);
    else await this.#folder.refuseUnlessRun();
  }

  /**
   * Takes in what was added. What cannot be read yet, or no longer, is said in the note; the next look may. `isLast`:
   * whoever trained here may just have ended.
   */
  async look(isLast = false): Promise<void> {
    if (isLast) this.#askedAt = Number.NEGATIVE_INFINITY;
    try {
      if (!this.frame && this.#config) await this.#show(this.#config, "");
      const isThere = this.#config === undefined || (this.path !== "" && (await exists(this.path)));
      if (isThere) await (this.#isRecording ? this.#lookAtRecording() : this.#lookAtRun());
      else this.state = "running";
    } catch (error) {
      this.note = messageOf(error);
    }
  }

  /** The recording of a rollout, as a JSON text. */
  async text(index: number): Promise<string> {
    const known = this.#texts.get(index);
    if (known !== undefined) return known;
    const text = JSON.stringify(sent(await this.recording(index)));
    if (this.#texts.size >= KEPT) this.#texts.delete([...this.#texts.keys()][0]);
    this.#texts.set(index, text);
    return text;
  }

  /** The recording of a rollout; refuses one of another task. */
  async recording(index: number): Promise<Recording> {
    if (index < 1 || index > this.metrics.length)
      throw new UserError(`there is no rollout ${index}: ${this.metrics.length} were driven`);
    const recording = await readRecording(this.#isRecording ? this.path : this.#folder.rolloutPath(index));
    if (recording.info.task !== this.#task)
      throw new UserError(`the recording of rollout ${index} is of the task ${recording.info.task}`);
    return recording;
  }

  async #lookAtRun(): Promise<void> {
    if (performance.now() - this.#askedAt > ASK) {
      this.#isLocked = await isLocked(this.path);
      this.#askedAt = performance.now();
    }
    if (!this.frame) await this.#find();
    const { size, mtimeMs } = await stat(this.#folder.metricsPath);
    const seen = `${size} ${mtimeMs}`;
    if (seen !== this.#seen) {
      const metrics = await withPromises(this.path, await this.#folder.readMetrics());
      if (!continues(this.metrics, metrics)) this.#begin();
      this.metrics = metrics;
      this.#seen = seen;
    }
    this.state = this.#isLocked ? "running" : "ended";
    this.note = this.metrics.length === 0 ? "nothing was driven to its end yet" : "";
  }

  async #find(): Promise<void> {
    const config = await readCompleteConfig(this.#folder.configPath);
    await this.#show(config, await readText(this.#folder.configPath));
  }

  async #show(config: RunConfig, text: string): Promise<void> {
    this.#task = config.task;
    this.frame = frameOf(config, await coreFor(config, 1, 1), this.path || config.task, text);
    this.version++;
  }

  /** What follows replaces what was shown. */
  #begin(): void {
    this.version++;
    this.#texts.clear();
  }

  async #lookAtRecording(): Promise<void> {
    if (this.metrics.length > 0) return;
    const recording = await readRecording(this.path);
    if (!this.frame) await this.#show(configFor(recording, {}, undefined), "");
    if (this.frame) this.frame = { ...this.frame, unit: "rollout", isFirstUntrained: false };
    this.metrics = [measured(recording)];
    this.note = recording.info.note;
    this.state = "ended";
    this.version++;
  }
}

/** Whether the later rollouts begin with the earlier ones. */
function continues(before: readonly TrainedRollout[], now: readonly TrainedRollout[]): boolean {
  const last = before.at(-1);
  return last === undefined || JSON.stringify(last) === JSON.stringify(now[before.length - 1]);
}

/** What a recording alone says of its drive. */
function measured({ times, costs }: Recording): TrainedRollout {
  const cost = costs.reduce((sum, one) => sum + one, 0);
  const seconds = times[times.length - 1] + (times.length > 1 ? times[1] - times[0] : 0);
  const metrics = {
    index: 1,
    seconds,
    cost,
    windowCost: cost,
    meanCost: cost / costs.length,
    slowSeconds: 0,
    start: 0,
  };
  return withNotices(metrics, []);
}

/** Six digits are more than any screen shows. */
function sent(recording: Recording): SentRecording {
  const plain = (value: unknown) =>
    value instanceof Float64Array
      ? Array.from(value, (x) => (Number.isFinite(x) ? Number(x.toPrecision(6)) : null))
      : value;
  return Object.fromEntries(Object.entries(recording).map(([key, value]) => [key, plain(value)])) as SentRecording;
}
