/**
 * Frames of VESC firmware (its comm/packet.c): 02, length, payload, CRC-16/XMODEM of the payload, 03; payloads of more
 * than 255 bytes begin with 03 and a length of two bytes. Numbers have their high byte first.
 */
import { CrcStart, crc16 } from "./crc16.js";

const SHORT = 2;
const LONG = 3;
const END = 3;
/** a longer payload comes from no VESC */
export const VESC_LONGEST = 512;
/** checksum and end */
const TAIL = 3;
/** Bytes of all frames that are sent at once: five of them have 42. */
const ROOM = 128;

/**
 * Makes frames, one behind the other, in one buffer, without allocating:
 *
 *     writer.clear();
 *     writer.begin(VescCommand.setDuty);
 *     writer.int32(2000);
 *     writer.end();
 *     transport.write(writer.wire, writer.count);
 */
export class VescFrameWriter {
  readonly wire = new Uint8Array(ROOM);
  /** bytes of `wire` that are frames */
  count = 0;
  readonly #view = new DataView(this.wire.buffer);
  #payload = 0;

  clear(): void {
    this.count = 0;
  }

  begin(command: number): void {
    this.wire[this.count] = SHORT;
    this.#payload = this.count + 2;
    this.count += 2;
    this.uint8(command);
  }

  uint8(value: number): void {
    this.#view.setUint8(this.count, value);
    this.count += 1;
  }

  int16(value: number): void {
    this.#view.setInt16(this.count, value);
    this.count += 2;
  }

  int32(value: number): void {
    this.#view.setInt32(this.count, value);
    this.count += 4;
  }

  end(): void {
    this.wire[this.#payload - 1] = this.count - this.#payload;
    this.int16(crc16(this.wire, this.count, this.#payload, CrcStart.xmodem));
    this.uint8(END);
  }
}

/** Whether a payload of this length may begin with this command. */
export type VescExpectation = (command: number, length: number) => boolean;
/** Takes a payload, `length` bytes of `bytes` from `from`: the reader's own, they change with the next frame. */
export type VescHandler = (command: number, bytes: DataView, from: number, length: number) => void;

/**
 * Finds frames in what a line brings, in pieces of any size. What is damaged is counted and costs no frame behind it:
 * what cannot be a frame, by its length and its command too, loses its first byte, until the rest can.
 */
export class VescFrameReader {
  /** frames delivered */
  frames = 0;
  /** frames with a wrong checksum, or without their end */
  damaged = 0;
  /** bytes that belong to no frame */
  strayBytes = 0;
  readonly #expects: VescExpectation;
  readonly #handle: VescHandler;
  readonly #frame = new Uint8Array(3 + VESC_LONGEST + TAIL);
  readonly #view = new DataView(this.#frame.buffer);
  #count = 0;
  /** bytes that the frame has before its payload, and in it; 0: its length is not known yet */
  #head = 0;
  #length = 0;

  constructor(expects: VescExpectation, handle: VescHandler) {
    this.#expects = expects;
    this.#handle = handle;
  }

  push(bytes: Uint8Array, count = bytes.length): void {
    for (let i = 0; i < count; i++) {
      this.#frame[this.#count++] = bytes[i];
      this.#check();
    }
  }

  /** Delivers what is whole, and drops what cannot be a frame. */
  #check(): void {
    while (this.#count > 0) {
      if (!this.#mayBegin()) {
        this.#drop(1);
        this.strayBytes++;
        continue;
      }
      const size = this.#head + this.#length + TAIL;
      if (this.#length === 0 || this.#count < size) return;
      if (this.#isWhole()) {
        this.frames++;
        this.#handle(this.#frame[this.#head], this.#view, this.#head, this.#length);
        this.#drop(size);
      } else {
        this.damaged++;
        this.#drop(1);
      }
    }
  }

  /** Whether what there is may be the beginning of a frame; finds its length, if that is there. */
  #mayBegin(): boolean {
    const frame = this.#frame;
    this.#length = 0;
    if (frame[0] !== SHORT && frame[0] !== LONG) return false;
    this.#head = frame[0];
    if (this.#count < this.#head) return true;
    const length = frame[0] === SHORT ? frame[1] : (frame[1] << 8) | frame[2];
    if (length === 0 || length > VESC_LONGEST || (frame[0] === LONG && length <= 255)) return false;
    this.#length = length;
    return this.#count === this.#head || this.#expects(frame[this.#head], length);
  }

  #isWhole(): boolean {
    const end = this.#head + this.#length;
    if (this.#frame[end + 2] !== END) return false;
    return crc16(this.#frame, end, this.#head, CrcStart.xmodem) === this.#view.getUint16(end);
  }

  #drop(count: number): void {
    this.#frame.copyWithin(0, count, this.#count);
    this.#count -= count;
  }
}
