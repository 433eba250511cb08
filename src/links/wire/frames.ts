import { decodeCobs, encodeCobs } from "./cobs.js";
import { crc16 } from "./crc16.js";
import { type FrameType, payloadSize, protocol } from "./protocol.js";

/** type and sequence number before the payload, checksum behind */
const HEAD = 2;
const TAIL = 2;
const LONGEST = HEAD + protocol.maxPayload + TAIL;

/**
 * Makes frames in one buffer, without allocating: put the payload with a write function, finish, send the first bytes
 * of `wire`.
 *
 *     writeDrive(writer.payload, 0, drive);
 *     const count = writer.finish(FrameType.drive, sequence);
 */
export class FrameWriter {
  readonly #frame = new Uint8Array(LONGEST);
  readonly payload = new DataView(this.#frame.buffer, HEAD, protocol.maxPayload);
  /** the finished frame, with COBS's one byte more and the closing 0; overwritten by the next */
  readonly wire = new Uint8Array(LONGEST + 2);

  /** Encodes the frame whose payload lies in `payload`; returns how many bytes of `wire` to send. */
  finish(type: FrameType, sequence: number): number {
    const frame = this.#frame;
    const covered = HEAD + payloadSize[type];
    frame[0] = type;
    frame[1] = sequence;
    const crc = crc16(frame, covered);
    frame[covered] = crc & 0xff;
    frame[covered + 1] = crc >> 8;
    const length = encodeCobs(frame, covered + TAIL, this.wire);
    this.wire[length] = 0;
    return length + 1;
  }
}

/** Takes a frame; `payload` is the reader's own and changes with the next frame, so read it at once. */
export type FrameHandler = (type: FrameType, sequence: number, payload: DataView) => void;

/** Finds frames in what a line brings, in pieces of any size. Damaged ones are counted, and the next is found again. */
export class FrameReader {
  readonly #handle: FrameHandler;
  readonly #encoded = new Uint8Array(LONGEST + 1);
  readonly #frame = new Uint8Array(LONGEST + 1);
  readonly #payload = new DataView(this.#frame.buffer, HEAD, protocol.maxPayload);
  #count = 0;
  #tooLong = false;

  /** frames delivered */
  frames = 0;
  /** frames with a wrong checksum */
  checksumErrors = 0;
  /** frames too short, too long or not COBS */
  framingErrors = 0;
  /** frames of an unknown type or the wrong size for theirs */
  payloadErrors = 0;

  constructor(handle: FrameHandler) {
    this.#handle = handle;
  }

  /** Forgets a frame that has begun, as when the line was closed and opened again. */
  reset(): void {
    this.#count = 0;
    this.#tooLong = false;
  }

  push(bytes: Uint8Array, count = bytes.length): void {
    for (let i = 0; i < count; i++) {
      const byte = bytes[i];
      if (byte === 0) this.#finish();
      else if (this.#count === this.#encoded.length) this.#tooLong = true;
      else this.#encoded[this.#count++] = byte;
    }
  }

  #finish(): void {
    const count = this.#count;
    const tooLong = this.#tooLong;
    this.reset();
    // a 0 more than needed is no error: it is how a sender ends what was cut off before
    if (count === 0) return;
    const length = tooLong ? -1 : decodeCobs(this.#encoded, count, this.#frame);
    if (length < HEAD + TAIL) {
      this.framingErrors++;
      return;
    }
    const covered = length - TAIL;
    const crc = this.#frame[covered] | (this.#frame[covered + 1] << 8);
    if (crc !== crc16(this.#frame, covered)) {
      this.checksumErrors++;
      return;
    }
    const type = this.#frame[0] as FrameType;
    if (payloadSize[type] !== covered - HEAD) {
      this.payloadErrors++;
      return;
    }
    this.frames++;
    this.#handle(type, this.#frame[1], this.#payload);
  }
}
