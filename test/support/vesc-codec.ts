/**
 * Frames and numbers of VESC firmware, written from its documents (comm/packet.c, util/buffer.c, comm/commands.c,
 * confgenerator.c) with nothing of the link that it tests: bit by bit and in lists, where the link has tables and
 * views.
 */

/** CRC-16/XMODEM, a bit at a time. */
export function crcOf(payload: readonly number[]): number {
  let crc = 0;
  for (const byte of payload)
    for (let bit = 7; bit >= 0; bit--) {
      const top = (crc >> 15) & 1;
      crc = ((crc << 1) | ((byte >> bit) & 1)) & 0xffff;
      if (top === 1) crc ^= 0x1021;
    }
  for (let bit = 0; bit < 16; bit++) crc = (crc >> 15) & 1 ? ((crc << 1) & 0xffff) ^ 0x1021 : (crc << 1) & 0xffff;
  return crc;
}

/** A payload in its frame. */
export function framed(payload: readonly number[]): Uint8Array {
  const { length } = payload;
  const head = length <= 255 ? [2, length] : [3, Math.floor(length / 256), length % 256];
  const crc = crcOf(payload);
  return Uint8Array.from([...head, ...payload, crc >> 8, crc & 0xff, 3]);
}

/** Takes frames out of what came, as the firmware does: what cannot be one loses its first byte. */
export class Unframer {
  #bytes: number[] = [];
  /** bytes that were in no frame */
  lost = 0;
  readonly #expects: (command: number, length: number) => boolean;

  /** `expects`: frames that it answers false for are none, be their checksum right by chance. */
  constructor(expects: (command: number, length: number) => boolean = () => true) {
    this.#expects = expects;
  }

  push(bytes: Iterable<number>): number[][] {
    this.#bytes.push(...bytes);
    const payloads: number[][] = [];
    for (;;) {
      const found = this.#next();
      if (found === "wait") return payloads;
      if (found === "none") {
        this.#bytes.shift();
        this.lost++;
      } else payloads.push(found);
    }
  }

  #next(): number[] | "none" | "wait" {
    const bytes = this.#bytes;
    const [start, high = 0, low = 0] = bytes;
    if (start === undefined) return "wait";
    if (start !== 2 && start !== 3) return "none";
    if (bytes.length < start) return "wait";
    const length = start === 2 ? high : 256 * high + low;
    if (length === 0 || length > 512 || (start === 3 && length < 255)) return "none";
    if (bytes.length < start + length + 3) return "wait";
    const payload = bytes.slice(start, start + length);
    const [first = 0, second = 0, end] = bytes.slice(start + length, start + length + 3);
    if (end !== 3 || crcOf(payload) !== 256 * first + second) return "none";
    if (!this.#expects(payload[0], length)) return "none";
    bytes.splice(0, start + length + 3);
    return payload;
  }
}

/** A whole number of so many bytes, high byte first. */
export function whole(value: number, bytes: number): number[] {
  const rounded = BigInt.asUintN(8 * bytes, BigInt(Math.trunc(value)));
  return Array.from({ length: bytes }, (_, i) => Number((rounded >> BigInt(8 * (bytes - 1 - i))) & 0xffn));
}

/** The number that some bytes are, with a sign. */
export function signed(bytes: readonly number[]): number {
  const value = bytes.reduce((sum, byte) => 256 * sum + byte, 0);
  return value >= 2 ** (8 * bytes.length - 1) ? value - 2 ** (8 * bytes.length) : value;
}

/** The firmware's own form of float32: exponent and mantissa by frexp. */
export function float32(value: number): number[] {
  if (Math.abs(value) < 1.5e-38) return [0, 0, 0, 0];
  let exponent = Math.ceil(Math.log2(Math.abs(value)));
  let part = Math.abs(value) / 2 ** exponent; // 0.5 up to below 1
  if (part >= 1) {
    part /= 2;
    exponent += 1;
  } else if (part < 0.5) {
    part *= 2;
    exponent -= 1;
  }
  const mantissa = Math.trunc((part - 0.5) * 2 * 8388608);
  return whole((value < 0 ? 2 ** 31 : 0) + (exponent + 126) * 2 ** 23 + mantissa, 4);
}

/** What GET_VALUES_SELECTIVE can answer, by the bit of the mask. */
export interface Values {
  readonly duty: number;
  readonly erpm: number;
  readonly voltage: number;
  readonly tachometer: number;
  readonly tachometerAbsolute: number;
  readonly fault: number;
  readonly status: number;
}

/** All of its fields in the order of their bits; those that are no part of {@link Values} are zeros. */
export function valuesAnswer(mask: number, values: Values): number[] {
  const nothing = (bytes: number) => whole(0, bytes);
  const fields: readonly number[][] = [
    nothing(2), // temperature of the transistors
    nothing(2), // of the motor
    nothing(4), // current of the motor
    nothing(4), // of the supply
    nothing(4), // id
    nothing(4), // iq
    whole(1000 * values.duty, 2),
    whole(values.erpm, 4),
    whole(10 * values.voltage, 2),
    nothing(4), // charge
    nothing(4),
    nothing(4), // energy
    nothing(4),
    whole(values.tachometer, 4),
    whole(values.tachometerAbsolute, 4),
    whole(values.fault, 1),
    nothing(4), // position of the PID
    nothing(1), // its id
    nothing(6), // temperatures of the transistors
    nothing(4), // vd
    nothing(4), // vq
    whole(values.status, 1),
  ];
  const asked = fields.flatMap((field, bit) => ((mask >>> bit) & 1 ? field : []));
  return [50, ...whole(mask, 4), ...asked];
}

/** What GET_IMU_DATA answers: roll, pitch, yaw; acceleration; rates [°/s]; magnetometer; quaternion. */
export function imuAnswer(mask: number, acceleration: readonly number[], rates: readonly number[]): number[] {
  const all = [0, 0, 0, ...acceleration, ...rates, 0, 0, 0, 1, 0, 0, 0];
  return [65, ...whole(mask, 2), ...all.flatMap((value, bit) => ((mask >>> bit) & 1 ? float32(value) : []))];
}

/** An application configuration, as far as its first fields go; the rest is zeros up to its usual length. */
export interface AppConfiguration {
  readonly signature: number;
  readonly timeout: number;
  readonly brakeCurrent: number;
  readonly servoOut: boolean;
  readonly app: number;
}

export function appAnswer(app: AppConfiguration, length = 493): number[] {
  const start = [
    ...whole(app.signature, 4),
    74, // its id
    ...whole(app.timeout, 4),
    ...float32(app.brakeCurrent),
    ...whole(50, 2), // rates of CAN
    ...whole(5, 2),
    ...[0, 0, 2, 0, 1, 2, 0, 0, 0], // CAN, pairing, UART, shutdown, UAVCAN
    ...float32(5e4),
    0,
    app.servoOut ? 1 : 0,
    0, // kill switch
    app.app,
  ];
  return [17, ...start, ...new Array(length - start.length).fill(0)];
}

/** What FW_VERSION answers. */
export function firmwareAnswer(major: number, minor: number, hardware = "60_MK6"): number[] {
  const name = [...Buffer.from(hardware), 0];
  return [0, major, minor, ...name, ...new Array(12).fill(7), 0, 0, 0, 0];
}
