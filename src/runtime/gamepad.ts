/**
 * A gamepad as the control thread sees it: its dead man's button, its stop button, its sticks. It reads the records of
 * the kernel's joystick interface, which tells changes only, and waits for nothing.
 */
import { readSync } from "node:fs";
import type { GamepadMapping } from "../config/gamepads.js";

/** A record of the kernel (linux/joystick.h): u32 time [ms], i16 value, u8 type, u8 number. */
enum RecordByte {
  value = 4,
  type = 6,
  number = 7,
  count = 8,
}
const BUTTON = 1;
const AXIS = 2;
/** added to the type where the kernel tells how things stand, after it was opened and after it lost records */
const INITIAL = 0x80;
const FULL = 32767;
/** A stick that is let go is this near to its middle [part of its range]. */
const MIDDLE = 0.08;
/** Records that are taken per control step at most: as many as the kernel keeps. */
const MOST = 64;

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
  readonly #descriptor: number;
  readonly #mapping: GamepadMapping;
  readonly #bytes = new Uint8Array(MOST * RecordByte.count);
  readonly #view = new DataView(this.#bytes.buffer);
  /** bytes that are there of a record whose rest is still to come */
  #kept = 0;
  #begins = false;

  /** `descriptor`: of a device that was opened without waiting. */
  constructor(descriptor: number, mapping: GamepadMapping) {
    this.#descriptor = descriptor;
    this.#mapping = mapping;
  }

  /** Takes what has come. */
  poll(): void {
    if (this.isLost) return;
    const count = this.#read();
    if (count < 0) {
      this.#lose();
      return;
    }
    const end = this.#kept + count;
    let at = 0;
    for (; at + RecordByte.count <= end && !this.isLost; at += RecordByte.count) this.#take(at);
    this.#bytes.copyWithin(0, at, end);
    this.#kept = end - at;
  }

  /** Whether the button that begins a drive was pressed while the other one was held, since the last call. */
  takeBegin(): boolean {
    const begins = this.#begins;
    this.#begins = false;
    return begins;
  }

  /** How many bytes came; -1 if none will come any more. */
  #read(): number {
    try {
      const count = readSync(this.#descriptor, this.#bytes, this.#kept, this.#bytes.length - this.#kept, null);
      return count === 0 ? -1 : count;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === "EAGAIN" ? 0 : -1;
    }
  }

  #lose(): void {
    this.isLost = true;
    this.isHeld = false;
    this.throttle = 0;
    this.steering = 0;
  }

  #take(at: number): void {
    const value = this.#view.getInt16(at + RecordByte.value, true);
    const type = this.#bytes[at + RecordByte.type];
    const number = this.#bytes[at + RecordByte.number];
    const kind = type & ~INITIAL;
    if (kind === BUTTON) this.#press(number, value !== 0, (type & INITIAL) !== 0);
    else if (kind === AXIS) this.#move(number, value);
    else this.#lose();
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
