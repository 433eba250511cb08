/**
 * Racing (not in paper; docs/equations.md, section 36): lap time is what counts. The usage, the part of the limits that
 * the track's speeds are made for which is driven, rises lap by lap while the robot stays inside its budget, and falls
 * at once when it does not. The policy goes on learning to follow; the cost asks for the speed of the usage.
 */

import { isSimulated } from "../config/links.js";
import { resolveTask } from "../config/resolve.js";
import type { RunConfig } from "../config/schema.js";
import { speedPlanOf } from "../config/track.js";
import type { Core } from "../core/core.js";
import { UserError } from "../errors.js";
import { digits } from "../output.js";
import type { TaskDefinition } from "../tasks/definition.js";
import { Follower } from "../tracks/follower.js";
import { fastestProfile, limitsOfModel } from "../tracks/speed.js";
import { lapTimeOf, shapeOf, type Track, taskTimes } from "../tracks/track.js";

/** The usage at first, unless told otherwise, and the least and most that is ever driven: a pace of its root. */
const START = 0.5;
const LEAST = 0.2;
const MOST = 2.25;
/**
 * Part of the usage by which it rises at most after a lap, per second of the lap, as more is learned in a long one, and
 * however long it is; what is left of it after the budget was left.
 */
const STEP = 0.014;
const LARGEST = 0.16;
const FALL = 0.85;
/** Part of the usage in the first lap of a robot that goes on from rest. */
const FROM_REST = 0.5;
/**
 * A lap that used this part of its budget is near enough to its end: the usage does not rise; one that used the other
 * lowers it, as laps at one usage differ. What a lap used is remembered, so much of it from lap to lap.
 */
const CAREFUL = 0.55;
const NEAR = 0.8;
const REMEMBERED = 0.75;
/** A lap that takes longer than its speeds ask for by this factor says that the limit is reached; beyond it, passed. */
const REACHED = 1.03;
const PASSED = 1.06;
/** What the usage becomes where the limit is passed, or the budget's end is near. */
const BACK = 0.97;
/** Above this part of the usage at which the budget was left it does not rise; it grows by so much of a step. */
const CEILING = 0.95;
const FORGETTING = 0.1;
/** Paces that differ by less are one: a robot's is found from what its rows say, and from the usage. */
const SAME_PACE = 1e-9;
/** Pieces after a fall in which the robot finds back: they are not judged. */
const RECOVERY = 5;

/** Before the numbers of a race in a checkpoint. */
const PREFIX = "race.";

/** What a race remembers, numbers of a checkpoint. */
interface RaceMemory {
  usage: number;
  /** the usage does not rise above it */
  ceiling: number;
  /** pieces until a fall is over */
  recovering: number;
  /** the usage that the cost asks for: that with which the lap began */
  asked: number;
  /** largest part of the budget that the lap used so far */
  used: number;
  /** the same of the laps before, as far as it is remembered */
  usedBefore: number;
  /** laps that are over */
  laps: number;
  /** least time of a lap by the models at the ends of laps [s]; 0: none was fitted */
  limit: number;
  /** the usage of the lap after the first one from rest, of a robot that goes on; 0: it has driven that one */
  next: number;
  /** at the end of the lap before: one that is lowered or given back says nothing of the limit */
  pace: number;
}

/** What is said of a lap of a race. */
export interface RaceLap {
  /** with which the lap began */
  readonly usage: number;
  /** largest part of the budget that was used; above 1 it was left */
  readonly budgetUsed: number;
  /** least lap time by the models that were fitted at the ends of the laps before [s]; absent in the first */
  readonly limit?: number;
}

export class Race {
  readonly #task: TaskDefinition;
  readonly #track: Track;
  readonly #times: Float64Array;
  readonly #curvature: Float64Array;
  readonly #isSimulated: boolean;
  readonly #segmentSeconds: number;
  /** room for the robot's middle, less the margin, to the right and to the left of every point [m] */
  readonly #right: Float64Array;
  readonly #left: Float64Array;
  readonly #memory: RaceMemory;

