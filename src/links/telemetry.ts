/** What the board's counters and pulses mean. */
import type { Telemetry } from "./wire/protocol.js";

/** Increments of the counters that run since the board's start, and wrap. */
export class Counters {
  /** of the wheel encoder */
  ticks = 0;
  /** [rad] */
  turn = 0;
  seconds = 0;
  #hasBefore = false;
  #ticks = 0;
  #angle = 0;
  #time = 0;

  /** As if nothing had been counted yet: the next telemetry brings no increments. */
  forget(): void {
    this.#hasBefore = false;
  }

  /** The increments since the telemetry before. */
  take({ wheelTicks, yawAngle, time }: Telemetry): void {
    const first = !this.#hasBefore;
    this.ticks = first ? 0 : (wheelTicks - this.#ticks) | 0;
    this.turn = first ? 0 : wrappedAngle(yawAngle - this.#angle);
    this.seconds = first ? 0 : ((time - this.#time) >>> 0) * 1e-6;
    this.#hasBefore = true;
    this.#ticks = wheelTicks;
    this.#angle = yawAngle;
    this.#time = time;
  }
}

/** A pulse as a part of its range, -1 to 1 with 0 at `middle`. */
export function signedPart(pulse: number, low: number, middle: number, high: number): number {
  const span = pulse >= middle ? high - middle : middle - low;
  return span > 0 ? (pulse - middle) / span : 0;
}

/** Of the board's angle, which wraps at 2^32 µrad. */
function wrappedAngle(difference: number): number {
  const range = 2 ** 32 * 1e-6;
  return difference - range * Math.round(difference / range);
}
