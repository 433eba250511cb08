/** Little-endian numbers and texts one after the other: what encoders of protocols are made of. */
export class Bytes {
  readonly #parts: Buffer[] = [];

  #put(size: number, write: (buffer: Buffer) => void): this {
    const part = Buffer.alloc(size);
    write(part);
    this.#parts.push(part);
    return this;
  }

  u8 = (value: number) => this.#put(1, (part) => part.writeUInt8(value));
  u16 = (value: number) => this.#put(2, (part) => part.writeUInt16LE(value));
  u32 = (value: number) => this.#put(4, (part) => part.writeUInt32LE(value >>> 0));
  u64 = (value: bigint) => this.#put(8, (part) => part.writeBigUInt64LE(value));
  f32 = (value: number) => this.#put(4, (part) => part.writeFloatLE(value));
  f64 = (value: number) => this.#put(8, (part) => part.writeDoubleLE(value));
  /** ends with a zero */
  text = (value: string) => this.raw(Buffer.from(`${value}\0`));
  /** in a field of that size */
  field = (value: string, size: number) => this.#put(size, (part) => part.write(value));

  raw(buffer: Buffer): this {
    this.#parts.push(buffer);
    return this;
  }

  get buffer(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

/** An object on the floor, as a test places it: metres, radians. */
export interface Placed {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly heading: number;
  /** it is known, and not seen */
  readonly isLost?: boolean;
  /** turned about its forward axis [rad] */
  readonly roll?: number;
}
