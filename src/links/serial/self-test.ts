/** What keeps a board from being armed: what its sensors say while the car stands. */
import { Fault } from "../faults.js";
import { HealthFlag, protocol, SensorFlag, type Telemetry } from "../wire/protocol.js";
import { MOST_BIAS, MOST_NOISE } from "./limits.js";

/** The flags of a telemetry in the order in which they are reported, and what each means. */
const FLAGS = [
  HealthFlag.gyroAsleep,
  HealthFlag.gyroSelfTest,
  HealthFlag.gyroFrozen,
  HealthFlag.gyroSaturated,
  HealthFlag.encoderFast,
  HealthFlag.encoderBackwards,
  HealthFlag.encoderUnasked,
] as const;
const FAULTS = [
  Fault.gyroAsleep,
  Fault.gyroSelfTest,
  Fault.gyroFrozen,
  Fault.gyroSaturated,
  Fault.encoderFast,
  Fault.encoderBackwards,
  Fault.encoderUnasked,
] as const;

/** The first sensor that the board does not believe itself. A lost battery is the gates' affair, of every link. */
export function faultOfHealth(health: number): Fault.none | (typeof FAULTS)[number] {
  for (let i = 0; i < FLAGS.length; i++) if (health & FLAGS[i]) return FAULTS[i];
  return Fault.none;
}

/** What a car must have besides a gyro. */
export interface Requirements {
  readonly battery: boolean;
  readonly radio: boolean;
}

export class SelfTest {
  /** what was measured, of the last fault */
  value = Number.NaN;
  readonly #required: Requirements;

  constructor(required: Requirements) {
    this.#required = required;
  }

  /** Why a standing car that says this must not be armed; it neither allocates nor throws. */
  check(telemetry: Readonly<Telemetry>) {
    const { sensors, health, gyroMean, gyroSpread, rcMode } = telemetry;
    this.value = Number.NaN;
    const unhealthy = faultOfHealth(health);
    if (unhealthy !== Fault.none) return unhealthy;
    if (!(sensors & SensorFlag.gyro) || !(sensors & SensorFlag.standing)) return Fault.noState;
    this.value = gyroSpread;
    if (gyroSpread === 0) return Fault.gyroFrozen;
    if (gyroSpread > MOST_NOISE) return Fault.gyroNoise;
    this.value = gyroMean;
    if (Math.abs(gyroMean) > MOST_BIAS) return Fault.gyroBias;
    this.value = Number.NaN;
    if (this.#required.battery && !(sensors & SensorFlag.battery)) return Fault.batteryMissing;
    if (!(sensors & SensorFlag.rc)) return this.#required.radio ? Fault.radioMissing : Fault.none;
    this.value = rcMode;
    return rcMode < protocol.rcAutoBelow ? Fault.none : Fault.radioMode;
  }
}