  constructor(config: RunConfig) {
    const { task } = resolveTask(config);
    if (!task.track) throw new UserError(`${task.name} has no track to race on`);
    this.#task = task;
    this.#track = task.track;
    this.#times = taskTimes(task.track);
    this.#curvature = shapeOf(task.track).curvature;
    const { controlPeriod, stepsPerSegment, networkPeriod } = task.timing;
    this.#isSimulated = isSimulated(config);
    this.#segmentSeconds = this.#isSimulated ? stepsPerSegment * controlPeriod : networkPeriod;
    const taken = (task.halfWidth ?? 0) + config["race-margin"];
    const budget = (room: Float64Array) => room.map((width) => width - taken);
    [this.#right, this.#left] = [budget(task.track.right), budget(task.track.left)];
    const usage = Math.max(LEAST, speedPlanOf(config["track-speed"])?.usage ?? START);
    this.#memory = {
      usage,
      ceiling: MOST,
      recovering: 0,
      asked: usage,
      used: 0,
      usedBefore: 0,
      laps: 0,
      limit: 0,
      next: 0,
      pace: 1,
    };
  }

  /** Network calls of a lap at most: at the least usage. */
  get mostSegments(): number {
    return this.#segmentsFor(this.#lapSeconds / Math.sqrt(LEAST));
  }

