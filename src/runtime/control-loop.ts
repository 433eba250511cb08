/**
 * One control step of a real robot, from what it says to what it is told, with everything that may stop it in view. It knows no clock and no
 * thread: whoever calls {@link ControlLoop.step} says what time it is. It allocates nothing, prints nothing, throws nothing.
 */
import type { Core } from "../core/core.js";
import { Fault } from "../links/faults.js";
import { type Robot, RobotPhase } from "../links/robot.js";
import type { Gates } from "./gates.js";
import { type Layout, RecordKind, type Ring } from "./records.js";
import { Order, RuntimeState, type Shared } from "./shared.js";

/** After a stop the robot counts as standing when it is slower than this [m/s], for so long, or after so long in any case [s]. */
const STILL = 0.05;
const STILL_FOR = 0.2;
const STILL_AFTER = 3;
/** The board needs 0.3 s of neutral commands before it can be armed; an answer that takes longer than this will not come [s]. */
const ARM_WITHIN = 3;

export class ControlLoop {
  readonly #core: Core;
  readonly #robot: Robot;
  readonly #gates: Gates;
  readonly #shared: Shared;
  readonly #ring: Ring;
  readonly #layout: Layout;
  // views of the core, which have one row each
  readonly #measured: Float64Array;
  readonly #inputs: Float64Array;
  readonly #commands: Float64Array;
  readonly #references: Float64Array;
  readonly #residuals: Float64Array;
  readonly #costs: Float64Array;
  readonly #outputs: Float64Array;
  readonly #setpoints: Float64Array;
  readonly #gains: Float64Array;
  readonly #parameters: Float64Array;
  readonly #ok: number;
  #state = RuntimeState.idle;
  /** the fault that the robot is being stopped for */
  #fault = Fault.none;
  #origin = 0;
  /** the robot is to follow commands, and does not yet */
  #isArming = false;
  #armingSince = 0;
  #stoppingSince = 0;
  #stillSince = Number.NaN;
  /** a drive's last state is still to be written down */
  #hasEnd = false;
  #quits = false;

  constructor(core: Core, robot: Robot, gates: Gates, shared: Shared, ring: Ring, layout: Layout) {
    this.#core = core;
    this.#robot = robot;
    this.#gates = gates;
    this.#shared = shared;
    this.#ring = ring;
    this.#layout = layout;
    this.#measured = core.view("plantState");
    this.#inputs = core.view("inputs");
    this.#commands = core.view("commands");
    this.#references = core.view("references");
    this.#residuals = core.view("residuals");
    this.#costs = core.view("stageCosts");
    this.#outputs = core.view("outputs");
    this.#setpoints = core.view("setpoints");
    this.#gains = core.view("gains");
    this.#parameters = core.view("parameters");
    this.#ok = core.exports.Status.ok;
  }

