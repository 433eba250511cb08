/**
 * What a control thread does with a robot that somebody pushes, or drives by radio or gamepad: it takes in what the
 * robot says and writes down every state that was measured. Without a gamepad it knows no way to arm a robot or to send
 * it anything. It allocates nothing, prints nothing, throws nothing.
 */
import { Fault } from "../links/faults.js";
import type { HeardRobot } from "../links/robot.js";
import type { GateCheck } from "./gate-check.js";
import type { HandDriver } from "./hand-driver.js";
import { writeFault } from "./journal.js";
import { MeasuredRows } from "./measured-rows.js";
import type { OutsidePoses } from "./outside-poses.js";
import { RecordKind, type Ring } from "./records.js";
import { Order, type Shared } from "./shared.js";

export class ListeningLoop {
  readonly #robot: HeardRobot;
  readonly #shared: Shared;
  readonly #ring: Ring;
  readonly #poses: OutsidePoses | undefined;
  /** when the state held that was written last [s] */
  #written = Number.NEGATIVE_INFINITY;

  readonly #hand: HandDriver | undefined;
  readonly #gates: GateCheck | undefined;

  /**
   * `poses`: measured from outside, undefined: none are; `hand`: who drives the robot through this program, within
   * `gates`.
   */
  constructor(
    robot: HeardRobot,
    shared: Shared,
    ring: Ring,
    poses?: OutsidePoses,
    hand?: HandDriver,
    gates?: GateCheck,
  ) {
    this.#robot = robot;
    this.#hand = hand;
    this.#gates = gates;
    this.#shared = shared;
    this.#ring = ring;
    this.#poses = poses;
    if (!hand) robot.listen();
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
    this.#checkGates(now);
    this.#hand?.drive(now, order === Order.none && this.#shared.stoppedFor === Fault.none);
    if (this.#hand?.isStopped && this.#shared.stoppedFor === Fault.none) this.#shared.give(Order.stop);
    if (robot.reading.time > this.#written) this.#writeReading();
    this.#shared.now = now;
    this.#shared.report(robot);
    this.#shared.countTick(missed);
    return !isOver;
  }

  /** Whoever drives by hand is stopped for good: what is recorded ends there. */
  #checkGates(now: number): void {
    const gates = this.#gates;
    if (!gates || !this.#hand?.isFollowed || this.#shared.stoppedFor !== Fault.none) return;
    const { seen } = gates;
    seen.mainAge = now - this.#shared.mainHeartbeat;
    const fault = gates.checkByHand(now);
    if (fault === Fault.none) return;
    writeFault(this.#ring, now, fault, seen.value, seen.limit, Number.NaN);
    this.#shared.give(Order.stop, fault);
  }

  #writeReading(): void {
    const { time, state, applied } = this.#robot.reading;
    if (!this.#ring.begin(RecordKind.reading, time)) return;
    this.#written = time;
    this.#ring.numbers(state, state.length);
    this.#ring.numbers(this.#hand?.command ?? applied, applied.length);
    this.#ring.end();
  }
}