  get #lapSeconds(): number {
    return this.#times[this.#track.x.length];
  }

  #segmentsFor(seconds: number): number {
    return Math.ceil(seconds / this.#segmentSeconds);
  }

  /** Network calls until the robot passes the track's start again, from task time `time` [s] on at pace `pace`. */
  segmentsFrom(time: number, pace: number): number {
    const lap = this.#lapSeconds;
    const rate = pace * Math.sqrt(this.#memory.usage);
    const left = lap * (Math.floor(time / lap + 0.5) + 1) - time;
    const segments = Math.round(left / (rate * this.#segmentSeconds));
    return Math.min(this.mostSegments, Math.max(1, segments));
  }

  /** Lets a core drive at the usage, its cost ask for that of the lap. */
  apply(core: Core): void {
    const { usage, asked } = this.#memory;
    const { reward } = this.#task;
    core.setUsage(usage);
    const speedFactor = Math.sqrt(asked) * reward.parameters.speedFactor;
    core.setParameters("reward", { ...reward, parameters: { ...reward.parameters, speedFactor } });
    core.prepare();
  }

  /**
   * After a piece, segments of a slot from `from` on: what a person should know if the usage falls. `spins`: it span in
   * it, for which the pace falls.
   */
  drove(core: Core, slot: number, from: number, spins: boolean): string | undefined {
    const memory = this.#memory;
    if (spins) memory.ceiling = Math.min(memory.ceiling, CEILING * memory.usage);
    const used = this.#budgetUsed(core, slot, core.view("segmentStarts", slot)[from]);
    memory.used = Math.max(memory.used, used);
    if (memory.recovering > 0) {
      memory.recovering--;
      return undefined;
    }
    if (!(used > 1)) return undefined;
    memory.recovering = RECOVERY;
    if (memory.laps > 0) memory.ceiling = CEILING * memory.usage; // in the first lap it had hardly learned
    memory.usage = Math.max(LEAST, FALL * memory.usage);
    this.apply(core);
    return `left the budget beside the track (${digits(used, 2)} of it): usage ${memory.usage.toFixed(2)}`;
  }

  /** Largest part of the budget that the steps of a slot from `first` on used. */
  #budgetUsed(core: Core, slot: number, first: number): number {
    const { columns } = core.setup.task;
    const [steps] = core.view("counts", slot);
    const states = core.view("states", slot);
    const residuals = core.view("residuals", slot);
    const [size, width] = [columns.state.length, columns.residual.length];
    const follower = new Follower(this.#track, this.#pointAt(taskTime(core, slot, first)));
    let most = 0;
    for (let t = first; t < steps; t++) {
      follower.move(states[t * size], states[t * size + 1]);
      const distance = residuals[t * width]; // to the left
      const room = distance > 0 ? this.#left[follower.point] : this.#right[follower.point];
      most = Math.max(most, Math.abs(distance) / room);
    }
    return most;
  }

  /** The point of the track at a task time [s]. */
  #pointAt(time: number): number {
    const lap = this.#lapSeconds;
    const phase = time - lap * Math.floor(time / lap);
    const next = this.#times.findIndex((one) => one > phase);
    return Math.max(0, next - 1);
  }

  /** What is said of the lap that is over. */
  lap(): RaceLap {
    const { asked, used, limit } = this.#memory;
    return { usage: asked, budgetUsed: used, ...(limit > 0 && { limit }) };
  }

  /** What is known of the robot's limits is of a world that changed. */
  forgetLimit(): void {
    this.#memory.limit = 0;
  }

  /** The least time of a lap that the fitted model allows [s]; undefined as long as none was fitted. */
  #limit(core: Core): number | undefined {
    const { model, controller } = this.#task;
    if (model.kind !== "car" || core.view("modelFitted")[0] === 0) return undefined;
    const values = core.view("modelParameters");
    const names = core.parameterNames("model", model.kind);
    const parameters = Object.fromEntries(names.map((name, i) => [name, values[i]]));
    const limits = limitsOfModel(parameters as never, controller.parameters.throttleLimit);
    const speed = fastestProfile(this.#curvature, this.#track.step, limits, 1);
    return lapTimeOf({ speed, step: this.#track.step });
  }

  /** A lap is over, of `lapTime` [s]: the usage of the next. */
  endLap(core: Core, lapTime: number): void {
    const memory = this.#memory;
    const kept = memory.used <= 1 && memory.usage === memory.asked;
    const asked = this.#lapSeconds / (Math.sqrt(memory.asked) * core.pace);
    const used = Math.max(memory.used, REMEMBERED * memory.usedBefore);
    if (memory.next > 0) {
      if (memory.used <= 1) [memory.usage, memory.next] = [memory.next, 0];
    } else if (kept && Math.abs(core.pace - memory.pace) < SAME_PACE) {
      const isTooFast = lapTime > PASSED * asked || memory.used > NEAR;
      if (isTooFast) memory.usage = Math.max(LEAST, BACK * memory.usage);
      else if (used < CAREFUL && lapTime < REACHED * asked) {
        const ease = Math.min(1, (2 * (CAREFUL - used)) / CAREFUL);
        const step = ease * Math.min(LARGEST, STEP * lapTime);
        memory.ceiling *= 1 + FORGETTING * step;
        memory.usage = Math.min(memory.ceiling, MOST, memory.usage * (1 + step));
      }
    }
    const limit = this.#limit(core);
    if (limit !== undefined) memory.limit = memory.limit > 0 ? Math.min(memory.limit, limit) : limit;
    memory.asked = memory.usage;
    memory.usedBefore = memory.laps > 0 ? used : 0; // the first lap tells little of the next
    memory.used = 0;
    memory.laps++;
    memory.pace = core.pace;
    this.apply(core);
  }

  /** For the checkpoint. */
  state(): Record<string, number> {
    return Object.fromEntries(Object.entries(this.#memory).map(([name, value]) => [PREFIX + name, value]));
  }

  /**
   * Takes it back; a robot that was stopped begins anew from rest, much slower, and goes on a little slower than
   * before. A policy that has learned to drive at speed leaves its line while it gets up to speed.
   */
  restore(core: Core, state: Readonly<Record<string, number>>): void {
    const memory = this.#memory;
    for (const name of Object.keys(memory) as (keyof RaceMemory)[]) memory[name] = state[PREFIX + name] ?? memory[name];
    if (!this.#isSimulated) {
      memory.next = Math.max(LEAST, FALL * Math.max(memory.usage, memory.next));
      memory.usage = Math.max(LEAST, FROM_REST * memory.next);
    }
    memory.asked = memory.usage;
    this.apply(core);
  }
}

/** Task time at step `t` of a slot [s]. */
export function taskTime(core: Core, slot: number, t: number): number {
  const { Counts } = core.exports;
  const times = core.view("times", slot);
  const [steps] = core.view("counts", slot);
  const time = t < steps ? times[t] : t > 0 ? times[t - 1] + core.view("periods", slot)[t - 1] : 0;
  return core.view("counts", slot)[Counts.startTime] + time + core.view("taskShifts", slot)[t];
}
