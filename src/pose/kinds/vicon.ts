/**
 * Vicon Tracker's UDP object stream. Little endian: u32 frame, u8 items, and per item u8 id (0: an object), u16 size,
 * and of an object char[24] name, float64 x, y, z [mm], float64 rotations about x, y, z [rad], each about the axis that
 * the one before has turned. Padded with zeros.
 */
import type { PoseKind, PoseSink } from "../kind.js";
import { openPort } from "../udp-port.js";

const PORT = 51001;
const HEAD = 5;
const ITEM_HEAD = 3;
const OBJECT = 0;
const NAME = 24;
const OBJECT_SIZE = NAME + 6 * 8;
const PER_METRE = 1000;

/** Rates of Vicon cameras and of the stream [frames/s]. */
const RATES = [25, 30, 50, 60, 100, 120, 125, 150, 160, 180, 200, 240, 250, 300, 330, 400, 420, 500];
/** A rate is found over this time [s], and must be as near to one of those as this part. */
const RATE_OVER = 2;
const RATE_WITHIN = 0.02;

/** Time of a frame, from its number: the stream has none, and arrival is uneven on a wireless network. */
export class FrameTimes {
  #first = Number.NaN;
  #firstArrived = 0;
  #rate = Number.NaN;

  /** [s]; NaN as long as the rate is not known, or where it is none that cameras have. */
  timeOf(frame: number, arrived: number): number {
    if (!(frame >= this.#first)) {
      this.#first = frame;
      this.#firstArrived = arrived;
      this.#rate = Number.NaN;
    }
    const passed = arrived - this.#firstArrived;
    if (Number.isNaN(this.#rate) && passed > RATE_OVER) {
      const rate = (frame - this.#first) / passed;
      this.#rate = RATES.find((one) => Math.abs(rate / one - 1) < RATE_WITHIN) ?? Number.NaN;
      if (Number.isNaN(this.#rate)) this.#first = Number.NaN;
    }
    return frame / this.#rate;
  }
}

/** Whether a datagram has a pose of the car. */
export function hearVicon(data: Buffer, arrived: number, times: FrameTimes, sink: PoseSink): boolean {
  const refuse = (why: string) => {
    sink.remark(`a datagram ${why}: that is not Tracker's UDP object stream`);
    return false;
  };
  if (data.length < HEAD) return refuse(`of ${data.length} bytes`);
  const taken = times.timeOf(data.readUInt32LE(0), arrived);
  let isOurs = false;
  let at = HEAD;
  for (let items = data.readUInt8(4); items > 0; items--) {
    if (at + ITEM_HEAD > data.length) return refuse("ends within its items");
    const id = data.readUInt8(at);
    const size = data.readUInt16LE(at + 1);
    at += ITEM_HEAD;
    if (at + size > data.length) return refuse("ends within an item");
    if (id === OBJECT && size < OBJECT_SIZE) return refuse(`has an object of ${size} bytes`);
    if (id === OBJECT) isOurs = hearObject(data, at, taken, arrived, sink) || isOurs;
    at += size;
  }
  return isOurs;
}

function hearObject(data: Buffer, at: number, taken: number, arrived: number, sink: PoseSink): boolean {
  const end = data.indexOf(0, at);
  const name = data.toString("utf8", at, end < at || end > at + NAME ? at + NAME : end);
  const value = (i: number) => data.readDoubleLE(at + NAME + 8 * i);
  const [x, y, z, a, b, c] = [0, 1, 2, 3, 4, 5].map(value);
  if (x === 0 && y === 0 && z === 0 && a === 0 && b === 0 && c === 0) {
    sink.lose(name, arrived);
    return false;
  }
  // R = Rx(a) Ry(b) Rz(c): its first column is the forward axis, the last entry the upward axis's height
  const forwardX = Math.cos(b) * Math.cos(c);
  const forwardY = Math.cos(a) * Math.sin(c) + Math.sin(a) * Math.sin(b) * Math.cos(c);
  const pose = {
    name,
    x: x / PER_METRE,
    y: y / PER_METRE,
    heading: Math.atan2(forwardY, forwardX),
    tilt: Math.acos(Math.cos(a) * Math.cos(b)),
    taken,
    sent: taken,
  };
  return sink.take(pose, arrived);
}

const vicon: PoseKind = {
  summary: "Vicon Tracker's UDP object stream",
  silence: "in Tracker, Local Vicon System, UDP Object Stream: Enabled, this computer's address, port 51001",
  within: 10,
  async open(where, sink) {
    const times = new FrameTimes();
    await openPort(where ?? {}, where?.port ?? PORT, {
      hear: (data, arrived) => hearVicon(data, arrived, times, sink),
      remark: (text) => sink.remark(text),
    });
  },
};

export default vicon;
