/** What the board's counters and pulses mean. */
import { ConfigFlag, type Configure, type Telemetry } from "./wire/protocol.js";

/** Increments of the counters that run since the board's start, and wrap. */
export class Counters {
  /** forward, by the wheel encoder [m] */
  distance = 0;
  /** to the left, by the gyro [rad] */
  turn = 0;
  seconds = 0;
  readonly #wheelTravel: number;
  #hasBefore = false;
  #ticks = 0;
  #angle = 0;
  #time = 0;

  /** `wheelTravel`: distance per tick [m]. */
  constructor(wheelTravel: number) {
    this.#wheelTravel = wheelTravel;
  }

  /** As if nothing had been counted yet: the next telemetry brings no increments. */
  forget(): void {
    this.#hasBefore = false;
  }

  /** The increments since the telemetry before. */
  take({ wheelTicks, yawAngle, time }: Telemetry): void {
    const first = !this.#hasBefore;
    this.distance = first ? 0 : ((wheelTicks - this.#ticks) | 0) * this.#wheelTravel;
    this.turn = first ? 0 : wrappedAngle(yawAngle - this.#angle);
    this.seconds = first ? 0 : ((time - this.#time) >>> 0) * 1e-6;
    this.#hasBefore = true;
    this.#ticks = wheelTicks;
    this.#angle = yawAngle;
    this.#time = time;
  }
}

/**
 * Throttle and steering that the applied pulses mean, into `applied`: parts of their ranges, -1 to 1 with 0 at the
 * trim.
 */
export function takeApplied(
  { throttlePulse, steeringPulse }: Telemetry,
  servo: Omit<Configure, "session">,
  applied: Float64Array,
): void {
  const throttle = throttlePulse - servo.throttleNeutral;
  const steering = steeringPulse - servo.steeringCentre;
  const throttleSpan =
    throttle >= 0 ? servo.throttleMax - servo.throttleNeutral : servo.throttleNeutral - servo.throttleMin;
  const steeringSpan =
    steering >= 0 ? servo.steeringMax - servo.steeringCentre : servo.steeringCentre - servo.steeringMin;
  // written here rather than returned: a number that is returned may have to be allocated
  applied[0] = signOf(servo, ConfigFlag.throttleReversed) * (throttleSpan > 0 ? throttle / throttleSpan : 0);
  applied[1] = signOf(servo, ConfigFlag.steeringReversed) * (steeringSpan > 0 ? steering / steeringSpan : 0);
}

function signOf({ flags }: Omit<Configure, "session">, reversed: ConfigFlag): 1 | -1 {
  return flags & reversed ? -1 : 1;
}

/** Of the board's angle, which wraps at 2^32 µrad. */
function wrappedAngle(difference: number): number {
  const range = 2 ** 32 * 1e-6;
  return difference - range * Math.round(difference / range);
}
