/**
 * What the gates see of a robot in one control step. Numbers are kept in fields and arrays rather than returned: a
 * number that is returned may have to be allocated.
 */
import type { RunConfig } from "../config/schema.js";
import type { Reading } from "../links/robot.js";
import type { TaskDefinition } from "../tasks/definition.js";
import { PlanarState } from "../tasks/planar.js";
import type { Floor } from "./floor.js";
import { Plausibility } from "./plausibility.js";

/** What limits the gates: settings of the run, and what the command line adds. */
export interface GateSettings
  extends Pick<
    RunConfig,
    | "control-period"
    | "stale-after"
    | "max-speed"
    | "corridor"
    | "geofence"
    | "max-jump"
    | "min-distance"
    | "max-uncertainty"
    | "min-battery"
    | "steering-curvature"
  > {
  /** the operator must give a heartbeat this often [s]; Infinity: need not */
  readonly heartbeatWithin: number;
}

/** Commands that what is applied is compared with: servos are slow, and reports take their time [s]. */
const COMMANDS_FOR = 0.3;
/** A missed deadline counts as many punctual ones. */
export const MISSED = 10;

/** Entries of the setting `geofence` [m]. */
enum Fence {
  lowX,
  highX,
  lowY,
  highY,
}

export class Observation {
  /** limit of the gate that looks; NaN where it has none */
  limit = Number.NaN;
  /** what that gate measured; NaN where it measures no number */
  value = Number.NaN;

  readonly reading: Reading;
  /** how it moves, and whether that can be true */
  readonly motion: Plausibility;
  readonly staleAfter: number;
  readonly maxJump: number;
  /** where the other robots of its fleet are; undefined: it has none */
  floor: Floor | undefined;
  /** since the control step before [s]; NaN at the first */
  passed = Number.NaN;
  /** since the robot was heard [s] */
  silence = Number.NaN;
  /** of the measured state [s]; infinite if there is none */
  age = Number.NaN;
  /** since the last pose from outside that agrees was true [s]; NaN where none are expected */
  poseAge = Number.NaN;
  /** since the operator's last heartbeat [s] */
  heartbeatAge = Number.NaN;
  /** since the main thread's last heartbeat [s] */
  mainAge = 0;
  /** the gamepad's dead man's button is held, and the gamepad gone; true and false where none is asked for */
  isHeld = true;
  isGamepadLost = false;
  /** the clock at task time 0 [s] */
  origin = 0;
  /** {@link MISSED} for each deadline missed lately, less 1 for each that was kept */
  missed = 0;
  /** x, y [m], v [m/s] of the state at the step before, and its time [s], NaN if there is none */
  readonly #before = new Float64Array(3);
  #beforeTime = Number.NaN;
  /** square of the distance to the track [m²], after {@link distance} */
  square = Number.NaN;

  /** when the control step before was [s] */
  #stepAt = Number.NaN;
  /** in the order of {@link Fence} */
  readonly #fence: Float64Array;
  /** points x, y [m] */
  readonly #track: Float64Array;
  readonly #inputs: number;
  /** commands kept, in a ring: rows of inputs */
  readonly #kept: number;
  readonly #commands: Float64Array;
  #count = 0;
  /** the battery was measured since this program began */
  #hadBattery = false;

  /** `track`: points x, y [m] of the path that the task asks for, none if it has no path in the plane. */
  constructor(settings: GateSettings, task: TaskDefinition, track: Float64Array, reading: Reading) {
    const { geofence } = settings;
    const anywhere = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    this.#fence = Float64Array.from(geofence.length === 0 ? [...anywhere, ...anywhere] : geofence);
    this.staleAfter = settings["stale-after"];
    this.maxJump = settings["max-jump"];
    this.reading = reading;
    this.motion = new Plausibility(task, track, reading);
    this.#track = track;
    this.#inputs = task.columns.input.length;
    this.#kept = 1 + Math.ceil(COMMANDS_FOR / task.timing.controlPeriod);
    this.#commands = new Float64Array(this.#kept * this.#inputs);
    this.reset();
  }

  /** Forgets what was seen before. */
  reset(): void {
    this.missed = 0;
    this.#before.fill(Number.NaN);
    this.#beforeTime = Number.NaN;
    this.#stepAt = Number.NaN;
    this.#commands.fill(0);
    this.#count = 0;
    this.motion.reset();
    this.floor?.begin();
  }

