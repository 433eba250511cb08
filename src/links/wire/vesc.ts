/**
 * What is said to a VESC and what it answers (its comm/commands.c, datatypes.h and confgenerator.c). Which firmware
 * this is true of: {@link APP_CONFIGURATIONS}.
 */

/** VESC Tool's default for its UART; on USB it means nothing */
export const VESC_BAUD = 115200;

export enum VescCommand {
  firmwareVersion = 0,
  setDuty = 5,
  setCurrent = 6,
  setCurrentBrake = 7,
  setServoPosition = 12,
  getAppConfiguration = 17,
  getValuesSelective = 50,
  getImuData = 65,
}

/** What a command's number is multiplied by on the wire. */
export const DUTY_SCALE = 1e5;
export const CURRENT_SCALE = 1e3;
export const SERVO_SCALE = 1e3;

/** Fields of the values that are asked for, as bits of the mask that asks and that the answer repeats. */
const VALUES_MASK = (1 << 6) | (1 << 7) | (1 << 8) | (1 << 13) | (1 << 14) | (1 << 15) | (1 << 21);
/** Bits of the mask that name no field: the answer repeats them, so they number the question. */
const SEQUENCE_BIT = 24;
/** Fields of the IMU that are asked for: acceleration along x, y and z, rate about z. */
export const IMU_MASK = (1 << 3) | (1 << 4) | (1 << 5) | (1 << 8);

/** Question number `sequence`, 0 to 255. */
export function valuesMask(sequence: number): number {
  return VALUES_MASK | (sequence << SEQUENCE_BIT);
}

/** Lengths of the payloads that answer, with the command. */
const VALUES_LENGTH = 1 + 4 + 2 + 4 + 2 + 4 + 4 + 1 + 1;
const IMU_LENGTH = 1 + 2 + 4 * 4;
/** command, version, and a name of at least one letter that is closed by 0, see {@link readFirmware} */
const FIRMWARE_LEAST = 1 + 2;
const FIRMWARE_MOST = 128;
/** the last byte that is read of it */
const APP_LEAST = 1 + 34;

/** Whether a VESC answers one of our questions so. */
export function mayAnswer(command: number, length: number): boolean {
  switch (command) {
    case VescCommand.firmwareVersion:
      return length >= FIRMWARE_LEAST && length <= FIRMWARE_MOST;
    case VescCommand.getValuesSelective:
      return length === VALUES_LENGTH;
    case VescCommand.getImuData:
      return length === IMU_LENGTH;
    case VescCommand.getAppConfiguration:
      return length >= APP_LEAST;
    default:
      return false;
  }
}

/** What its values say. */
export interface VescValues {
  /** number of the question */
  sequence: number;
  /** part of the supply that is on the motor, -1 to 1 */
  duty: number;
  /** electrical revolutions per minute */
  erpm: number;
  /** supply [V] */
  voltage: number;
  /** sixths of electrical revolutions since its start, forwards less backwards; wraps at 2^32 */
  tachometer: number;
  /** the same, forwards and backwards together */
  tachometerAbsolute: number;
  /** why it stopped the motor by itself, see vesc/fault-codes.ts; 0: it did not */
  fault: number;
  /** its own time-out has passed */
  isTimedOut: boolean;
  /** its kill switch stops it */
  isKilled: boolean;
}

export function newVescValues(): VescValues {
  return {
    sequence: 0,
    duty: 0,
    erpm: 0,
    voltage: 0,
    tachometer: 0,
    tachometerAbsolute: 0,
    fault: 0,
    isTimedOut: false,
    isKilled: false,
  };
}

