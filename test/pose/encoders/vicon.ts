/** Tracker's UDP object stream, written from Vicon's description of it: shares nothing with the reader. */
import { Bytes, type Placed } from "./bytes.js";

/** `size`: of the block that Tracker sends, filled up with zeros. */
export function viconPacket(frame: number, objects: readonly Placed[], size = 256): Buffer {
  const bytes = new Bytes().u32(frame).u8(objects.length);
  for (const { name, x, y, heading, isLost, roll = 0 } of objects) {
    bytes.u8(0).u16(72).field(name, 24);
    const values = isLost ? [0, 0, 0, 0, 0, 0] : [1000 * x, 1000 * y, 55, ...eulerOf(heading, roll)];
    for (const value of values) bytes.f64(value);
  }
  const { buffer } = bytes;
  return Buffer.concat([buffer, Buffer.alloc(Math.max(0, size - buffer.length))]);
}

/** Angles a, b, c with Rx(a) Ry(b) Rz(c) = Rz(heading) Rx(roll). */
function eulerOf(heading: number, roll: number): number[] {
  const [ch, sh, cr, sr] = [Math.cos(heading), Math.sin(heading), Math.cos(roll), Math.sin(roll)];
  const b = Math.asin(sh * sr);
  return [Math.atan2(ch * sr, cr), b, Math.atan2(sh * cr, ch)];
}
