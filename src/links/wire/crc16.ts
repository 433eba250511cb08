const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  return crc;
});

/** Where the two that are used here start: of "123456789" they are 0x29b1 and 0x31c3. */
export enum CrcStart {
  /** CRC-16/CCITT-FALSE */
  ccitt = 0xffff,
  /** CRC-16/XMODEM */
  xmodem = 0,
}

/** CRC-16 of the bytes from `from` up to before `to`: polynomial 0x1021, no reflection. */
export function crc16(bytes: Uint8Array, to: number, from = 0, start = CrcStart.ccitt): number {
  let crc: number = start;
  for (let i = from; i < to; i++) crc = ((crc << 8) & 0xffff) ^ TABLE[(crc >> 8) ^ bytes[i]];
  return crc;
}
