/** What the kernel's joystick interface says of a gamepad: changes only. Nothing here waits, and nothing allocates. */
import { readSync } from "node:fs";

/** A record of the kernel (linux/joystick.h): u32 time [ms], i16 value, u8 type, u8 number. */
enum RecordByte {
  value = 4,
  type = 6,
  number = 7,
  count = 8,
}
export enum GamepadPart {
  button = 1,
  axis = 2,
}
/** added to the type where the kernel tells how things stand, after it was opened and after it lost records */
const INITIAL = 0x80;
/** Of an axis at its end. */
export const FULL = 32767;
/** Records that are taken at a time at most: as many as the kernel keeps. */
const MOST = 64;

/** `isInitial`: it is so already, and was not changed just now. */
export type TakeRecord = (part: GamepadPart, number: number, value: number, isInitial: boolean) => void;

export class GamepadRecords {
  /** no record will come any more: it is gone as far as the kernel knows, or it is no gamepad */
  isLost = false;
  readonly #descriptor: number;
  readonly #take: TakeRecord;
  readonly #bytes = new Uint8Array(MOST * RecordByte.count);
  readonly #view = new DataView(this.#bytes.buffer);
  /** bytes that are there of a record whose rest is still to come */
  #kept = 0;

  /** `descriptor`: of a device that was opened without waiting. */
  constructor(descriptor: number, take: TakeRecord) {
    this.#descriptor = descriptor;
    this.#take = take;
  }

  /** Takes what has come. */
  poll(): void {
    if (this.isLost) return;
    const count = this.#read();
    if (count < 0) {
      this.isLost = true;
      return;
    }
    const end = this.#kept + count;
    let at = 0;
    for (; at + RecordByte.count <= end && !this.isLost; at += RecordByte.count) this.#takeRecord(at);
    this.#bytes.copyWithin(0, at, end);
    this.#kept = end - at;
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

  #takeRecord(at: number): void {
    const type = this.#bytes[at + RecordByte.type];
    const part = type & ~INITIAL;
    if (part !== GamepadPart.button && part !== GamepadPart.axis) {
      this.isLost = true;
      return;
    }
    const value = this.#view.getInt16(at + RecordByte.value, true);
    this.#take(part, this.#bytes[at + RecordByte.number], value, (type & INITIAL) !== 0);
  }
}
