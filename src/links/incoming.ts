/** What a robot's port has brought. */
import type { BytePort } from "./robot.js";

/** Bytes that are taken at once; ten control steps of a full line. */
const SIZE = 4096;
/** Takings per control step: what the kernel keeps of a line at most. A port that babbles on must not hold the step up. */
const MOST = 16;

export class Incoming {
  readonly #port: BytePort;
  readonly #bytes = new Uint8Array(SIZE);

  constructor(port: BytePort) {
    this.#port = port;
  }

  /** Gives what is there to `reader`. */
  drain(reader: { push(bytes: Uint8Array, count: number): void }): void {
    for (let i = 0; i < MOST; i++) {
      const count = this.#port.read(this.#bytes);
      if (count > 0 && count <= SIZE) reader.push(this.#bytes, count);
      if (count !== SIZE) return;
    }
  }
}
