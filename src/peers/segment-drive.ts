/**
 * The simulated robot driven a segment at a time, each with outputs that are given instead of a network's: what peers
 * drive with whose policy is not the core's network. Plant, controller, cost and derivatives are the core's.
 *
 * The core's network is there, but all it answers is 1: its weights are 0 and its last biases so large that their tanh
 * is 1. So the outputs are the region `outputScale`, and that is written before every segment.
 */
import type { RunConfig } from "../config/schema.js";
import type { Core } from "../core/core.js";
import { UserError } from "../errors.js";
import { resultOf } from "../links/kinds/sim.js";
import { setTiming } from "../recording/timing.js";
import { coreFor } from "../session.js";

/** tanh of it is 1 to the last bit. */
const SATURATED = 20;
/** Of the network that is not asked: the smallest there is. */
const HIDDEN = [1];

/** Which slots of the core are what. */
const DRIVEN = [0, 1];
const PROBE = 2;

export class SegmentDrive {
  /** slot of the core in which lies what was driven last, with at most `kept` segments from before in front */
  slot = DRIVEN[0];
  /** the first slot that is not this drive's */
  static readonly OTHERS = PROBE + 1;
  /** factor of every output: an action of 1 stands for it */
  readonly scale: readonly number[];
  readonly #kept: number;
  #begun = false;

  private constructor(
    readonly core: Core,
    kept: number,
  ) {
    this.scale = core.setup.task.network.scale;
    this.#kept = kept;
  }

  /** `kept`: segments that stay in front of a new one; `others`: slots beside, for the caller. */
  static async load(config: RunConfig, kept: number, others = 0): Promise<SegmentDrive> {
    const core = await coreFor({ ...config, hidden: HIDDEN, reflex: false }, SegmentDrive.OTHERS + others, kept + 1);
    setTiming(core, "simulation");
    return new SegmentDrive(core, kept);
  }

  /** A new drive from rest at a start that the core draws. */
  begin(): void {
    this.core.sampleStart(this.slot);
    this.#begun = false;
  }

  /**
   * One segment. `action`: of every output the part of its {@link scale}, clamped to [-1, 1].
   * @returns what ended it early, for people; undefined if nothing did
   * @throws UserError an action that is not finite, or of another length
   */
  drive(action: ArrayLike<number>): string | undefined {
    this.setOutputs(action);
    const previous = this.slot;
    if (!this.#begun) {
      this.#begun = true;
      return resultOf(this.core, previous, this.core.tryRollOut(previous, 1)).stopped;
    }
    this.slot = previous === DRIVEN[0] ? DRIVEN[1] : DRIVEN[0];
    const kept = Math.min(this.#kept, this.segments(previous));
    return resultOf(this.core, this.slot, this.core.tryRollOut(this.slot, 1, previous, kept)).stopped;
  }

  /** What the next segment, driven or foreseen, has as outputs. */
  setOutputs(action: ArrayLike<number>): void {
    const { core, scale } = this;
    const outputs = core.view("outputScale");
    if (action.length !== scale.length)
      throw new UserError(`an action of ${core.setup.task.name} has ${scale.length} numbers, got ${action.length}`, 1);
    const parameters = core.view("parameters").fill(0);
    parameters.fill(SATURATED, parameters.length - scale.length);
    for (const [k, factor] of scale.entries()) {
      const part = action[k];
      if (!Number.isFinite(part)) throw new UserError(`output ${k} of an action is ${part}; it must be finite`, 1);
      outputs[k] = factor * Math.min(1, Math.max(-1, part));
    }
  }

  /** Segments that lie in a slot. */
  segments(slot = this.slot): number {
    return this.core.view("counts", slot)[1];
  }

  /** Control steps that lie in a slot. */
  steps(slot = this.slot): number {
    return this.core.view("counts", slot)[0];
  }

  /** First control step of the last `count` segments in a slot. */
  firstOfLast(count: number, slot = this.slot): number {
    return this.core.view("segmentStarts", slot)[this.segments(slot) - count];
  }

  /** Stage costs of the last `count` segments in a slot; a view. */
  costsOfLast(count: number, slot = this.slot): Float64Array {
    return this.core.view("stageCosts", slot).subarray(this.firstOfLast(count, slot), this.steps(slot));
  }

  /** Where the robot is, as it was measured; before a drive its start. A view. */
  get state(): Float64Array {
    const { length } = this.core.setup.task.columns.state;
    const last = this.#begun ? this.steps() : 0;
    return this.core.view("states", this.slot).subarray(last * length, (last + 1) * length);
  }

  /** Task time there [s]. */
  get taskTime(): number {
    const { core, slot } = this;
    const start = core.view("counts", slot)[core.exports.Counts.startTime];
    const last = this.steps() - 1;
    if (!this.#begun) return start;
    return start + core.view("times", slot)[last] + core.view("periods", slot)[last];
  }

  /** What was applied last; zeros before a drive. */
  get input(): Float64Array {
    const { length } = this.core.setup.task.columns.input;
    if (!this.#begun) return new Float64Array(length);
    return this.core.view("inputs", this.slot).subarray((this.steps() - 1) * length, this.steps() * length);
  }

  /** The policy's network inputs in a state at a task time [s], into `features`. */
  observe(state: ArrayLike<number>, taskTime: number, features: Float64Array): void {
    const { core } = this;
    core.view("states", PROBE).set(state);
    core.view("segmentStates", PROBE).set(state);
    core.view("segmentTimes", PROBE)[0] = taskTime;
    core.view("segmentStarts", PROBE)[0] = 0;
    core.view("paces", PROBE)[0] = 1;
    core.controlStep(PROBE, 0, 0);
    features.set(core.view("activations", PROBE).subarray(0, features.length));
  }
}
