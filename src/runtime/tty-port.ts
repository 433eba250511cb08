/** The control thread's own descriptor of a serial port that the main thread has opened and configured: reading never waits. */
import { closeSync, constants, openSync, readSync, writeSync } from "node:fs";
import type { BytePort } from "../links/robot.js";

export class TtyPort implements BytePort {
  readonly #descriptor: number;

  constructor(path: string) {
    this.#descriptor = openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  }

  read(into: Uint8Array): number {
    try {
      return readSync(this.#descriptor, into, 0, into.length, null);
    } catch {
      return 0; // nothing there (EAGAIN), or the line is gone: then the silence tells
    }
  }

  write(bytes: Uint8Array, count: number): boolean {
    try {
      return writeSync(this.#descriptor, bytes, 0, count) === count;
    } catch {
      return false;
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
