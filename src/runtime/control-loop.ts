/**
 * One control step of a real robot, from what it says to what it is told, with everything that may stop it in view. It
 * carries out the transitions of states.ts, and knows no clock and no thread: whoever calls {@link ControlLoop.step}
 * says what time it is. It allocates nothing, prints nothing, throws nothing.
 */
import type { Core } from "../core/core.js";
import { Fault } from "../links/faults.js";
import { isCommand, type Robot, RobotPhase } from "../links/robot.js";
import { PlanarState } from "../tasks/planar.js";
import type { Gamepad } from "./gamepad.js";
import type { GateCheck } from "./gate-check.js";
import { HandDriver } from "./hand-driver.js";
import { Takeover } from "./handover.js";
import { Journal } from "./journal.js";
import { MeasuredRows } from "./measured-rows.js";
import type { Moving } from "./move.js";
import type { OutsidePoses } from "./outside-poses.js";
import type { Layout, Ring } from "./records.js";
import { GamepadSign, Order, type Shared } from "./shared.js";
import {
  ARM_WITHIN,
  type RuntimeAction,
  RuntimeEvent,
  RuntimeState,
  STILL,
  STILL_AFTER,
  STILL_FOR,
  transitions,
} from "./states.js";

/**
 * What each order is to the states. An order to stop is a fault, so that it is latched as one; {@link Order.stop} says
 * which.
 */
const orders: Readonly<Record<Exclude<Order, Order.none>, { readonly event: RuntimeEvent; readonly fault: Fault }>> = {
  [Order.arm]: { event: RuntimeEvent.arm, fault: Fault.none },
  [Order.drive]: { event: RuntimeEvent.drive, fault: Fault.none },
  [Order.finish]: { event: RuntimeEvent.finish, fault: Fault.none },
  [Order.stop]: { event: RuntimeEvent.fault, fault: Fault.none },
  [Order.recorderFailed]: { event: RuntimeEvent.fault, fault: Fault.recorder },
  [Order.quit]: { event: RuntimeEvent.finish, fault: Fault.none },
};

/** Views of a core that has room for one control step; `measured`: the state that the policy is given. */
const rowsOf = (core: Core) => ({
  measured: core.view("plantState"),
  inputs: core.view("inputs"),
  commands: core.view("commands"),
  parameters: core.view("parameters"),
  taskShift: core.view("taskShifts"),
});