  /** The step at `now` [s]; `heartbeat`: when the operator gave the last [s]. */
  begin(now: number, missed: boolean, heartbeat: number): void {
    this.passed = now - this.#stepAt;
    this.#stepAt = now;
    this.missed = Math.max(0, this.missed + (missed ? MISSED : -1));
    this.silence = now - this.reading.heard;
    this.age = now - this.reading.time;
    this.poseAge = now - this.reading.poseTime;
    this.heartbeatAge = now - heartbeat;
    if (!Number.isNaN(this.reading.battery)) this.#hadBattery = true;
  }

  /** Keeps a command, to compare with what is applied. */
  remember(command: Float64Array): void {
    const row = (this.#count % this.#kept) * this.#inputs;
    for (let i = 0; i < this.#inputs; i++) this.#commands[row + i] = command[i];
    this.#count++;
  }

  // what gates measure: each leaves it in `value`

  measured(value: number): this {
    this.value = value;
    return this;
  }

  get isAbove(): boolean {
    return this.value > this.limit;
  }

  /** Whether a value is above a limit that is of this moment. */
  exceeds(value: number, limit: number): boolean {
    this.value = value;
    this.limit = limit;
    return value > limit;
  }

  get isBatteryLost(): boolean {
    return this.#hadBattery && Number.isNaN(this.reading.battery);
  }

  /** Whether every component of the measured state is a number. */
  get isFinite(): boolean {
    const { state } = this.reading;
    for (let i = 0; i < state.length; i++) if (!Number.isFinite(state[i])) return false;
    return true;
  }

  /** How far the position lies outside the geofence [m]; negative inside. */
  beyondFence(): this {
    const { state } = this.reading;
    const fence = this.#fence;
    const x = state[PlanarState.x];
    const y = state[PlanarState.y];
    const besideX = Math.max(fence[Fence.lowX] - x, x - fence[Fence.highX]);
    const besideY = Math.max(fence[Fence.lowY] - y, y - fence[Fence.highY]);
    return this.measured(Math.max(besideX, besideY));
  }

  /** The first input of the last command. */
  command(): this {
    return this.measured(this.#commands[((this.#count + this.#kept - 1) % this.#kept) * this.#inputs]);
  }

  /** How far the position moved beyond what the speed explains [m]; NaN without a newer state. */
  jump(): this {
    const before = this.#before;
    const { state, time } = this.reading;
    const speed = Math.max(Math.abs(state[PlanarState.v]), Math.abs(before[PlanarState.v]));
    const passed = time - this.#beforeTime;
    const dx = state[PlanarState.x] - before[PlanarState.x];
    const dy = state[PlanarState.y] - before[PlanarState.y];
    this.value = passed > 0 ? Math.sqrt(dx * dx + dy * dy) - speed * passed : Number.NaN; // Math.hypot allocates
    for (let i = 0; i < before.length; i++) before[i] = state[i];
    this.#beforeTime = time;
    return this;
  }

  /** The distance to the track [m]; 0 if there is none. */
  distance(): this {
    const track = this.#track;
    const { state } = this.reading;
    let least = track.length === 0 ? 0 : Number.POSITIVE_INFINITY;
    for (let i = 0; i < track.length; i += 2) {
      const dx = state[PlanarState.x] - track[i];
      const dy = state[PlanarState.y] - track[i + 1];
      const square = dx * dx + dy * dy;
      if (square < least) least = square;
    }
    this.square = least;
    return this.measured(Math.sqrt(least));
  }

  /** The distance to the nearest other robot of its fleet [m]; NaN if there is none. */
  nearest(): this {
    return this.measured(this.floor ? this.floor.nearest(this.limit) : Number.NaN);
  }

  /** Part of an input's range by which what is applied lies outside the last commands, the worst of all inputs. */
  difference(): this {
    const { applied } = this.reading;
    let worst = 0;
    for (let i = 0; i < this.#inputs; i++) {
      let low = Number.POSITIVE_INFINITY;
      let high = Number.NEGATIVE_INFINITY;
      for (let k = i; k < this.#commands.length; k += this.#inputs) {
        const command = this.#commands[k];
        if (command < low) low = command;
        if (command > high) high = command;
      }
      const outside = Math.max(low - applied[i], applied[i] - high); // NaN where it is not reported
      if (outside > worst) worst = outside;
    }
    return this.measured(worst);
  }
}