/** Reads values behind their command, at `from`; false if they are not those that were asked for. */
export function readValues(bytes: DataView, from: number, values: VescValues): boolean {
  const mask = bytes.getUint32(from + 1);
  if ((mask & ((1 << SEQUENCE_BIT) - 1)) !== VALUES_MASK) return false;
  values.sequence = mask >>> SEQUENCE_BIT;
  values.duty = bytes.getInt16(from + 5) / 1000;
  values.erpm = bytes.getInt32(from + 7);
  values.voltage = bytes.getInt16(from + 11) / 10;
  values.tachometer = bytes.getInt32(from + 13);
  values.tachometerAbsolute = bytes.getInt32(from + 17);
  values.fault = bytes.getUint8(from + 21);
  const status = bytes.getUint8(from + 22);
  values.isTimedOut = (status & 1) !== 0;
  values.isKilled = (status & 2) !== 0;
  return true;
}

/** What its IMU measures, in the axes that VESC Tool gives it: x forward, y to the left, z up. */
export interface VescImu {
  /** [weights] */
  forward: number;
  left: number;
  up: number;
  /** to the left [°/s] */
  rate: number;
}

export function newVescImu(): VescImu {
  return { forward: 0, left: 0, up: 0, rate: 0 };
}

/**
 * Reads it behind its command, at `from`; false if it is not what was asked for, or not finite. VESC's own form of
 * float32 is that of IEEE 754 for all numbers that are not tiny.
 */
export function readImu(bytes: DataView, from: number, imu: VescImu): boolean {
  if (bytes.getUint16(from + 1) !== IMU_MASK) return false;
  imu.forward = bytes.getFloat32(from + 3);
  imu.left = bytes.getFloat32(from + 7);
  imu.up = bytes.getFloat32(from + 11);
  imu.rate = bytes.getFloat32(from + 15);
  return Number.isFinite(imu.forward + imu.left + imu.up + imu.rate);
}

/** Nothing but zeros: what a VESC answers that has no IMU, or whose IMU is off. */
export function isNoImu({ forward, left, up, rate }: VescImu): boolean {
  return forward === 0 && left === 0 && up === 0 && rate === 0;
}

/** Version of its firmware: 6.02 is 6 and 2. */
export interface VescFirmware {
  major: number;
  minor: number;
}

export function readFirmware(bytes: DataView, from: number, firmware: VescFirmware): void {
  firmware.major = bytes.getInt8(from + 1);
  firmware.minor = bytes.getInt8(from + 2);
}

/** What of its application configuration decides whether it may be armed. */
export interface VescAppConfiguration {
  /** of the layout */
  signature: number;
  /** it stops the motor after this without a command [ms]; 0: never */
  timeout: number;
  /** the current that it brakes with then [A] */
  brakeCurrent: number;
  /** it drives a servo */
  hasServo: boolean;
  /** what else may command the motor, see {@link VescApp} */
  app: number;
}

/** Its applications that give the motor no commands by themselves; all others do. */
export enum VescApp {
  none = 0,
  uart = 3,
}

export function newVescAppConfiguration(): VescAppConfiguration {
  return { signature: 0, timeout: 0, brakeCurrent: 0, hasServo: false, app: 0 };
}

/**
 * Layouts that are known, by the signature that VESC Tool makes of the names, types and order of all fields. Up to the
 * last field that is read they are the same: signature, id, time-out, brake current, then 18 bytes of CAN, pairing and
 * UAVCAN, servo output, kill switch, application.
 */
export const APP_CONFIGURATIONS: ReadonlyMap<number, string> = new Map([
  [486554156, "6.00 and 6.02"],
  [2099347128, "6.05"],
]);

/** Reads it behind its command, at `from`: true of the layouts of {@link APP_CONFIGURATIONS} only. */
export function readAppConfiguration(bytes: DataView, from: number, app: VescAppConfiguration): void {
  app.signature = bytes.getUint32(from + 1);
  app.timeout = bytes.getUint32(from + 6);
  app.brakeCurrent = bytes.getFloat32(from + 10);
  app.hasServo = bytes.getUint8(from + 32) === 1;
  app.app = bytes.getUint8(from + 34);
}
