/** A port of the control thread: descriptors that the main thread has opened and that nobody else reads. Reading never waits. */
import { readSync, writeSync } from "node:fs";
import type { BytePort } from "../links/robot.js";
import type { Descriptors } from "./line.js";

export class DescriptorPort implements BytePort {
  readonly #descriptors: Descriptors;

  constructor(descriptors: Descriptors) {
    this.#descriptors = descriptors;
  }

  read(into: Uint8Array): number {
    try {
      return readSync(this.#descriptors.read, into, 0, into.length, null);
    } catch {
      return 0; // nothing there (EAGAIN), or the line is gone: then the silence tells
    }
  }

  write(bytes: Uint8Array, count: number): boolean {
    try {
      return writeSync(this.#descriptors.write, bytes, 0, count) === count;
    } catch {
      return false;
    }
  }
}
