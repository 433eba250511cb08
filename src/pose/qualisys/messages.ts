/**
 * What is needed of the real-time protocol of Qualisys Track Manager, on its little-endian port. Every packet: u32
 * bytes in all, u32 kind, and what follows.
 *
 *   data       i64 time [µs], u32 frame, u32 components, each u32 bytes in all, u32 kind and its own
 *   component  5, rigid bodies: u32 bodies, u16 drop rate, u16 out-of-sync rate, and per body float32[3] position [mm]
 *              and float32[9] rotation matrix, column by column; a body that is lost has NaN
 *
 * Names are in the XML that answers GetParameters 6D, in the order of the bodies.
 */
import { ByteReader } from "../byte-reader.js";

export enum QtmPacket {
  error = 0,
  command = 1,
  xml = 2,
  data = 3,
  noMoreData = 4,
  event = 6,
}

export const QTM_HEAD = 8;
/** No packet that is asked for is longer [byte]. */
export const LONGEST_PACKET = 1024 * 1024;
const BODIES = 5;
const BODY = 48;
const PER_METRE = 1000;
const PER_SECOND = 1e6;

export interface QtmBody {
  /** [m] */
  readonly x: number;
  readonly y: number;
  readonly heading: number;
  /** [rad] */
  readonly tilt: number;
}

/** A command as QTM takes it. */
export function qtmCommand(text: string): Buffer {
  const packet = Buffer.alloc(QTM_HEAD + text.length + 1);
  packet.writeUInt32LE(packet.length, 0);
  packet.writeUInt32LE(QtmPacket.command, 4);
  packet.write(text, QTM_HEAD, "latin1");
  return packet;
}

/** Time by QTM's clock [s] and the bodies, undefined each where it is lost; undefined: it cannot be read. */
export function readBodies(
  packet: Buffer,
): { readonly time: number; readonly bodies: readonly (QtmBody | undefined)[] } | undefined {
  const reader = new ByteReader(packet, QTM_HEAD);
  const time = reader.u64() / PER_SECOND;
  reader.skip(4);
  for (let components = reader.count(8); components > 0; components--) {
    const start = reader.at;
    const size = reader.u32();
    if (reader.u32() === BODIES) {
      const count = reader.count(BODY);
      reader.skip(4);
      const bodies = Array.from({ length: count }, () => readBody(reader));
      return reader.isShort ? undefined : { time, bodies };
    }
    if (size < 8) return undefined;
    reader.at = start + size;
    if (reader.left < 0) return undefined;
  }
  return undefined;
}

function readBody(reader: ByteReader): QtmBody | undefined {
  const [x, y] = [reader.f32(), reader.f32()];
  reader.f32();
  const rotation = Array.from({ length: 9 }, () => reader.f32());
  if (!Number.isFinite(x + y + rotation.reduce((sum, one) => sum + one, 0))) return undefined;
  return {
    x: x / PER_METRE,
    y: y / PER_METRE,
    heading: Math.atan2(rotation[1], rotation[0]),
    tilt: Math.acos(Math.max(-1, Math.min(1, rotation[8]))),
  };
}

/** Names of the bodies in QTM's parameters. */
export function namesIn(xml: string): string[] {
  const bodies = xml.matchAll(/<Body>[\s\S]*?<Name>([^<]*)<\/Name>/g);
  const plain = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" } as const;
  return [...bodies].map(([, name]) =>
    name.replace(/&(lt|gt|amp|quot|apos);/g, (_, entity: keyof typeof plain) => plain[entity]),
  );
}
