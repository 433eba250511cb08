/**
 * NatNet's messages as OptiTrack's Motive sends them, of the versions 2.0 to 4.x, whose layouts differ. Little endian:
 * u16 message, u16 bytes that follow, and those bytes.
 *
 *   server    char[256] application, u8[4] its version, u8[4] NatNet's version; from 3.0 on u64 ticks per second of its
 *             clock, u16 data port, u8 multicast, u8[4] group
 *   models    u32 data sets, each u32 kind and, from 4.1 on, u32 bytes that follow. Kind 0, a marker set: text, u32
 *             markers, a text each. Kind 1, a rigid body: text, u32 id, u32 parent, float32[3] offset; from 3.0 on u32
 *             markers, and for all of them float32[3], for all u32, and from 4.0 on for all a text. Kind 2, a skeleton:
 *             text, u32 id, u32 bones, each a rigid body
 *   frame     u32 number, then sections, each u32 count and, from 4.1 on, u32 bytes that follow:
 *             marker sets (text, u32 markers, float32[3] each), other markers (float32[3]), rigid bodies, from 2.1 on
 *             skeletons (u32 id, u32 bones, each a rigid body), from 4.1 on assets, from 2.3 on labelled markers (u32,
 *             float32[4]; from 2.6 on u16; from 3.0 on float32), from 2.9 on force plates and from 2.11 on devices
 *             (u32 id, u32 channels, each u32 count and float32 each);
 *             at last u32 timecode, u32 subframe, the time [s] as float64 (before 2.7 float32), from 3.0 on u64 clock
 *             at mid exposure, u64 when the data were there, u64 when they were sent, from 4.1 on u32[2], u16 flags
 *   a rigid body in a frame: u32 id, float32[3] position [m], float32[4] quaternion x, y, z, w; before 3.0 u32 markers
 *             and for all of them float32[3], for all u32, for all float32; float32 error; from 2.6 on u16 flags, whose
 *             bit 0 says that it is tracked
 */
import { ByteReader } from "../byte-reader.js";

export enum NatNet {
  connect = 0,
  serverInfo = 1,
  requestModels = 4,
  models = 5,
  frame = 7,
  keepAlive = 10,
  unrecognised = 100,
}

export interface NatNetServer {
  readonly application: string;
  /** 100 x major + minor of the NatNet version */
  readonly version: number;
  /** ticks per second of its clock; NaN: none */
  readonly frequency: number;
  readonly dataPort: number;
  /** undefined: it sends to who asks */
  readonly group: string | undefined;
}

export interface RigidBody {
  readonly id: number;
  /** [m] */
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** quaternion, (0, 0, 0, 1) upright */
  readonly qx: number;
  readonly qy: number;
  readonly qz: number;
  readonly qw: number;
  /** it says so, and its quaternion is one */
  readonly isTracked: boolean;
}

export interface NatNetFrame {
  readonly number: number;
  readonly bodies: readonly RigidBody[];
  /** when it was exposed and sent, by the server's clock [s] */
  readonly taken: number;
  readonly sent: number;
  /** the models are others than before */
  readonly isOther: boolean;
}

const HEAD = 4;
const DATA_PORT = 1511;
const GROUP = "239.255.42.99";
const APPLICATION = 256;
const TRACKED = 1;
const MODELS_CHANGED = 2;

/** 100 x major + minor */
export const OLDEST_NATNET = 200;
export const NEWEST_NATNET = 499;
const SIZED = 401;

export function natNetMessage(kind: NatNet, text = ""): Buffer {
  const payload = Buffer.from(text === "" ? "" : `${text}\0`);
  const message = Buffer.alloc(HEAD + payload.length);
  message.writeUInt16LE(kind, 0);
  message.writeUInt16LE(payload.length, 2);
  payload.copy(message, HEAD);
  return message;
}

/** What a datagram holds; undefined: it is none of NatNet's, or cut off. */
export function natNetKindOf(data: Buffer): number | undefined {
  return data.length >= HEAD && data.readUInt16LE(2) <= data.length - HEAD ? data.readUInt16LE(0) : undefined;
}

export function readServer(data: Buffer): NatNetServer | undefined {
  const reader = new ByteReader(data, HEAD + APPLICATION + 4);
  const version = 100 * reader.u8() + reader.u8();
  reader.skip(2);
  const name = new ByteReader(data.subarray(0, HEAD + APPLICATION), HEAD);
  if (reader.isShort) return undefined;
  const server = { application: name.text(), version };
  if (version < 300 || reader.left < 15) return { ...server, frequency: Number.NaN, dataPort: DATA_PORT, group: GROUP };
  const frequency = reader.u64();
  const dataPort = reader.u16();
  const isMulticast = reader.u8() !== 0;
  const group = [reader.u8(), reader.u8(), reader.u8(), reader.u8()].join(".");
  return { ...server, frequency, dataPort, group: isMulticast ? group : undefined };
}

