/** Takes a robot through the gates, step after step. Numbers only, nothing is allocated. */
import { Fault } from "../links/faults.js";
import type { Robot } from "../links/robot.js";
import type { TaskDefinition } from "../tasks/definition.js";
import type { Gate } from "./gate.js";
import { gates } from "./gates.js";
import { type GateSettings, Observation } from "./observation.js";
import { isPlanar } from "./track.js";

const rows: readonly Gate[] = gates;

export class GateCheck {
  /** what was seen; after a fault, of the gate that found it */
  readonly seen: Observation;
  readonly #robot: Robot;
  readonly #isPlanar: boolean;
  /** of each gate */
  readonly #limits: Float64Array;
  /** since when each gate's check has failed [s]; NaN if it does not */
  readonly #since = new Float64Array(rows.length);

  /** `track`: points x, y of the path that the task asks for, none if it has no path in the plane. */
  constructor(robot: Robot, settings: GateSettings, task: TaskDefinition, track: Float64Array) {
    this.#robot = robot;
    this.#isPlanar = isPlanar(task);
    this.seen = new Observation(settings, task, track, robot.reading);
    this.#limits = Float64Array.from(rows, ({ limit }) => limit.of(settings));
    this.reset();
  }

  /** Forgets what was seen before, as at the start of a drive. */
  reset(): void {
    this.seen.reset();
    this.#since.fill(Number.NaN);
  }

  /** Keeps a command, to compare with what is applied. */
  remember(command: Float64Array): void {
    this.seen.remember(command);
    this.seen.motion.remember(command);
  }

  /**
   * What stops a robot that is to follow commands at `now` [s]: what it reports itself, or the first gate that it does
   * not pass. `missed`: this step's deadline had passed. `heartbeat`: when the operator gave the last [s]. `drives`: it
   * counts where the robot is.
   */
  check(now: number, missed: boolean, heartbeat: number, drives: boolean): Fault {
    const { seen } = this;
    const reported = this.#robot.takeFault();
    if (reported !== Fault.none) {
      seen.value = this.#robot.faultValue;
      seen.limit = Number.NaN;
      return reported;
    }
    const isInPlane = drives && this.#isPlanar;
    seen.begin(now, missed, heartbeat);
    if (isInPlane) seen.motion.take(seen.origin);
    return this.#firstClosed(now, isInPlane, false);
  }

  /** What stops a robot that somebody drives by hand at `now` [s]: the first gate of those that hold then. */
  checkByHand(now: number): Fault {
    this.seen.begin(now, false, now);
    return this.#firstClosed(now, this.#isPlanar, true);
  }

  /** The first gate that it does not pass. */
  #firstClosed(now: number, isInPlane: boolean, byHand: boolean): Fault {
    const { seen } = this;
    for (let i = 0; i < rows.length; i++) {
      const gate = rows[i];
      if ((gate.scope === "driving" && !isInPlane) || (byHand && !gate.byHand)) continue;
      seen.limit = this.#limits[i];
      if (!gate.check(seen)) {
        this.#since[i] = Number.NaN;
        continue;
      }
      if (Number.isNaN(this.#since[i])) this.#since[i] = now;
      if (gate.lasting === 0 || now - this.#since[i] > gate.lasting) return gate.fault;
    }
    return Fault.none;
  }
}
