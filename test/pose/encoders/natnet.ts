/** NatNet of any version from 2.0 on, written from OptiTrack's description of it: shares nothing with the reader. */
import { Bytes, type Placed } from "./bytes.js";

/** Ticks per second of the server's clock. */
const FREQUENCY = 10_000_000n;

/** What else is in the stream of a laboratory. */
export interface Company {
  readonly markerSets?: number;
  readonly skeletons?: number;
  readonly devices?: number;
}

export function message(kind: number, payload: Buffer): Buffer {
  return new Bytes().u16(kind).u16(payload.length).raw(payload).buffer;
}

export function serverInfo(major: number, minor: number, dataPort: number, group?: string): Buffer {
  const bytes = new Bytes().field("Motive", 256);
  for (const part of [3, 1, 0, 0, major, minor, 0, 0]) bytes.u8(part);
  if (major >= 3) {
    bytes.u64(FREQUENCY).u16(dataPort);
    bytes.u8(group === undefined ? 0 : 1);
    for (const part of (group ?? "0.0.0.0").split(".")) bytes.u8(Number(part));
  }
  return message(1, bytes.buffer);
}

export function models(major: number, minor: number, names: readonly string[], company: Company = {}): Buffer {
  const sized = major > 4 || (major === 4 && minor >= 1);
  const sets: { readonly kind: number; readonly content: Buffer }[] = [];
  for (let i = 0; i < (company.markerSets ?? 0); i++)
    sets.push({ kind: 0, content: new Bytes().text(`set ${i}`).u32(2).text("a").text("b").buffer });
  for (const [i, name] of names.entries()) sets.push({ kind: 1, content: bodyModel(major, minor, name, i + 1) });
  for (let i = 0; i < (company.skeletons ?? 0); i++)
    sets.push({
      kind: 2,
      content: new Bytes()
        .text("Fred")
        .u32(7)
        .u32(1)
        .raw(bodyModel(major, minor, "Hip", 1)).buffer,
    });
  const bytes = new Bytes().u32(sets.length);
  for (const { kind, content } of sets) {
    bytes.u32(kind);
    if (sized) bytes.u32(content.length);
    bytes.raw(content);
  }
  return message(5, bytes.buffer);
}

function bodyModel(major: number, minor: number, name: string, id: number): Buffer {
  const bytes = new Bytes().text(name).u32(id).u32(0xffffffff).f32(0.1).f32(0.2).f32(0.3);
  if (major > 4 || (major === 4 && minor >= 2)) for (const part of [0, 0, 0, 1]) bytes.f32(part);
  if (major >= 3) {
    bytes.u32(2);
    for (let i = 0; i < 6; i++) bytes.f32(i);
    bytes.u32(1).u32(2);
    if (major >= 4) bytes.text("m1").text("m2");
  }
  return bytes.buffer;
}

/** `seconds`: when it was exposed, by the server's clock; sent 5 ms later. */
export function frame(
  major: number,
  minor: number,
  number: number,
  objects: readonly Placed[],
  seconds: number,
  company: Company = {},
  flags = 0,
): Buffer {
  const version = 100 * major + minor;
  const bytes = new Bytes().u32(number);
  const section = (count: number, content: Bytes) => {
    bytes.u32(count);
    if (version >= 401) bytes.u32(content.buffer.length);
    bytes.raw(content.buffer);
  };
  const { markerSets = 0, skeletons = 0, devices = 0 } = company;
  const sets = new Bytes();
  for (let i = 0; i < markerSets; i++) sets.text("set").u32(1).f32(1).f32(2).f32(3);
  section(markerSets, sets);
  section(1, new Bytes().f32(1).f32(2).f32(3));
  const bodies = new Bytes();
  for (const [i, one] of objects.entries()) bodies.raw(body(version, one, i + 1));
  section(objects.length, bodies);
  if (version >= 201) {
    const bones = new Bytes();
    const bone = body(version, { name: "", x: 1, y: 2, heading: 3 }, 1);
    for (let i = 0; i < skeletons; i++) bones.u32(7).u32(2).raw(bone).raw(bone);
    section(skeletons, bones);
  }
  if (version >= 401) section(0, new Bytes());
  if (version >= 203) {
    const marker = new Bytes().u32(9).f32(1).f32(2).f32(3).f32(0.01);
    if (version >= 206) marker.u16(0x10);
    if (version >= 300) marker.f32(0.001);
    section(1, marker);
  }
  for (const since of [209, 211]) {
    if (version < since) continue;
    const all = new Bytes();
    for (let i = 0; i < devices; i++) all.u32(1).u32(2).u32(3).f32(1).f32(2).f32(3).u32(1).f32(4);
    section(devices, all);
  }
  bytes.u32(0).u32(0);
  if (version >= 207) bytes.f64(seconds);
  else bytes.f32(seconds);
  const ticks = (time: number) => BigInt(Math.round(time * Number(FREQUENCY)));
  if (version >= 300)
    bytes
      .u64(ticks(seconds))
      .u64(ticks(seconds + 0.004))
      .u64(ticks(seconds + 0.005));
  if (version >= 401) bytes.u32(0).u32(0);
  bytes.u16(flags).u32(0);
  return message(7, bytes.buffer);
}

function body(version: number, { x, y, heading, isLost = false, roll = 0 }: Placed, id: number): Buffer {
  const bytes = new Bytes().u32(id);
  const isUnflagged = isLost && version < 206;
  for (const value of isUnflagged ? [0, 0, 0] : [x, y, 0.05]) bytes.f32(value);
  // half angles: first about the body's forward axis, then about the vertical
  const [c, s, cr, sr] = [Math.cos(heading / 2), Math.sin(heading / 2), Math.cos(roll / 2), Math.sin(roll / 2)];
  for (const value of [c * sr, s * sr, s * cr, c * cr]) bytes.f32(value);
  if (version < 300) bytes.u32(1).f32(1).f32(2).f32(3).u32(1).f32(0.01);
  bytes.f32(0.0002);
  if (version >= 206) bytes.u16(isLost ? 0 : 1);
  return bytes.buffer;
}