  /** The step at `now` [s]; `missed`: its deadline had passed before it began. False once the loop is to end. */
  step(now: number, missed: boolean): boolean {
    const robot = this.#robot;
    robot.receive(now);
    this.#obey(now, this.#shared.takeOrder());
    let command = robot.neutral;
    if (this.#state === RuntimeState.armed || this.#state === RuntimeState.driving) {
      const fault = this.#gates.check(
        now,
        robot,
        missed,
        this.#shared.operatorHeartbeat,
        this.#state === RuntimeState.driving,
      );
      if (fault !== Fault.none) this.#stop(now, fault, this.#gates.value, this.#gates.limit);
      else if (this.#state === RuntimeState.driving && this.#drive(now)) command = this.#inputs;
    }
    if (this.#state === RuntimeState.idle) this.#wait(now);
    else if (this.#state === RuntimeState.stopping) this.#brake(now);
    robot.send(now, command);
    this.#gates.remember(command);
    this.#shared.now = now;
    this.#shared.report(robot);
    this.#shared.countTick(missed);
    return !(this.#quits && (this.#state === RuntimeState.idle || this.#state === RuntimeState.fault));
  }

  #obey(now: number, order: Order): void {
    if (order === Order.none) return;
    if (order === Order.arm) this.#arm(now);
    else if (order === Order.drive) this.#begin(now);
    else if (order === Order.finish) this.#stop(now, Fault.none, Number.NaN, Number.NaN);
    else if (order === Order.stop) this.#stop(now, Fault.operatorStop, Number.NaN, Number.NaN);
    else if (order === Order.recorderFailed) this.#stop(now, Fault.recorder, Number.NaN, Number.NaN);
    else {
      this.#quits = true;
      this.#stop(now, Fault.none, Number.NaN, Number.NaN);
    }
  }

  #arm(now: number): void {
    if (this.#state !== RuntimeState.idle && this.#state !== RuntimeState.fault) return;
    this.#fault = Fault.none;
    this.#robot.takeFault();
    this.#gates.reset();
    this.#isArming = true;
    this.#armingSince = now;
    this.#enter(now, RuntimeState.idle);
  }

  /** Idle: armed as soon as the robot is, if that was asked for. */
  #wait(now: number): void {
    const fault = this.#robot.takeFault();
    if (fault !== Fault.none) this.#fail(now, fault, this.#robot.faultValue, Number.NaN);
    else if (!this.#isArming) return;
    else if (this.#robot.phase === RobotPhase.armed) this.#enter(now, RuntimeState.armed);
    else if (now - this.#armingSince > ARM_WITHIN) this.#fail(now, Fault.noAnswer, ARM_WITHIN, ARM_WITHIN);
    else if (this.#robot.phase === RobotPhase.ready) this.#robot.arm(now);
  }

  /** The drive begins with this step; a robot that can be placed counts its state from the start that was given. */
  #begin(now: number): void {
    if (this.#state !== RuntimeState.armed) return;
    if (this.#robot.placeable) this.#robot.place(this.#shared.start);
    this.#gates.reset();
    this.#shared.takeParameters(this.#parameters);
    this.#origin = now - this.#shared.startTime;
    this.#core.exports.beginDrive();
    this.#hasEnd = true;
    this.#enter(now, RuntimeState.driving);
  }

  /** The policy's step; false if there is no command. */
  #drive(now: number): boolean {
    const { exports } = this.#core;
    const time = now - this.#origin;
    this.#robot.stateAt(now, this.#measured);
    const calls = exports.networkDue(time);
    if (calls) this.#shared.takeParameters(this.#parameters);
    const done = exports.tick(time) === this.#ok;
    if (!done || this.#ring.isNearlyFull) {
      const fault = done ? Fault.recorder : this.#isCommand() ? Fault.bounds : Fault.policy;
      this.#stop(now, fault, Number.NaN, Number.NaN);
      return false;
    }
    if (calls) this.#writeCall(now);
    this.#writeStep(now);
    return true;
  }

  /** Whether the policy's last command is one: then a step was refused for its state. */
  #isCommand(): boolean {
    for (let i = 0; i < this.#commands.length; i++) if (!Number.isFinite(this.#commands[i])) return false;
    return true;
  }

  #stop(now: number, fault: Fault, value: number, limit: number): void {
    if (this.#state === RuntimeState.stopping || this.#state === RuntimeState.fault) return;
    if (this.#state === RuntimeState.idle) {
      this.#isArming = false;
      this.#robot.disarm(now);
      if (fault !== Fault.none) this.#fail(now, fault, value, limit);
      return;
    }
    this.#fault = fault;
    if (fault !== Fault.none) this.#write(now, RecordKind.fault, fault, value, limit);
    this.#stoppingSince = now;
    this.#stillSince = Number.NaN;
    this.#enter(now, RuntimeState.stopping);
  }

  /** Neutral until the robot stands, then no more following of commands. */
  #brake(now: number): void {
    const { state } = this.#robot.reading;
    if (this.#hasEnd) {
      this.#hasEnd = false;
      this.#robot.stateAt(now, this.#measured);
      if (this.#ring.begin(RecordKind.end, now - this.#origin)) {
        this.#ring.numbers(this.#measured, this.#layout.states);
        this.#ring.end();
      }
    }
    const isStill = Math.abs(state[2] ?? 0) < STILL;
    if (!isStill) this.#stillSince = Number.NaN;
    else if (Number.isNaN(this.#stillSince)) this.#stillSince = now;
    if (
      now - this.#stillSince < STILL_FOR ||
      (Number.isNaN(this.#stillSince) && now - this.#stoppingSince < STILL_AFTER)
    )
      return;
    this.#robot.disarm(now);
    this.#enter(now, this.#fault === Fault.none ? RuntimeState.idle : RuntimeState.fault);
  }

  #fail(now: number, fault: Fault, value: number, limit: number): void {
    this.#fault = fault;
    this.#write(now, RecordKind.fault, fault, value, limit);
    this.#robot.disarm(now);
    this.#enter(now, RuntimeState.fault);
  }

  #enter(now: number, state: RuntimeState): void {
    this.#state = state;
    if (state !== RuntimeState.idle) this.#isArming = false;
    this.#shared.setRuntimeState(state);
    this.#write(now, RecordKind.state, state, this.#origin, Number.NaN);
  }

  #write(now: number, kind: RecordKind, first: number, second: number, third: number): void {
    if (!this.#ring.begin(kind, now)) return;
    this.#ring.number(first);
    this.#ring.number(second);
    this.#ring.number(third);
    this.#ring.end();
  }

  #writeStep(now: number): void {
    const { states, inputs, references, residuals } = this.#layout;
    if (!this.#ring.begin(RecordKind.step, now - this.#origin)) return;
    this.#ring.numbers(this.#measured, states);
    this.#ring.numbers(this.#inputs, inputs);
    this.#ring.numbers(this.#references, references);
    this.#ring.numbers(this.#residuals, residuals);
    this.#ring.number(this.#costs[0] ?? Number.NaN);
    this.#ring.end();
  }

  #writeCall(now: number): void {
    const { states, outputs, setpoints, gains } = this.#layout;
    if (!this.#ring.begin(RecordKind.call, now - this.#origin)) return;
    this.#ring.numbers(this.#measured, states);
    this.#ring.numbers(this.#outputs, outputs);
    this.#ring.numbers(this.#setpoints, setpoints);
    this.#ring.numbers(this.#gains, gains);
    this.#ring.end();
  }
}