/** Names of the rigid bodies by their ids; undefined: it cannot be read. */
export function readModels(data: Buffer, version: number): Map<number, string> | undefined {
  const reader = new ByteReader(data, HEAD);
  const names = new Map<number, string>();
  for (let sets = reader.count(4); sets > 0 && !reader.isShort; sets--) {
    const kind = reader.u32();
    const end = version >= SIZED ? reader.u32() + reader.at : Number.NaN;
    if (kind === 1) readBodyModel(reader, version, names);
    else if (!Number.isNaN(end)) reader.at = end;
    else if (kind === 0) skipMarkerSetModel(reader);
    else if (kind === 2) skipSkeletonModel(reader, version);
    else break; // what is behind it has no rigid bodies
    if (!Number.isNaN(end)) reader.at = end;
    if (reader.left < 0) reader.isShort = true;
  }
  return reader.isShort ? undefined : names;
}

function readBodyModel(reader: ByteReader, version: number, names: Map<number, string>): void {
  const name = reader.text();
  const id = reader.u32();
  names.set(id, name);
  reader.skip(16);
  if (version < 300) return;
  const markers = reader.count(16);
  reader.skip(16 * markers);
  if (version >= 400) for (let i = 0; i < markers; i++) reader.text();
}

function skipMarkerSetModel(reader: ByteReader): void {
  reader.text();
  for (let markers = reader.count(1); markers > 0; markers--) reader.text();
}

function skipSkeletonModel(reader: ByteReader, version: number): void {
  reader.text();
  reader.u32();
  const bones = new Map<number, string>();
  for (let count = reader.count(1); count > 0; count--) readBodyModel(reader, version, bones);
}

/** A frame of that version; undefined: it is cut off, or of another version. */
export function readFrame(data: Buffer, { version, frequency }: NatNetServer): NatNetFrame | undefined {
  const reader = new ByteReader(data, HEAD);
  const number = reader.u32();
  const bodies: RigidBody[] = [];
  const each = (least: number, one: () => void) => section(reader, version, least, one);
  const bones = () => {
    for (let count = reader.count(36); count > 0; count--) readBody(reader, version);
  };
  const channels = () => {
    reader.u32();
    for (let count = reader.count(4); count > 0; count--) reader.skip(4 * reader.count(4));
  };
  each(5, () => {
    reader.text();
    reader.skip(12 * reader.count(12));
  });
  each(12, () => reader.skip(12));
  let isWhole = section(reader, version, 36, () => bodies.push(readBody(reader, version)), true);
  if (version >= 201)
    each(8, () => {
      reader.u32();
      bones();
    });
  if (version >= SIZED) each(0, () => {});
  if (version >= 203) each(20, () => reader.skip(20 + (version >= 206 ? 2 : 0) + (version >= 300 ? 4 : 0)));
  if (version >= 209) each(8, channels);
  if (version >= 211) each(8, channels);
  reader.skip(8);
  const time = version >= 207 ? reader.f64() : reader.f32();
  let [taken, sent] = [time, time];
  if (version >= 300) {
    const exposed = reader.u64();
    reader.skip(8);
    const transmitted = reader.u64();
    if (frequency > 0 && exposed > 0) [taken, sent] = [exposed / frequency, transmitted / frequency];
  }
  if (version >= SIZED) reader.skip(8);
  const flags = reader.u16();
  isWhole &&= !reader.isShort;
  return isWhole ? { number, bodies, taken, sent, isOther: (flags & MODELS_CHANGED) !== 0 } : undefined;
}

/**
 * Goes through a section; one whose size is given is skipped where it is not read. Whether it was as long as it said.
 * @param least bytes of one of its entries
 */
function section(reader: ByteReader, version: number, least: number, one: () => void, isRead = false): boolean {
  const count = reader.count(version >= SIZED ? 0 : least);
  if (version < SIZED) {
    for (let i = 0; i < count && !reader.isShort; i++) one();
    return !reader.isShort;
  }
  const size = reader.u32();
  const end = reader.at + size;
  if (isRead && count * least > size) return false;
  if (isRead) for (let i = 0; i < count && !reader.isShort; i++) one();
  const isRight = !isRead || reader.at === end;
  reader.at = end;
  if (reader.left < 0) reader.isShort = true;
  return isRight && !reader.isShort;
}

/** A quaternion of a rotation has length 1, but for rounding. */
const UNIT = 0.01;

function readBody(reader: ByteReader, version: number): RigidBody {
  const id = reader.u32();
  const [x, y, z, qx, qy, qz, qw] = [0, 1, 2, 3, 4, 5, 6].map(() => reader.f32());
  if (version < 300) reader.skip(20 * reader.count(20));
  reader.f32();
  const isSaid = version < 206 ? !(x === 0 && y === 0 && z === 0) : (reader.u16() & TRACKED) !== 0;
  const isTurn = Math.abs(Math.hypot(qx, qy, qz, qw) - 1) < UNIT;
  return { id, x, y, z, qx, qy, qz, qw, isTracked: isSaid && isTurn };
}
