/** What a robot's transport has brought. */
import type { Transport } from "./robot.js";

/** Bytes that are taken at once; ten control steps of a full serial line. */
const SIZE = 4096;
/**
 * Takings per control step: what the kernel keeps of a serial line at most. A robot that babbles on must not hold the
 * step up.
 */
const MOST = 16;

export class Incoming {
  readonly #transport: Transport;
  readonly #bytes = new Uint8Array(SIZE);
  /** how many bytes came, whatever they mean */
  count = 0;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Gives what is there to `reader`. */
  drain(reader: { push(bytes: Uint8Array, count: number): void }): void {
    for (let i = 0; i < MOST; i++) {
      const count = this.#transport.read(this.#bytes);
      if (count > 0 && count <= SIZE) {
        this.count += count;
        reader.push(this.#bytes, count);
      }
      if (count !== SIZE) return;
    }
  }
}
