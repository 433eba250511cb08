/**
 * Frames between lapgrad and the helper of a PCA9685 (links/pca9685/helper.py): ten bytes, 0xa5, kind, sequence (u16),
 * two numbers (i16), CRC-16/CCITT of these (u16), little-endian.
 */
import { crc16 } from "./crc16.js";

export const HELPER_FRAME = 10;
const HEAD = 0xa5;
const CHECKED = 8;
/** One unit of a command on the wire. */
const UNIT = 1e4;

/** What the helper is told. */
export enum HelperOrder {
  neutral = 1,
  /** throttle and steering */
  drive,
  /** it may follow commands, after 0.3 s of neutral */
  arm,
  disarm,
}

/** How the helper is. */
export enum HelperState {
  ready = 1,
  armed,
}

/** Why it stopped by itself last; none since it was armed. */
export enum HelperReason {
  none,
  silence,
  guard,
  paused,
  chipReset,
  bus,
}

/** Lays an order into `frame`; both inputs are held at their range, -1 to 1. */
export function writeHelperFrame(
  frame: DataView,
  order: HelperOrder,
  sequence: number,
  throttle: number,
  steering: number,
): void {
  frame.setUint8(0, HEAD);
  frame.setUint8(1, order);
  frame.setUint16(2, sequence, true);
  frame.setInt16(4, Math.round(UNIT * Math.max(-1, Math.min(1, throttle))), true);
  frame.setInt16(6, Math.round(UNIT * Math.max(-1, Math.min(1, steering))), true);
  frame.setUint16(CHECKED, crc16(new Uint8Array(frame.buffer, frame.byteOffset, CHECKED), CHECKED), true);
}

export type HelperHandler = (kind: number, sequence: number, first: number) => void;

/** Finds frames among bytes; whatever is none is passed over. */
export class HelperFrameReader {
  readonly #take: HelperHandler;
  readonly #bytes = new Uint8Array(HELPER_FRAME);
  readonly #view = new DataView(this.#bytes.buffer);
  #count = 0;

  constructor(take: HelperHandler) {
    this.#take = take;
  }

  push(bytes: Uint8Array, count: number): void {
    for (let i = 0; i < count; i++) {
      this.#bytes[this.#count++] = bytes[i];
      if (this.#bytes[0] !== HEAD) this.#pass();
      else if (this.#count === HELPER_FRAME) this.#finish();
    }
  }

  #finish(): void {
    if (crc16(this.#bytes, CHECKED) !== this.#view.getUint16(CHECKED, true)) {
      this.#pass();
      return;
    }
    this.#count = 0;
    this.#take(this.#bytes[1], this.#view.getUint16(2, true), this.#view.getInt16(4, true));
  }

  /** Goes on at the next byte that may begin a frame. */
  #pass(): void {
    let from = 1;
    while (from < this.#count && this.#bytes[from] !== HEAD) from++;
    this.#bytes.copyWithin(0, from, this.#count);
    this.#count -= from;
  }
}
