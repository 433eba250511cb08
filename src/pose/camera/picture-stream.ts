/** Grey pictures out of a stream of bytes: YUV4MPEG2 with brightness only, as ffmpeg writes it. */
import { UserError } from "../../errors.js";
import { shortened } from "../../output.js";

const LINE_END = 10;
/** No line before a picture is longer [byte]. */
const LONGEST_LINE = 256;

export class PictureStream {
  readonly #width: number;
  readonly #height: number;
  readonly #take: (picture: Uint8Array<ArrayBuffer>) => void;
  #line = "";
  #isBegun = false;
  #picture: Uint8Array<ArrayBuffer> | undefined;
  #filled = 0;

  /** `take`: gets every whole picture, a byte per pixel, row by row; it is never used here again. */
  constructor(width: number, height: number, take: (picture: Uint8Array<ArrayBuffer>) => void) {
    this.#width = width;
    this.#height = height;
    this.#take = take;
  }

  /**
   * Takes bytes in as they come.
   * @throws UserError if they are no such pictures, or of another size
   */
  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; )
      at = this.#picture ? this.#fill(this.#picture, bytes, at) : this.#read(bytes, at);
  }

  /** Up to where bytes were used. */
  #fill(picture: Uint8Array<ArrayBuffer>, bytes: Uint8Array, at: number): number {
    const part = bytes.subarray(at, at + picture.length - this.#filled);
    picture.set(part, this.#filled);
    this.#filled += part.length;
    if (this.#filled === picture.length) {
      this.#picture = undefined;
      this.#take(picture);
    }
    return at + part.length;
  }

  #read(bytes: Uint8Array, at: number): number {
    const found = bytes.indexOf(LINE_END, at);
    const end = found < 0 ? bytes.length : found;
    this.#line += String.fromCharCode(...bytes.subarray(at, Math.min(end, at + LONGEST_LINE)));
    if (this.#line.length >= LONGEST_LINE) throw this.#refusal();
    if (found >= 0) this.#heed();
    return end + 1;
  }

  #heed(): void {
    const line = this.#line;
    this.#line = "";
    if (!this.#isBegun) {
      const [, width, height] = /^YUV4MPEG2 W(\d+) H(\d+) .*Cmono\b/.exec(line) ?? [];
      if (width === undefined) throw this.#refusal(line);
      if (Number(width) !== this.#width || Number(height) !== this.#height)
        throw new UserError(
          `the camera gives pictures of ${width} x ${height} pixels, and was calibrated with ${this.#width} x ` +
            `${this.#height}: calibrate it with a size that it has`,
        );
      this.#isBegun = true;
      return;
    }
    if (!line.startsWith("FRAME")) throw this.#refusal(line);
    this.#picture = new Uint8Array(this.#width * this.#height);
    this.#filled = 0;
  }

  #refusal(line = this.#line): UserError {
    return new UserError(`what ffmpeg writes begins with "${shortened(line)}"; expected is YUV4MPEG2 in grey`);
  }
}
