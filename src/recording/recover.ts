import { McapRecordBuilder } from "@mcap/core";

const MAGIC = Uint8Array.of(0x89, 0x4d, 0x43, 0x41, 0x50, 0x30, 0x0d, 0x0a);
const CHUNK = 0x06;
const FOOTER = 0x02;
/** opcode (1 byte) and length (8 bytes) in front of every record */
const RECORD_HEADER = 9;
/**
 * what stands between a chunk's header and its records: two times, size, CRC, an empty compression name, length of the
 * records
 */
const CHUNK_PREFIX = 8 + 8 + 8 + 4 + 4 + 8;

/** size of the end of a whole file: a footer record (two offsets, CRC) and the magic */
export const TAIL = RECORD_HEADER + 8 + 8 + 4 + MAGIC.length;

/** Whether the bytes begin like an MCAP file; true too for a file that is cut within the first eight bytes. */
export function looksLikeMcap(bytes: Uint8Array): boolean {
  return bytes.length > 0 && MAGIC.every((byte, i) => i >= bytes.length || bytes[i] === byte);
}

/**
 * Whether these are the last bytes (at least {@link TAIL}) of an MCAP file that was ended: a footer record, then the
 * magic.
 */
export function endsLikeMcap(bytes: Uint8Array): boolean {
  const tail = bytes.subarray(-TAIL);
  const magic = tail.subarray(-MAGIC.length);
  return tail.length === TAIL && tail[0] === FOOTER && MAGIC.every((byte, i) => magic[i] === byte);
}

/** End of the last whole record that begins at `from` or behind it. */
function endOfRecords(bytes: Uint8Array, from: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = from;
  while (end + RECORD_HEADER <= bytes.length) {
    const next = end + RECORD_HEADER + Number(view.getBigUint64(end + 1, true));
    if (next > bytes.length) break;
    end = next;
  }
  return end;
}

/** Whether another MCAP file begins where this one ends, as when two were written behind each other. */
export function hasSecondFile(bytes: Uint8Array): boolean {
  const behind = bytes.subarray(endOfRecords(bytes, MAGIC.length) + MAGIC.length);
  return behind.length >= MAGIC.length && looksLikeMcap(behind);
}

/**
 * What an MCAP reader can be fed of a file that may be cut anywhere: all whole records, then a chunk made of the whole
 * records in a chunk that is cut. A whole file comes back as it is (its magic at the end is part of the last piece).
 * @param bytes of a file that {@link looksLikeMcap}
 */
export function readableParts(bytes: Uint8Array): Uint8Array[] {
  const end = endOfRecords(bytes, MAGIC.length);
  const tail = bytes.subarray(end);
  const isCutChunk = tail[0] === CHUNK && tail.length > RECORD_HEADER + CHUNK_PREFIX;
  if (!isCutChunk) return [bytes];
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  const compressionLength = view.getUint32(RECORD_HEADER + 28, true);
  if (compressionLength !== 0) return [bytes.subarray(0, end)];

  const inside = tail.subarray(RECORD_HEADER + CHUNK_PREFIX);
  const records = inside.subarray(0, endOfRecords(inside, 0));
  const builder = new McapRecordBuilder();
  builder.writeChunk({
    messageStartTime: view.getBigUint64(RECORD_HEADER, true),
    messageEndTime: view.getBigUint64(RECORD_HEADER + 8, true),
    uncompressedSize: BigInt(records.length),
    // 0 is "no checksum": the chunk's own covers what is lost.
    uncompressedCrc: 0,
    compression: "",
    records,
  });
  return [bytes.subarray(0, end), builder.buffer];
}