export class ControlLoop {
  readonly #core: Core;
  readonly #robot: Robot;
  readonly #gates: GateCheck;
  readonly #shared: Shared;
  readonly #ring: Ring;
  readonly #journal: Journal;
  readonly #rows: ReturnType<typeof rowsOf>;
  readonly #takeover: Takeover;
  readonly #poses: OutsidePoses | undefined;
  readonly #measured: MeasuredRows;
  readonly #gamepad: Gamepad | undefined;
  readonly #hand: HandDriver | undefined;
  /** drives in place of the policy: a set-up's moves; undefined: the policy drives */
  readonly #moving: Moving | undefined;
  #state = RuntimeState.idle;
  /** the fault that the robot is being stopped for */
  #fault = Fault.none;
  /** of the step that is being made [s] */
  #now = Number.NaN;
  /** the clock at task time 0 [s] */
  #origin = 0;
  /** the robot is to follow commands, and does not yet */
  #isArming = false;
  #armingSince = 0;
  #stoppingSince = 0;
  #stillSince = Number.NaN;
  /** a drive's last state is still to be written down */
  #hasEnd = false;
  #quits = false;
  readonly #actions: Readonly<Record<RuntimeAction, () => void>> = {
    startArming: () => this.#startArming(),
    startDriving: () => this.#startDriving(),
    startBraking: () => this.#startBraking(),
    disarm: () => this.#disarm(),
  };

  /**
   * `poses`: measured from outside, undefined: none are; `gamepad`: must be held, undefined: nothing must; `moving`:
   * what drives in place of the policy.
   */
  constructor(
    core: Core,
    robot: Robot,
    gates: GateCheck,
    shared: Shared,
    ring: Ring,
    layout: Layout,
    poses?: OutsidePoses,
    gamepad?: Gamepad,
    moving?: Moving,
  ) {
    this.#core = core;
    this.#robot = robot;
    this.#gates = gates;
    this.#shared = shared;
    this.#ring = ring;
    this.#journal = new Journal(core, ring, layout);
    this.#rows = rowsOf(core);
    this.#takeover = new Takeover(core);
    this.#poses = poses;
    this.#moving = moving;
    this.#measured = new MeasuredRows(ring);
    this.#gamepad = gamepad;
    this.#hand = gamepad && new HandDriver(robot, gamepad, core.setup.task.timing.controlPeriod);
  }

  /** The step at `now` [s]; `missed`: its deadline had passed before it began. False once the loop is to end. */
  step(now: number, missed: boolean): boolean {
    const robot = this.#robot;
    this.#now = now;
    this.#poses?.handTo(robot);
    robot.receive(now);
    this.#gates.seen.floor?.tell(robot.reading);
    if (this.#gamepad) this.#listenTo(this.#gamepad);
    this.#handleOrder(this.#shared.takeOrder());
    let command = robot.neutral;
    if (this.#state === RuntimeState.armed || this.#state === RuntimeState.driving) {
      const isDriving = this.#state === RuntimeState.driving;
      this.#gates.seen.mainAge = now - this.#shared.mainHeartbeat;
      this.#gates.seen.origin = this.#origin - this.#rows.taskShift[0];
      // what the sensors of a car mean that is being set up is not known yet: its moves have limits of their own
      const isPlaced = isDriving && this.#moving === undefined;
      const fault = this.#gates.check(now, missed, this.#shared.operatorHeartbeat, isPlaced);
      if (fault !== Fault.none) this.#handleFault(fault, this.#gates.seen.value, this.#gates.seen.limit);
      else if (isDriving && (this.#moving ? this.#move(this.#moving) : this.#drive())) command = this.#rows.inputs;
    }
    if (this.#state === RuntimeState.idle) this.#wait();
    else if (this.#state === RuntimeState.stopping) this.#brake();
    if (this.#state === RuntimeState.idle && !this.#isArming)
      command = this.#hand?.step(now, this.#shared.isHandDriving) ?? command;
    robot.send(now, command);
    this.#gates.remember(command);
    this.#shared.now = now;
    this.#shared.report(robot);
    this.#shared.countTick(missed);
    return !(this.#quits && (this.#state === RuntimeState.idle || this.#state === RuntimeState.fault));
  }

  /** What a gamepad tells; its button to stop is an order to stop, as that of anybody else. */
  #listenTo(gamepad: Gamepad): void {
    const { seen } = this.#gates;
    gamepad.poll();
    seen.isHeld = gamepad.isHeld;
    seen.isGamepadLost = gamepad.isLost;
    if (gamepad.isStopped && this.#shared.stoppedFor === Fault.none) this.#shared.give(Order.stop);
    if (gamepad.isLost) this.#shared.giveGamepadSign(GamepadSign.lost);
    else if (gamepad.takeBegin()) this.#shared.giveGamepadSign(GamepadSign.begin);
  }

  #handleOrder(order: Order): void {
    if (order === Order.none) return;
    if (order === Order.quit) this.#quits = true;
    const { event, fault } = orders[order];
    if (event !== RuntimeEvent.fault) this.#handle(event);
    else this.#handleFault(order === Order.stop ? this.#shared.stoppedFor : fault, Number.NaN, Number.NaN);
  }

  /** A fault, unless the robot is being stopped, or was, for another one. */
  #handleFault(fault: Fault, value: number, limit: number): void {
    if (transitions[this.#state][RuntimeEvent.fault] === undefined) return;
    this.#fault = fault;
    this.#journal.fault(this.#now, fault, value, limit, this.#robot.followedUntil);
    this.#handle(RuntimeEvent.fault);
  }

  #handle(event: RuntimeEvent): void {
    const transition = transitions[this.#state][event];
    if (transition === undefined) return;
    const { to, action } = transition;
    if (action !== undefined) this.#actions[action]();
    if (to === undefined) return;
    this.#state = to;
    this.#journal.state(this.#now, to, this.#origin);
    this.#shared.setRuntimeState(to); // after its row: who sees the state finds the row
  }

  #startArming(): void {
    this.#fault = Fault.none;
    this.#robot.takeFault();
    this.#gates.reset();
    this.#isArming = true;
    this.#armingSince = this.#now;
  }

  /** The drive begins with this step; a robot that can be placed counts its state from the start that was given. */
  #startDriving(): void {
    if (this.#robot.placeable) this.#robot.place(this.#shared.start);
    this.#measured.now = this.#now;
    this.#robot.logTo?.(this.#measured);
    this.#gates.reset();
    this.#takeParameters();
    this.#origin = this.#now - this.#shared.startTime;
    this.#core.beginDrive();
    this.#moving?.begin(this.#shared.move, this.#robot.reading.state);
    this.#hasEnd = true;
  }

  /** Whether a new policy was handed over. */
  #takeParameters(): boolean {
    const isNew = this.#shared.takeParameters(this.#rows.parameters, this.#takeover.numbers);
    if (isNew) this.#takeover.apply();
    return isNew;
  }

  #startBraking(): void {
    this.#stoppingSince = this.#now;
    this.#stillSince = Number.NaN;
  }

  #disarm(): void {
    this.#isArming = false;
    this.#robot.disarm(this.#now);
  }

  /** Idle: armed as soon as the robot is, if that was asked for. */
  #wait(): void {
    const robot = this.#robot;
    const fault = robot.takeFault();
    if (fault !== Fault.none) this.#handleFault(fault, robot.faultValue, Number.NaN);
    else if (!this.#isArming) return;
    else if (robot.phase === RobotPhase.armed) this.#handle(RuntimeEvent.armed);
    else if (this.#now - this.#armingSince > ARM_WITHIN) this.#handleFault(Fault.noAnswer, ARM_WITHIN, ARM_WITHIN);
    else if (robot.phase === RobotPhase.ready) robot.arm(this.#now);
  }

  /** Driving: the policy's step; false if there is no command. */
  #drive(): boolean {
    const core = this.#core;
    const time = this.#now - this.#origin;
    this.#robot.stateAt(this.#now, this.#rows.measured);
    const calls = core.networkDue(time);
    if (calls) {
      const { motion } = this.#gates.seen;
      if (this.#takeParameters()) motion.expected.learn();
      this.#shared.takeResponse(motion.response.model);
    }
    const done = core.tick(time);
    if (!done || this.#ring.isNearlyFull) {
      const fault = done ? Fault.recorder : isCommand(this.#rows.commands) ? Fault.bounds : Fault.policy;
      this.#handleFault(fault, Number.NaN, Number.NaN);
      return false;
    }
    if (calls) this.#journal.firings(this.#now);
    if (calls) this.#journal.call(time);
    this.#journal.step(time);
    return true;
  }

  /** Driving: the move's step; false if it is over. */
  #move(moving: Moving): boolean {
    if (moving.step(this.#now - this.#origin, this.#robot.reading.state, this.#rows.inputs)) return true;
    this.#handle(RuntimeEvent.finish);
    return false;
  }

  /** Stopping: neutral until the robot stands. */
  #brake(): void {
    if (this.#hasEnd) this.#endDrive();
    const isStill = Math.abs(this.#robot.reading.state[PlanarState.v]) < STILL;
    if (!isStill) this.#stillSince = Number.NaN;
    else if (Number.isNaN(this.#stillSince)) this.#stillSince = this.#now;
    const since = isStill ? this.#stillSince : this.#stoppingSince;
    if (this.#now - since < (isStill ? STILL_FOR : STILL_AFTER)) return;
    this.#handle(this.#fault === Fault.none ? RuntimeEvent.rested : RuntimeEvent.restedAfterFault);
  }

  /** The state after the last step of a drive. */
  #endDrive(): void {
    this.#hasEnd = false;
    this.#robot.stateAt(this.#now, this.#rows.measured);
    this.#journal.end(this.#now - this.#origin);
  }
}
