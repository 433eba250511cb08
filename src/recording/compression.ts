/** Chunks of MCAP files that other programs wrote: zstd and LZ4, the two compressions that the format has. */
import { decompress as decompressZstd } from "fzstd";

/** More than any writer puts into a chunk: most end one at 1 to 8 MiB. */
const MOST_BYTES = 32 * 1024 * 1024;

/** By MCAP's name of the compression: the bytes of a chunk, which says how many they are. */
export const DECOMPRESSORS: Readonly<Record<string, (chunk: Uint8Array, size: bigint) => Uint8Array>> = {
  zstd: (chunk, size) => {
    const bytes = roomFor(size); // given to fzstd, or it would take what a damaged frame asks for
    decompressZstd(chunk, bytes);
    return bytes;
  },
  lz4: (chunk, size) => {
    const bytes = roomFor(size);
    new Lz4Frame(chunk, bytes).decompress();
    return bytes;
  },
};

function roomFor(size: bigint): Uint8Array {
  if (size > MOST_BYTES) throw new Error(`a chunk says that it holds ${size} bytes; allowed are ${MOST_BYTES}`);
  return new Uint8Array(Number(size));
}

const LZ4_MAGIC = 0x184d2204;
/** Bits of a frame's descriptor, and of a block's size. */
const LZ4 = { contentSize: 0x08, blockChecksum: 0x10, dictionary: 0x01, isStored: 0x80000000 } as const;
/** Shortest match, and the length at which more bytes of it follow. */
const MATCH = 4;
const LONG = 15;

/**
 * LZ4's frame format, which a chunk of `lz4` is. Own code, since the packages there are (lz4js, wasm-lz4) take a
 * damaged block for a whole one or stay broken after it. Checksums are left to the chunk's own.
 */
class Lz4Frame {
  readonly #from: Uint8Array;
  readonly #view: DataView;
  readonly #to: Uint8Array;
  #read = 0;
  #written = 0;

  constructor(from: Uint8Array, to: Uint8Array) {
    this.#from = from;
    this.#view = new DataView(from.buffer, from.byteOffset, from.byteLength);
    this.#to = to;
  }

  /** Fills `to`; an Error if the frame holds other bytes, or more, or fewer. */
  decompress(): void {
    if (this.#uint32() !== LZ4_MAGIC) throw new Error("an lz4 chunk does not begin as an LZ4 frame");
    const flags = this.#byte();
    this.#byte(); // size of the blocks: the chunk's own is known
    if (flags & LZ4.dictionary) throw new Error("an lz4 chunk needs a dictionary");
    if (flags & LZ4.contentSize) this.#read += 8;
    this.#byte(); // checksum of the header
    for (let size = this.#uint32(); size !== 0; size = this.#uint32()) {
      const isStored = size >= LZ4.isStored;
      const end = this.#read + (isStored ? size - LZ4.isStored : size);
      if (end > this.#from.length) throw damaged();
      if (isStored) this.#copy(end - this.#read);
      else this.#block(end);
      if (flags & LZ4.blockChecksum) this.#read += 4;
    }
    if (this.#written !== this.#to.length) throw damaged();
  }

  /** Sequences of literals and a match; the last is of literals only. */
  #block(end: number): void {
    while (this.#read < end) {
      const token = this.#byte();
      this.#copy(this.#length(token >> 4));
      if (this.#read >= end) return;
      const distance = this.#byte() | (this.#byte() << 8);
      const length = this.#length(token & LONG) + MATCH;
      if (distance === 0 || distance > this.#written || this.#written + length > this.#to.length) throw damaged();
      // byte by byte: a match may reach into itself
      for (const last = this.#written + length; this.#written < last; this.#written++)
        this.#to[this.#written] = this.#to[this.#written - distance];
    }
  }

  #length(short: number): number {
    let length = short;
    for (let more = short === LONG ? 255 : 0; more === 255; length += more) more = this.#byte();
    return length;
  }

  #copy(count: number): void {
    const bytes = this.#from.subarray(this.#read, this.#read + count);
    if (bytes.length < count || this.#written + count > this.#to.length) throw damaged();
    this.#to.set(bytes, this.#written);
    this.#read += count;
    this.#written += count;
  }

  #byte(): number {
    if (this.#read >= this.#from.length) throw damaged();
    return this.#from[this.#read++];
  }

  #uint32(): number {
    if (this.#read + 4 > this.#from.length) throw damaged();
    const value = this.#view.getUint32(this.#read, true);
    this.#read += 4;
    return value;
  }
}

function damaged(): Error {
  return new Error("a chunk of lz4 is damaged");
}
