/** Packets of Qualisys Track Manager, written from the description of its protocol: shares nothing with the reader. */
import { Bytes, type Placed } from "./bytes.js";

export function packet(kind: number, payload: Buffer): Buffer {
  return new Bytes()
    .u32(payload.length + 8)
    .u32(kind)
    .raw(payload).buffer;
}

export function parameters(names: readonly string[]): Buffer {
  const bodies = names.map((name) => `<Body><Name>${name.replaceAll("&", "&amp;")}</Name><Color R="1"/></Body>`);
  const xml = `<QTM_Parameters_Ver_1.20><The_6D><Bodies>${names.length}</Bodies>${bodies.join("")}</The_6D>`;
  return packet(2, Buffer.from(`${xml}</QTM_Parameters_Ver_1.20>\0`));
}

export function data(frame: number, objects: readonly Placed[], seconds: number): Buffer {
  const bodies = new Bytes().u32(objects.length).u16(0).u16(0);
  for (const { x, y, heading, isLost = false, roll = 0 } of objects) {
    const [c, s, cr, sr] = [Math.cos(heading), Math.sin(heading), Math.cos(roll), Math.sin(roll)];
    // Rz(heading) Rx(roll), column by column
    const rotation = [c, s, 0, -s * cr, c * cr, sr, s * sr, -c * sr, cr];
    for (const value of [1000 * x, 1000 * y, 55, ...rotation]) bodies.f32(isLost ? Number.NaN : value);
  }
  const time = BigInt(Math.round(seconds * 1e6));
  const other = new Bytes().u32(16).u32(1).u32(0).u16(0).u16(0).buffer; // a component without markers
  const ours = new Bytes()
    .u32(bodies.buffer.length + 8)
    .u32(5)
    .raw(bodies.buffer).buffer;
  return packet(3, new Bytes().u64(time).u32(frame).u32(2).raw(other).raw(ours).buffer);
}
