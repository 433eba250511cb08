/**
 * A gamepad as the control thread sees it: its dead man's button, its stop button, its sticks. It waits for nothing.
 */
import type { GamepadMapping } from "../config/gamepads.js";
import { FULL, GamepadPart, GamepadRecords } from "./gamepad-records.js";

/** A stick that is let go is this near to its middle [part of its range]. */
const MIDDLE = 0.08;

export class Gamepad {
  /** the dead man's button is held; one that was held before it was opened must be let go first */
  isHeld = false;
  /** it was unplugged, is out of range or empty as far as the kernel knows, or is no gamepad; for good */
  isLost = false;
  /** its stop button was pressed, for good */
  isStopped = false;
  /** forward, and to the left: -1 to 1, throttle within what is allowed */
  throttle = 0;
  steering = 0;
  readonly #mapping: GamepadMapping;
  readonly #records: GamepadRecords;
  #begins = false;

  /** `descriptor`: of a device that was opened without waiting. */
  constructor(descriptor: number, mapping: GamepadMapping) {
    this.#mapping = mapping;
    this.#records = new GamepadRecords(descriptor, (part, number, value, isInitial) => {
      if (part === GamepadPart.button) this.#press(number, value !== 0, isInitial);
      else this.#move(number, value);
    });
  }

  /** Takes what has come. */
  poll(): void {
    this.#records.poll();
    if (this.#records.isLost && !this.isLost) this.#lose();
  }

  /** Whether the button that begins a drive was pressed while the other one was held, since the last call. */
  takeBegin(): boolean {
    const begins = this.#begins;
    this.#begins = false;
    return begins;
  }

  #lose(): void {
    this.isLost = true;
    this.isHeld = false;
    this.throttle = 0;
    this.steering = 0;
  }

  #press(number: number, isDown: boolean, isInitial: boolean): void {
    const { hold, stop, begin } = this.#mapping;
    if (number === stop && isDown) this.isStopped = true;
    if (number === hold && (!isDown || !isInitial)) this.isHeld = isDown;
    if (number === begin && isDown && !isInitial && this.isHeld) this.#begins = true;
  }

  /** A stick that is pushed forward, or to the left, is below 0. */
  #move(number: number, value: number): void {
    const { throttle, steering, throttleReversed, steeringReversed, maxThrottle } = this.#mapping;
    const part = Math.max(-1, Math.min(1, -value / FULL));
    const pushed = Math.abs(part) < MIDDLE ? 0 : part;
    if (number === throttle) this.throttle = maxThrottle * (throttleReversed ? -pushed : pushed);
    if (number === steering) this.steering = steeringReversed ? -pushed : pushed;
  }
}
