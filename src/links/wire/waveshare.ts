/**
 * Frames of the board of Waveshare's JetRacer ROS kit as it is sold: AA 55, length of the whole frame, type, data, and
 * the sum of all bytes before, modulo 256. Numbers are int16, high byte first.
 */

/** bits per second, 8N1 */
export const WAVESHARE_BAUD = 115200;

const MARK = [0xaa, 0x55] as const;
const VELOCITY = [...MARK, 11, 0x11] as const;
const TELEMETRY = [...MARK, 45, 0x01] as const;
const HEAD = 4;
/** of all numbers but the gyro's */
const PER_UNIT = 1000;
/** ±2000 °/s in 16 bits */
const GYRO = ((2000 / 32768) * Math.PI) / 180;
const LARGEST = 32767;

/** What of its telemetry is used. Wheel speeds and their setpoints are pulses in a time that is not documented. */
export interface BoardPose {
  /** [rad/s] */
  yawRate: number;
  /** odometry since the board's start, in thousandths of m, m, rad; wraps at 2^16 */
  x: number;
  y: number;
  yaw: number;
  /** length of its own increment, since its frame before whether that arrived or not, in thousandths of m */
  moved: number;
  /** the same bytes as before: gyro and accelerometer are never so still, so the line said it twice */
  isRepeated: boolean;
}

/** Makes velocity commands in one buffer, without allocating. */
export class VelocityFrame {
  readonly wire = new Uint8Array(VELOCITY[2]);
  readonly #view = new DataView(this.wire.buffer);

  constructor() {
    this.wire.set(VELOCITY);
  }

  /** Puts speed [m/s] and turn rate [rad/s] into `wire`, held at what 16 bits can say. */
  put(speed: number, turnRate: number): void {
    this.#int16(HEAD, speed);
    this.#int16(HEAD + 2, speed); // the kit's own node says the speed twice
    this.#int16(HEAD + 4, turnRate);
    const last = this.wire.length - 1;
    this.wire[last] = sum(this.wire, last);
  }

  #int16(at: number, value: number): void {
    this.#view.setInt16(at, Math.max(-LARGEST, Math.min(LARGEST, Math.round(value * PER_UNIT))));
  }
}

/**
 * Finds telemetry in what a line brings, in pieces of any size; what is damaged is counted, and costs no frame behind
 * it.
 */
export class TelemetryReader {
  readonly #handle: (pose: BoardPose) => void;
  readonly #frame = new Uint8Array(TELEMETRY[2]);
  readonly #view = new DataView(this.#frame.buffer);
  readonly #before = new Uint8Array(TELEMETRY[2]);
  readonly #pose: BoardPose = { yawRate: 0, x: 0, y: 0, yaw: 0, moved: 0, isRepeated: false };
  #count = 0;

  /** frames delivered */
  frames = 0;
  /** frames with a wrong sum */
  checksumErrors = 0;
  /** bytes that belong to no frame */
  strayBytes = 0;

  /** The pose that `handle` gets is the reader's own and changes with the next frame. */
  constructor(handle: (pose: BoardPose) => void) {
    this.#handle = handle;
  }

  push(bytes: Uint8Array, count = bytes.length): void {
    for (let i = 0; i < count; i++) {
      this.#frame[this.#count++] = bytes[i];
      this.#check();
    }
  }

  /**
   * Delivers the frame if it is whole. One that cannot be a frame loses its first byte, until the rest can: there may
   * be another within.
   */
  #check(): void {
    while (!this.#mayBegin()) this.#dropFirst();
    const last = this.#frame.length - 1;
    if (this.#count <= last) return;
    if (this.#frame[last] !== sum(this.#frame, last)) {
      this.checksumErrors++;
      do this.#dropFirst();
      while (!this.#mayBegin());
      return;
    }
    this.#count = 0;
    this.frames++;
    this.#deliver();
  }

  #mayBegin(): boolean {
    for (let i = 0; i < Math.min(this.#count, HEAD); i++) if (this.#frame[i] !== TELEMETRY[i]) return false;
    return true;
  }

  #dropFirst(): void {
    this.#frame.copyWithin(0, 1, this.#count--);
    this.strayBytes++;
  }

  /**
   * gyro (x, y, z), accelerometer (3), Euler angles (3), odometry x, y, yaw, their last increments (3), wheel speeds
   * (2), their setpoints (2), 2 bytes more
   */
  #deliver(): void {
    const pose = this.#pose;
    pose.isRepeated = true;
    for (let i = 0; i < this.#frame.length; i++) if (this.#frame[i] !== this.#before[i]) pose.isRepeated = false;
    this.#before.set(this.#frame);
    pose.yawRate = this.#view.getInt16(HEAD + 4) * GYRO;
    pose.x = this.#view.getInt16(HEAD + 18);
    pose.y = this.#view.getInt16(HEAD + 20);
    pose.yaw = this.#view.getInt16(HEAD + 22);
    pose.moved = Math.hypot(this.#view.getInt16(HEAD + 24), this.#view.getInt16(HEAD + 26));
    this.#handle(pose);
  }
}

/** Of the first `count` bytes, modulo 256. */
function sum(bytes: Uint8Array, count: number): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += bytes[i];
  return total & 0xff;
}
