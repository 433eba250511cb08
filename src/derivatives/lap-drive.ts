/**
 * Laps on a link, each with an adjustment of its own, in one drive without stops. A lap ends at the network call that
 * is nearest to the lap's end in task time, so that laps begin at the same phase within half a network period.
 */
import { isSimulated } from "../config/links.js";
import type { RunConfig } from "../config/schema.js";
import type { Core } from "../core/core.js";
import { UserError } from "../errors.js";
import type { Link } from "../links/link.js";
import type { Recording } from "../recording/recording.js";
import { recordingFrom } from "../recording/transfer.js";
import { roomFor } from "../training/collect.js";
import type { AdjustmentSpace } from "./adjustment.js";

/** A lap that was driven. */
export interface DrivenLap {
  readonly recording: Recording;
  /** slot of the core in which it lies until the lap after the next */
  readonly slot: number;
  /** undefined if it was driven to its end; otherwise what ended it, and what to do about that if it is known */
  readonly stopped: string | undefined;
  readonly remedy?: string;
}

/** Network calls of a lap; an error where the task has no laps. */
export function lapOf(config: RunConfig, lapTime: number | undefined): number {
  if (lapTime === undefined)
    throw new UserError(`${config.task} has no laps to compare with each other: choose a task that has, car-figure8`);
  return Math.round(lapTime / segmentTime(config));
}

/** What a core needs room for: two laps, each up to half longer than it should be. */
export function lapRoom(config: RunConfig, lapTime: number | undefined) {
  return roomFor(config, 2, Math.ceil(1.5 * lapOf(config, lapTime)));
}

/** Task time that passes from one network call to the next [s]. */
function segmentTime(config: RunConfig): number {
  const simulated = config["steps-per-segment"] * config["control-period"];
  return config.pace * (isSimulated(config) ? simulated : config["network-period"]);
}

export class LapDrive {
  readonly #config: RunConfig;
  readonly #core: Core;
  readonly #link: Link;
  readonly #space: AdjustmentSpace;
  readonly #lapTime: number;
  #slot = 0;
  /** the next lap of the task, counted from task time 0; undefined before the drive began */
  #next: number | undefined;

  constructor(config: RunConfig, core: Core, link: Link, space: AdjustmentSpace) {
    const { lapTime } = core.setup.task.timing;
    lapOf(config, lapTime);
    this.#config = config;
    this.#core = core;
    this.#link = link;
    this.#space = space;
    this.#lapTime = lapTime as number;
  }

  /**
   * Drives to the end of the lap with `values`; after it `next` will drive: a robot is given them a network call before
   * the lap's end, as they act from the call after. The first lap of a drive begins where the robot starts.
   */
  async lap(values: ArrayLike<number>, next: ArrayLike<number>, index: number): Promise<DrivenLap> {
    const core = this.#core;
    this.#space.apply(core, values);
    const isFirst = this.#next === undefined;
    if (isFirst) core.sampleStart(this.#slot);
    const begin = isFirst ? core.view("counts", this.#slot)[2] : this.#time();
    const segments = this.#segmentsFrom(begin);
    const previous = this.#slot;
    if (!isFirst) this.#slot = 1 - previous;
    let driven = isFirst
      ? await this.#link.drive(core, this.#slot, segments - 1, true)
      : await this.#link.driveOn(core, this.#slot, segments - 1, previous, 0);
    if (driven.stopped === undefined) {
      if (!isSimulated(this.#config)) this.#space.apply(core, next);
      this.#slot = 1 - this.#slot;
      driven = await this.#link.driveOn(core, this.#slot, 1, 1 - this.#slot, segments - 1);
    }
    this.#next = Math.round(this.#time() / this.#lapTime) + 1;
    const { stopped, remedy } = driven;
    const recording = recordingFrom(core, this.#slot, index);
    return { recording, slot: this.#slot, stopped, ...(remedy === undefined ? {} : { remedy }) };
  }

  /** Network calls to the end of the lap that begins at task time `begin`; the first is at least half a lap. */
  #segmentsFrom(begin: number): number {
    const next = this.#next ?? Math.ceil(begin / this.#lapTime + 0.5);
    return Math.max(2, Math.round((next * this.#lapTime - begin) / segmentTime(this.#config)));
  }

  /** Task time at the end of what was driven [s]. */
  #time(): number {
    const [steps, , start] = this.#core.view("counts", this.#slot);
    if (steps === 0) return start;
    const last = this.#core.view("times", this.#slot)[steps - 1] + this.#core.view("periods", this.#slot)[steps - 1];
    return start + last + this.#core.view("taskShifts", this.#slot)[steps];
  }
}
