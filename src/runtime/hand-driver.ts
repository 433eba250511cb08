/**
 * Somebody drives a robot by a gamepad: it is armed while the dead man's button is held, and follows the sticks. After
 * anything that stopped it the button must be let go and pressed anew. It allocates nothing and waits for nothing.
 */
import { lateAfter } from "../config/timeouts.js";
import { type Robot, RobotPhase } from "../links/robot.js";
import type { Gamepad } from "./gamepad.js";

export class HandDriver {
  /** of the last step: throttle, steering */
  readonly command = new Float64Array(2);
  readonly #robot: Robot;
  readonly #gamepad: Gamepad;
  readonly #lateAfter: number;
  #isArmed = false;
  #isAsked = false;
  /** until the button is let go */
  #isBlocked = false;
  #last = Number.NaN;

  /** `period`: between two steps [s]. */
  constructor(robot: Robot, gamepad: Gamepad, period: number) {
    this.#robot = robot;
    this.#gamepad = gamepad;
    this.#lateAfter = lateAfter(period);
  }

  /** What the robot is to be sent at `now` [s]; neutral unless `isAllowed`, and the button is held. */
  step(now: number, isAllowed: boolean): Float64Array {
    const { command } = this;
    const robot = this.#robot;
    const { isHeld, isStopped, throttle, steering } = this.#gamepad;
    const leftByItself = this.#isArmed && robot.phase !== RobotPhase.armed;
    if (leftByItself || now - this.#last > this.#lateAfter) this.#isBlocked = true;
    this.#last = now;
    if (!isHeld) this.#isBlocked = false;
    if (!isAllowed || !isHeld || isStopped || this.#isBlocked) {
      this.release(now);
      return command;
    }
    if (robot.phase === RobotPhase.ready) robot.arm(now);
    this.#isAsked = true;
    this.#isArmed = robot.phase === RobotPhase.armed;
    command[0] = this.#isArmed ? throttle : 0;
    command[1] = this.#isArmed ? steering : 0;
    return command;
  }

  /** All of a step where nothing else drives the robot: takes what the gamepad tells, sends what {@link step} says. */
  drive(now: number, isAllowed: boolean): void {
    this.#gamepad.poll();
    this.#robot.send(now, this.step(now, isAllowed));
  }

  /** The gamepad's button to stop was pressed. */
  get isStopped(): boolean {
    return this.#gamepad.isStopped;
  }

  /** The robot follows the sticks. */
  get isFollowed(): boolean {
    return this.#isArmed;
  }

  /** The robot follows nothing any more. */
  release(now: number): void {
    this.command.fill(0);
    this.#isArmed = false;
    if (!this.#isAsked) return;
    this.#isAsked = false;
    this.#robot.disarm(now);
  }
}
