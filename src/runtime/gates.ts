/** The gates that every control step of a moving robot must pass; docs/safety.md lists them. Numbers only, nothing is allocated. */
import { Fault } from "../links/faults.js";
import type { Robot } from "../links/robot.js";
import type { TaskDefinition } from "../tasks/definition.js";

/** Limits; Infinity (battery: 0) where one does not hold. */
export interface Limits {
  /** age of the measured state [s] */
  readonly staleAfter: number;
  /** time without a word from the robot [s] */
  readonly silentAfter: number;
  /** between two control steps [s] */
  readonly lateAfter: number;
  /** [m/s] */
  readonly speed: number;
  /** distance to the track [m] */
  readonly corridor: number;
  /** x and y, lowest and highest [m] */
  readonly fence: readonly [number, number, number, number];
  /** step of the measured position beyond what the speed explains [m] */
  readonly jump: number;
  /** standard deviation of the position [m] */
  readonly uncertainty: number;
  /** [V] */
  readonly battery: number;
  /** time without a heartbeat of the operator [s] */
  readonly heartbeatWithin: number;
}

/** Part of an input's range by which what is applied may lie outside what was commanded lately, and for how long [s]. */
const APPLIED = 0.1;
const APPLIED_FOR = 0.3;
/** Commands that what is applied is compared with: servos are slow, and reports take their time [s]. */
const COMMANDS_FOR = 0.3;
/** Part of a stale state's age from which on it is silence that made it stale. */
const SILENT_PART = 0.5;
/** A battery's voltage falls for a moment when the motor starts: it must stay low for so long [s]. */
const BATTERY_FOR = 1;
/** A robot in the plane that stands [m/s] under a first input beyond this, for so long [s], does not measure how it moves. */
const DRIVEN = 0.2;
const STANDS = 0.05;
const STANDS_FOR = 1;
/** A clock that jumps by this was set, or the computer was suspended [s]. */
const CLOCK = 1;
/** A missed deadline weighs so many punctual ones: one in ten is too many, and ten in a row. */
const MISSED = 10;
const MOST_MISSED = 100;

/** Points of the task's way that the distance to the track is measured to. */
const TRACK_POINTS = 512;

export class Gates {
  /** what was found, and what is allowed */
  value = Number.NaN;
  limit = Number.NaN;

  readonly #limits: Limits;
  readonly #planar: boolean;
  readonly #track: Float64Array;
  readonly #fence: Float64Array;
  readonly #inputs: number;
  /** commands kept */
  readonly #kept: number;
  readonly #commands: Float64Array;
  readonly #before: Float64Array;
  #square = 0;
  #difference = 0;
  #count = 0;
  #hasBefore = false;
  #readAt = 0;
  #stepAt = Number.NaN;
  #missed = 0;
  #batterySince = Number.NaN;
  #appliedSince = Number.NaN;
  #standsSince = Number.NaN;

  /** `track`: points x, y of the way that the task asks for, none if it has no way in the plane. */
  constructor(limits: Limits, task: TaskDefinition, track: Float64Array) {
    this.#limits = limits;
    this.#planar = isPlanar(task);
    this.#track = track;
    this.#fence = Float64Array.from(limits.fence);
    this.#inputs = task.columns.input.length;
    this.#kept = 1 + Math.ceil(COMMANDS_FOR / task.timing.controlPeriod);
    this.#commands = new Float64Array(this.#kept * this.#inputs);
    this.#before = new Float64Array(task.columns.state.length);
  }

  /** Forgets what was seen before, as at the start of a drive. */
  reset(): void {
    this.#count = 0;
    this.#hasBefore = false;
    this.#stepAt = Number.NaN;
    this.#missed = 0;
    this.#batterySince = Number.NaN;
    this.#appliedSince = Number.NaN;
    this.#standsSince = Number.NaN;
    this.#commands.fill(0);
  }

