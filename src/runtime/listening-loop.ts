/**
 * What a control thread does with a robot that somebody pushes, or drives by radio or gamepad: it takes in what the
 * robot says and writes down every state that was measured. Without a gamepad it knows no way to arm a robot or to send
 * it anything. It allocates nothing, prints nothing, throws nothing.
 */
import { Fault } from "../links/faults.js";
import type { HeardRobot, Robot } from "../links/robot.js";
import type { Gamepad } from "./gamepad.js";
import { HandDriver } from "./hand-driver.js";
import { writeFault } from "./journal.js";
import { MeasuredRows } from "./measured-rows.js";
import type { OutsidePoses } from "./outside-poses.js";
import { RecordKind, type Ring } from "./records.js";
import { Order, type Shared } from "./shared.js";

/** Somebody who drives a robot through this program. */
export class Hands {
  readonly #robot: Robot;
  readonly #gamepad: Gamepad;
  readonly #driver: HandDriver;

  /** `period`: between two steps [s]. */
  constructor(robot: Robot, gamepad: Gamepad, period: number) {
    this.#robot = robot;
    this.#gamepad = gamepad;
    this.#driver = new HandDriver(robot, gamepad, period);
  }

  /** What was sent last. */
  get command(): Float64Array {
    return this.#driver.command;
  }

  get isStopped(): boolean {
    return this.#gamepad.isStopped;
  }

  /** Sends the sticks' command; neutral unless `isAllowed`. */
  step(now: number, isAllowed: boolean): void {
    this.#gamepad.poll();
    this.#robot.send(now, this.#driver.step(now, isAllowed));
  }
}

export class ListeningLoop {
  readonly #robot: HeardRobot;
  readonly #shared: Shared;
  readonly #ring: Ring;
  readonly #poses: OutsidePoses | undefined;
  /** when the state held that was written last [s] */
  #written = Number.NEGATIVE_INFINITY;

  readonly #hands: Hands | undefined;

  /** `poses`: measured from outside, undefined: none are; `hands`: who drives the robot through this program. */
  constructor(robot: HeardRobot, shared: Shared, ring: Ring, poses?: OutsidePoses, hands?: Hands) {
    this.#robot = robot;
    this.#hands = hands;
    this.#shared = shared;
    this.#ring = ring;
    this.#poses = poses;
    if (!hands) robot.listen();
    robot.logTo?.(new MeasuredRows(ring));
  }

  /** The step at `now` [s]; `missed`: its deadline had passed before it began. False once the loop is to end. */
  step(now: number, missed: boolean): boolean {
    const robot = this.#robot;
    const order = this.#shared.takeOrder();
    const isOver = order === Order.quit;
    this.#poses?.handTo(robot);
    robot.receive(now);
    const fault = robot.takeFault();
    if (fault !== Fault.none) writeFault(this.#ring, now, fault, robot.faultValue, Number.NaN, Number.NaN);
    this.#hands?.step(now, order === Order.none && this.#shared.stoppedFor === Fault.none);
    if (this.#hands?.isStopped && this.#shared.stoppedFor === Fault.none) this.#shared.give(Order.stop);
    if (robot.reading.time > this.#written) this.#writeReading();
    this.#shared.now = now;
    this.#shared.report(robot);
    this.#shared.countTick(missed);
    return !isOver;
  }

  #writeReading(): void {
    const { time, state, applied } = this.#robot.reading;
    if (!this.#ring.begin(RecordKind.reading, time)) return;
    this.#written = time;
    this.#ring.numbers(state, state.length);
    this.#ring.numbers(this.#hands?.command ?? applied, applied.length);
    this.#ring.end();
  }
}
