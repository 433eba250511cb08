const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  return crc;
});

/**
 * CRC-16/CCITT-FALSE of the first `count` bytes: polynomial 0x1021, start 0xffff, no reflection; of "123456789" it is
 * 0x29b1.
 */
export function crc16(bytes: Uint8Array, count: number): number {
  let crc = 0xffff;
  for (let i = 0; i < count; i++) crc = ((crc << 8) & 0xffff) ^ TABLE[(crc >> 8) ^ bytes[i]];
  return crc;
}
