/** A gamepad as the kernel shows it: records of 8 bytes (linux/joystick.h), through a pipe with a name. */
import { execFileSync } from "node:child_process";
import { closeSync, constants, openSync, writeSync } from "node:fs";
import { join } from "node:path";

let count = 0;

/** A record: type 1 is a button, 2 an axis; 0x80 more: how things stand. */
export function record(type: number, number: number, value: number): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setUint32(0, 12345, true);
  bytes.setInt16(4, value, true);
  bytes.setUint8(6, type);
  bytes.setUint8(7, number);
  return new Uint8Array(bytes.buffer);
}

export class FakeGamepad {
  readonly path: string;
  #writer: number;

  /** In a folder that is there; its reader opens {@link path}. */
  constructor(folder: string) {
    this.path = join(folder, `js${count++}`);
    execFileSync("mkfifo", [this.path]);
    this.#writer = openSync(this.path, constants.O_RDWR | constants.O_NONBLOCK);
  }

  /** Once it was opened for reading: from here on its end is an end of the file. */
  plugIn(): void {
    const writer = openSync(this.path, constants.O_WRONLY | constants.O_NONBLOCK);
    closeSync(this.#writer);
    this.#writer = writer;
  }

  send(...records: readonly Uint8Array[]): void {
    for (const bytes of records) writeSync(this.#writer, bytes);
  }

  press(number: number, isDown = true): void {
    this.send(record(1, number, isDown ? 1 : 0));
  }

  move(number: number, value: number): void {
    this.send(record(2, number, value));
  }

  unplug(): void {
    closeSync(this.#writer);
  }
}
