/** Frames to a board, numbered, and from it. */
import { Incoming } from "../incoming.js";
import type { Transport } from "../robot.js";
import { FrameReader, FrameWriter } from "../wire/frames.js";
import { FrameType } from "../wire/protocol.js";

/** A question is asked again after this [s]. */
const REPEAT = 0.1;

export class BoardPort {
  readonly #transport: Transport;
  readonly #incoming: Incoming;
  readonly #reader: FrameReader;
  readonly #writer = new FrameWriter();
  #asked = Number.NEGATIVE_INFINITY;
  /** number of the last frame that was sent */
  sequence = 0;

  /** `take` gets every frame that arrives whole. */
  constructor(transport: Transport, take: (type: FrameType, payload: DataView) => void) {
    this.#transport = transport;
    this.#incoming = new Incoming(transport);
    this.#reader = new FrameReader((type, _, payload) => take(type, payload));
  }

  /** Takes what has arrived. */
  receive(): void {
    this.#incoming.drain(this.#reader);
  }

  /** how many bytes came, of frames or not */
  get bytes(): number {
    return this.#incoming.count;
  }

  /** Of the next frame. */
  get payload(): DataView {
    return this.#writer.payload;
  }

  send(type: FrameType): void {
    // repeated hellos have one number, so that however many were lost the next frame is the one that the board expects
    if (type !== FrameType.hello) this.sequence = (this.sequence + 1) & 0xff;
    const count = this.#writer.finish(type, this.sequence);
    this.#transport.write(this.#writer.wire, count);
  }

  /** Whether it is time to ask a question, or to ask it again. */
  mayAsk(now: number): boolean {
    if (now - this.#asked < REPEAT) return false;
    this.#asked = now;
    return true;
  }

  /** The next question waits for none before it. */
  askAtOnce(): void {
    this.#asked = Number.NEGATIVE_INFINITY;
  }
}
