/**
 * When something held that the board measured, by the host's clock.
 *
 * A telemetry names the last drive frame and how long ago the board took it. When that frame was sent is known, so the
 * host's clock is at least so far ahead of the board's; more by what the frame waited on its way, on a busy computer or
 * in a USB adapter. The least waiting of late is the truth.
 */
import { protocol } from "../wire/protocol.js";

/**
 * Time on the line of a drive frame [s]: 10 bits a byte; type, sequence, checksum, COBS's byte and the closing 0 around
 * the payload.
 */
const ON_LINE = (10 * (10 + 6)) / protocol.baud;
/** How fast the clocks may part [s/s]: twice what a ceramic resonator is off. */
const DRIFT = 0.01;

export class BoardClock {
  /** when the drive frame of each sequence number was sent [s] */
  readonly #sent = new Float64Array(256);
  /** of the board, since it was first heard [s] */
  #time = 0;
  /** host's clock less the board's [s]; -Infinity before a drive frame was answered */
  #ahead = Number.NEGATIVE_INFINITY;

  /** Another board, or one that started anew. */
  forget(): void {
    this.#time = 0;
    this.#ahead = Number.NEGATIVE_INFINITY;
  }

  /** A drive frame of this sequence number is sent at `now` [s]. */
  remember(sequence: number, now: number): void {
    this.#sent[sequence] = now;
  }

  /** When the drive frame of this sequence number was sent [s]. */
  sentAt(sequence: number): number {
    return this.#sent[sequence];
  }

  /**
   * Takes a telemetry that came at `now` [s], `seconds` of the board after the one before, with the number of the last
   * drive frame and the time since that one [ms].
   */
  take(now: number, seconds: number, echoSequence: number, echoAge: number): void {
    this.#time += seconds;
    this.#ahead -= DRIFT * seconds;
    const echoed = this.#sent[echoSequence] + ON_LINE + echoAge / 1000;
    // where the board has heard nothing for long, its number may be of an earlier round
    if (echoAge <= protocol.telemetryIdle && echoed <= now) this.#ahead = Math.max(this.#ahead, echoed - this.#time);
  }

  /**
   * The same where nothing is sent that could be echoed: what arrived soonest after it was measured tells the clocks
   * apart, so that states hold somewhat too late, all by the same time.
   */
  overhear(now: number, seconds: number): void {
    this.#time += seconds;
    const least = this.#ahead === Number.NEGATIVE_INFINITY ? Number.POSITIVE_INFINITY : this.#ahead + DRIFT * seconds;
    this.#ahead = Math.min(least, now - this.#time);
  }

  /** When the last telemetry was measured, by the host's clock [s]; `now` where that is not known. */
  measuredAt(now: number): number {
    const measured = this.#time + this.#ahead;
    return measured > Number.NEGATIVE_INFINITY && measured < now ? measured : now;
  }
}
