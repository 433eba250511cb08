/** Writes down what the control thread does, as it happens: one file per drive in the run's `drives` folder. */

import { join } from "node:path";
import type { Core } from "../core/core.js";
import { describeFiring } from "../core/firings.js";
import { createFolder, namesIn } from "../files.js";
import { Fault } from "../links/faults.js";
import type { DriveEvent } from "../recording/events.js";
import { type DriveOptions, DriveRecorder } from "../recording/stream.js";
import { trackOfTask } from "../tasks/path.js";
import { MeasuredTaker } from "./measured-rows.js";
import { firingIn, HEAD, type Layout, layoutFor, RecordKind } from "./records.js";
import { RuntimeState } from "./states.js";
import { explainFault } from "./stops.js";

export class Recorder {
  readonly #folder: string;
  readonly #open: DriveOptions["open"];
  #drive: DriveRecorder | undefined;
  #layout: Layout | undefined;
  readonly #measured = new MeasuredTaker();
  #startTime = 0;
  /** the loop's clock at the start of the drive [s]; not known before it drives */
  #began = Number.POSITIVE_INFINITY;

  /** `open`: opens a drive's file; replaced by tests of full disks. */
  constructor(folder: string, open?: DriveOptions["open"]) {
    this.#folder = folder;
    this.#open = open;
  }

  /** Why the drive can no longer be written down. */
  get failure(): string | undefined {
    return this.#drive?.failure?.message;
  }

  /** A drive begins, at task time `startTime` [s]. */
  async begin(core: Core, startTime: number): Promise<void> {
    await this.end();
    const { task } = core.setup;
    this.#layout = layoutFor(task);
    this.#startTime = startTime;
    this.#began = Number.POSITIVE_INFINITY;
    await createFolder(this.#folder);
    const drive = 1 + Math.max(0, ...(await namesIn(this.#folder)).map((name) => Number.parseInt(name, 10) || 0));
    const path = join(this.#folder, `${String(drive).padStart(4, "0")}.mcap`);
    const { columns, name } = task;
    const widths = { paces: 1 };
    const info = {
      task: name,
      timing: core.timing,
      startTime,
      columns,
      ...trackOfTask(task),
      drive,
      began: new Date(),
      widths,
    };
    this.#drive = await DriveRecorder.create(path, info, this.#open ? { open: this.#open } : {});
  }

  /** Takes a row of the control thread (records.ts). */
  take(row: Float64Array): void {
    if (!this.#drive || !this.#layout) return;
    const kind: RecordKind = row[0];
    if (kind === RecordKind.call) this.#takeCall(row, this.#drive, this.#layout);
    else if (kind === RecordKind.step) this.#takeStep(row, this.#drive, this.#layout);
    else if (kind === RecordKind.begin || kind === RecordKind.motion || kind === RecordKind.pose) {
      if (kind === RecordKind.begin) this.#began = row[1];
      this.#measured.take(row, this.#drive, this.#began);
    } else if (kind !== RecordKind.end) this.#takeEvent(row, this.#drive);
  }

  async end(): Promise<void> {
    await this.#drive?.close();
    this.#drive = undefined;
  }

  #takeCall(row: Float64Array, drive: DriveRecorder, { states, outputs, setpoints, gains }: Layout): void {
    const [state, offsets, setpoint, gain, [, shift]] = partsOf(row, [states, outputs, setpoints, gains, 2]);
    const taskTime = row[1] + shift;
    const time = row[1] - this.#startTime;
    drive.segment({ time, firstStep: drive.steps, taskTime, state, outputs: offsets, setpoint, gains: gain });
  }

  #takeStep(row: Float64Array, drive: DriveRecorder, { states, inputs, references, residuals }: Layout): void {
    const [state, input, reference, residual, [cost, pace]] = partsOf(row, [states, inputs, references, residuals, 2]);
    drive.step({ time: row[1] - this.#startTime, state, input, reference, residuals: residual, cost, pace });
  }

  #takeEvent(row: Float64Array, drive: DriveRecorder): void {
    const [kind, clock, first] = row;
    if (kind === RecordKind.state && first === RuntimeState.driving) this.#began = clock;
    drive.event(this.#eventOf(row));
    const followedUntil = kind === RecordKind.fault ? row[HEAD + 3] : Number.NaN;
    if (!(followedUntil >= this.#began)) return;
    const message = "the last command that the robot followed: after it, it stopped by itself, whatever was commanded";
    drive.event({ time: followedUntil - this.#began, level: "warning", name: "followedUntil", message });
  }

  #eventOf(row: Float64Array): DriveEvent {
    const [kind, clock, first, second, third] = row;
    const time = Math.max(0, clock - this.#began); // what comes before the start has its time
    if (kind === RecordKind.state) return { time, level: "info", name: "state", message: RuntimeState[first] };
    if (kind === RecordKind.reflex)
      return { time, level: "warning", name: "noticed", message: describeFiring(firingIn(row)) };
    const fault: Fault = first;
    const message = explainFault({ fault, value: second, limit: third });
    return { time, level: fault === Fault.operatorStop ? "info" : "fault", name: Fault[fault], message };
  }
}

/** Consecutive parts of a row behind its head. */
function partsOf<const W extends readonly number[]>(row: Float64Array, widths: W): { [K in keyof W]: Float64Array } {
  let from = HEAD;
  const parts = widths.map((width) => {
    from += width;
    return row.subarray(from - width, from);
  });
  return parts as { [K in keyof W]: Float64Array };
}
