/**
 * Consistent Overhead Byte Stuffing for frames shorter than 254 bytes: Cheshire and Baker, IEEE/ACM Transactions on
 * Networking 7(2), 1999. Every 0 becomes the distance to the next one, with one byte before all; so 0 is free to end a
 * frame.
 */

/** Writes the encoding of the first `count` bytes, without the closing 0; returns its length, always `count + 1`. */
export function encodeCobs(from: Uint8Array, count: number, to: Uint8Array): number {
  let codeAt = 0;
  for (let i = 0; i < count; i++) {
    const byte = from[i];
    to[i + 1] = byte;
    if (byte !== 0) continue;
    to[codeAt] = i + 1 - codeAt;
    codeAt = i + 1;
  }
  to[codeAt] = count + 1 - codeAt;
  return count + 1;
}

/**
 * Decodes the first `count` bytes, which do not include the closing 0; returns the length, or -1 if they are no such
 * encoding.
 */
export function decodeCobs(from: Uint8Array, count: number, to: Uint8Array): number {
  let length = 0;
  let at = 0;
  while (at < count) {
    const end = at + from[at];
    if (end === at || end > count) return -1;
    for (at++; at < end; at++) to[length++] = from[at];
    if (at < count) to[length++] = 0;
  }
  return length;
}
