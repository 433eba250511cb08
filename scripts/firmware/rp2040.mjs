/**
 * From the linker's output to what an RP2040 boots: a flash image whose first 256 bytes, the second-stage loader, end
 * with a checksum, wrapped in UF2 blocks (https://github.com/microsoft/uf2). RP2040 datasheet, section 2.8.1.3.1
 * "Checksum".
 */
const FLASH = 0x10000000;
const LOADER_BYTES = 252;
const PAGE = 256;
const FAMILY = 0xe48bff56;

/** The loadable bytes of a 32-bit little-endian ELF file that lie in flash, as views into the file. */
function loadable(elf) {
  const parts = [];
  const start = elf.readUInt32LE(28);
  const size = elf.readUInt16LE(42);
  for (let i = 0; i < elf.readUInt16LE(44); i++) {
    const at = start + i * size;
    const [type, offset, , address, bytes] = [0, 4, 8, 12, 16].map((field) => elf.readUInt32LE(at + field));
    if (type === 1 && bytes > 0) parts.push({ address, bytes: elf.subarray(offset, offset + bytes) });
  }
  return parts;
}

/** CRC-32 as the boot ROM computes it: polynomial 0x04c11db7, start all ones, neither reflected nor inverted. */
export function bootChecksum(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc = (crc ^ (byte << 24)) >>> 0;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? ((crc << 1) ^ 0x04c11db7) >>> 0 : (crc << 1) >>> 0;
  }
  return crc;
}

/** Fills the checksum of the loader into the ELF file. */
export function seal(elf) {
  const loader = loadable(elf).find(({ address }) => address === FLASH)?.bytes;
  if (loader?.length < PAGE) throw new Error(`the loader has ${loader.length} bytes, needed are ${PAGE}`);
  loader.writeUInt32LE(bootChecksum(loader.subarray(0, LOADER_BYTES)), LOADER_BYTES);
  return elf;
}

export function flashImage(elf) {
  const parts = loadable(elf);
  const end = Math.max(...parts.map(({ address, bytes }) => address + bytes.length));
  const image = Buffer.alloc(Math.ceil((end - FLASH) / PAGE) * PAGE);
  for (const { address, bytes } of parts) bytes.copy(image, address - FLASH);
  return image;
}

export function uf2(image) {
  const blocks = image.length / PAGE;
  const file = Buffer.alloc(blocks * 512);
  for (let i = 0; i < blocks; i++) {
    const at = i * 512;
    const words = [0x0a324655, 0x9e5d5157, 0x2000, FLASH + i * PAGE, PAGE, i, blocks, FAMILY];
    for (const [k, word] of words.entries()) file.writeUInt32LE(word, at + 4 * k);
    image.copy(file, at + 32, i * PAGE, (i + 1) * PAGE);
    file.writeUInt32LE(0x0ab16f30, at + 508);
  }
  return file;
}