  /**
   * What stops a robot that is to follow commands at `now` [s]. `missed`: this step's deadline had passed. `heartbeat`: when the operator gave the last
   * one. `drives`: it counts where the robot is.
   */
  check(now: number, robot: Robot, missed: boolean, heartbeat: number, drives: boolean): Fault {
    const fault = robot.takeFault();
    if (fault !== Fault.none) return this.#found(fault, robot.faultValue, Number.NaN);
    return (
      this.#clock(now, missed) ||
      this.#link(now, robot, heartbeat) ||
      this.#finite(robot) ||
      (drives && this.#planar ? this.#place(robot) || this.#motion(now, robot) : Fault.none) ||
      this.#outputs(now, robot)
    );
  }

  /** Keeps a command, to compare with what is applied. */
  remember(command: Float64Array): void {
    const row = (this.#count % this.#kept) * this.#inputs;
    for (let i = 0; i < this.#inputs; i++) this.#commands[row + i] = command[i] ?? 0;
    this.#count++;
  }

  #clock(now: number, missed: boolean): Fault {
    const passed = now - this.#stepAt;
    this.#stepAt = now;
    this.#missed = Math.max(0, this.#missed + (missed ? MISSED : -1));
    if (passed < 0 || passed > CLOCK) return this.#found(Fault.clock, passed, CLOCK);
    if (passed > this.#limits.lateAfter || this.#missed >= MOST_MISSED)
      return this.#found(Fault.lateness, passed, this.#limits.lateAfter);
    return Fault.none;
  }

  #link(now: number, robot: Robot, heartbeat: number): Fault {
    const { silentAfter, staleAfter, heartbeatWithin } = this.#limits;
    const silent = now - robot.reading.heard;
    const age = now - robot.reading.time;
    // a state that is old because nothing came at all is the link's fault
    const isSilent = silent > silentAfter || (age > staleAfter && silent > SILENT_PART * staleAfter);
    if (isSilent) return this.#found(Fault.lostLink, silent, Math.min(silentAfter, staleAfter));
    if (age > staleAfter) return this.#found(Number.isFinite(age) ? Fault.staleState : Fault.noState, age, staleAfter);
    if (now - heartbeat > heartbeatWithin) return this.#found(Fault.deadMan, now - heartbeat, heartbeatWithin);
    return Fault.none;
  }

  #finite({ reading }: Robot): Fault {
    const { state } = reading;
    for (let i = 0; i < state.length; i++)
      if (!Number.isFinite(state[i])) return this.#found(Fault.notFinite, Number.NaN, Number.NaN);
    return Fault.none;
  }

  #place({ reading }: Robot): Fault {
    const { state } = reading;
    const limits = this.#limits;
    const x = state[0] ?? 0;
    const y = state[1] ?? 0;
    const speed = Math.abs(state[2] ?? 0);
    if (speed > limits.speed) return this.#found(Fault.speed, speed, limits.speed);
    if (this.#hasBefore && reading.time > this.#readAt) {
      const before = this.#before;
      const way = Math.max(speed, Math.abs(before[2] ?? 0)) * (reading.time - this.#readAt);
      const dx = x - (before[0] ?? 0);
      const dy = y - (before[1] ?? 0);
      const jump = Math.sqrt(dx * dx + dy * dy) - way; // Math.hypot allocates
      if (jump > limits.jump) return this.#found(Fault.jump, jump, limits.jump);
    }
    this.#hasBefore = true;
    this.#readAt = reading.time;
    for (let i = 0; i < state.length; i++) this.#before[i] = state[i] ?? 0;
    const fence = this.#fence;
    const besideX = Math.max((fence[0] ?? 0) - x, x - (fence[1] ?? 0));
    const besideY = Math.max((fence[2] ?? 0) - y, y - (fence[3] ?? 0));
    if (besideX > 0 || besideY > 0) return this.#found(Fault.geofence, Math.max(besideX, besideY), 0);
    this.#findDistance(state);
    if (this.#square > limits.corridor * limits.corridor)
      return this.#found(Fault.corridor, Math.sqrt(this.#square), limits.corridor);
    if (reading.uncertainty > limits.uncertainty)
      return this.#found(Fault.uncertain, reading.uncertainty, limits.uncertainty);
    return Fault.none;
  }

  /** A dead encoder looks like a car that stands: it would be given ever more throttle. */
  #motion(now: number, { reading }: Robot): Fault {
    const command = this.#commands[((this.#count + this.#kept - 1) % this.#kept) * this.#inputs] ?? 0;
    const stands = Math.abs(command) > DRIVEN && Math.abs(reading.state[2] ?? 0) < STANDS;
    if (!stands) this.#standsSince = Number.NaN;
    else if (Number.isNaN(this.#standsSince)) this.#standsSince = now;
    if (now - this.#standsSince > STANDS_FOR) return this.#found(Fault.wheel, command, STANDS_FOR);
    return Fault.none;
  }

  #outputs(now: number, { reading }: Robot): Fault {
    const isLow = reading.battery < this.#limits.battery;
    if (!isLow) this.#batterySince = Number.NaN;
    else if (Number.isNaN(this.#batterySince)) this.#batterySince = now;
    if (now - this.#batterySince > BATTERY_FOR)
      return this.#found(Fault.battery, reading.battery, this.#limits.battery);
    this.#findDifference(reading.applied);
    if (!(this.#difference > APPLIED)) this.#appliedSince = Number.NaN;
    else if (Number.isNaN(this.#appliedSince)) this.#appliedSince = now;
    if (now - this.#appliedSince > APPLIED_FOR) return this.#found(Fault.actuator, this.#difference, APPLIED);
    return Fault.none;
  }

  /** How far what is applied lies outside the commands of the last steps, the worst of all inputs. */
  #findDifference(applied: Float64Array): void {
    let worst = 0;
    for (let i = 0; i < this.#inputs; i++) {
      let low = Number.POSITIVE_INFINITY;
      let high = Number.NEGATIVE_INFINITY;
      for (let k = i; k < this.#commands.length; k += this.#inputs) {
        const command = this.#commands[k] ?? 0;
        if (command < low) low = command;
        if (command > high) high = command;
      }
      const value = applied[i] ?? Number.NaN;
      const outside = Math.max(low - value, value - high); // NaN where it is not reported
      if (outside > worst) worst = outside;
    }
    this.#difference = worst;
  }

  /** Square of the distance to the track [m²], into a field: a number that is returned may have to be allocated. */
  #findDistance(state: Float64Array): void {
    const track = this.#track;
    const x = state[0] ?? 0;
    const y = state[1] ?? 0;
    let least = track.length === 0 ? 0 : Number.POSITIVE_INFINITY;
    for (let i = 0; i < track.length; i += 2) {
      const dx = x - (track[i] ?? 0);
      const dy = y - (track[i + 1] ?? 0);
      const square = dx * dx + dy * dy;
      if (square < least) least = square;
    }
    this.#square = least;
  }

  #found(fault: Fault, value: number, limit: number): Fault {
    this.value = value;
    this.limit = limit;
    return fault;
  }
}

/** A state of x, y, v, phi in the plane. */
export function isPlanar({ columns }: TaskDefinition): boolean {
  return columns.state.join() === "x [m],y [m],v [m/s],phi [rad]";
}

/** The way that a task asks for in the plane: x, y of points over one lap; empty if it has none. */
export function trackOf(task: TaskDefinition, setpointAt: (time: number) => Float64Array): Float64Array {
  const { lapTime } = task.timing;
  if (!isPlanar(task) || lapTime === undefined) return new Float64Array(0);
  const track = new Float64Array(2 * TRACK_POINTS);
  for (let i = 0; i < TRACK_POINTS; i++) {
    const setpoint = setpointAt((i * lapTime) / TRACK_POINTS);
    track.set(setpoint.subarray(0, 2), 2 * i);
  }
  return track;
}
