/**
 * What lies between a control thread and its robot: the main thread opens and closes it, the control thread reads and
 * writes.
 */
import { readSync, writeSync } from "node:fs";
import type { Transport } from "../links/robot.js";
import type { Live } from "../links/ros2/live.js";

/** What the main thread has opened for the control thread, and nobody else reads; neither waits. */
export interface Descriptors {
  readonly read: number;
  readonly write: number;
}

/** A transport as the main thread sees it: opened, watched and closed there. */
export interface Connection {
  /** where it leads, for people */
  readonly name: string;
  open(): Promise<Descriptors>;
  /** why it does not work any more, if so */
  readonly failure: string | undefined;
  /** Tells those who watch what happens in the drive. */
  show?(live: Live): void;
  /** Once the control thread has ended. */
  close(): Promise<void>;
}

/** A transport as the control thread sees it. */
export class DescriptorTransport implements Transport {
  readonly #descriptors: Descriptors;

  constructor(descriptors: Descriptors) {
    this.#descriptors = descriptors;
  }

  read(into: Uint8Array): number {
    try {
      return readSync(this.#descriptors.read, into, 0, into.length, null);
    } catch {
      return 0; // nothing there (EAGAIN), or the transport is gone: then the silence tells
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

/** A transport by which nothing is sent. */
export function silenced(transport: Transport): Transport {
  return { read: (into) => transport.read(into), write: () => false };
}
