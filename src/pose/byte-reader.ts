/** Reads little-endian numbers and texts in turn; past the end everything is 0, and `isShort` tells. */
export class ByteReader {
  readonly #data: Buffer;
  at: number;
  /** more was read than there is */
  isShort = false;

  constructor(data: Buffer, at = 0) {
    this.#data = data;
    this.at = at;
  }

  get left(): number {
    return this.#data.length - this.at;
  }

  u8(): number {
    return this.#has(1) ? this.#data.readUInt8(this.at - 1) : 0;
  }

  u16(): number {
    return this.#has(2) ? this.#data.readUInt16LE(this.at - 2) : 0;
  }

  u32(): number {
    return this.#has(4) ? this.#data.readUInt32LE(this.at - 4) : 0;
  }

  /** Exact up to 2^53. */
  u64(): number {
    const low = this.u32();
    return low + this.u32() * 2 ** 32;
  }

  f32(): number {
    return this.#has(4) ? this.#data.readFloatLE(this.at - 4) : 0;
  }

  f64(): number {
    return this.#has(8) ? this.#data.readDoubleLE(this.at - 8) : 0;
  }

  /** A text that ends with a zero. */
  text(): string {
    const end = this.#data.indexOf(0, this.at);
    if (this.isShort || end < this.at) {
      this.isShort = true;
      return "";
    }
    const text = this.#data.toString("utf8", this.at, end);
    this.at = end + 1;
    return text;
  }

  skip(bytes: number): void {
    this.#has(bytes);
  }

  /** How many things follow, each of at least `least` bytes: more than there is room for is none. */
  count(least: number): number {
    const count = this.u32();
    if (count * least <= this.left) return count;
    this.isShort = true;
    return 0;
  }

  #has(bytes: number): boolean {
    if (!this.isShort && this.left >= bytes) {
      this.at += bytes;
      return true;
    }
    this.isShort = true;
    return false;
  }
}
