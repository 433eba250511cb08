/**
 * A sender's clock by ours: what must be added to its times. It may count from any moment, be set, or be no clock at
 * all; then poses are dated by their arrival, and that is said.
 *
 *   offset = min over the last ten seconds of (arrival - time sent)
 *
 * The fastest datagram of ten seconds stands for all: what others waited in the network does not count as age. What
 * even the fastest one needed is not seen here; it is part of the latency that the estimator finds. That must not leap
 * whenever a faster datagram comes, or the fastest one is forgotten: after the first two seconds what is added follows
 * the offset slowly, a little faster than two clocks drift apart.
 */

/** The least of each second is kept, for so many seconds. */
const SECONDS = 10;
/** What is added follows the offset at once for this time [s], then by so much in a second [s]. */
export const SETTLES = 2;
const FOLLOWS = 1.5e-4;
/** A clock that leaps forwards by more [s] was set; a datagram that is later by more [s] waited, or it was set back. */
const LEAP = 0.1;
const LATE = 0.5;
/** So many in a row that agree within this [s], late ones over this time [s], are the clock; fewer are a fault. */
const AGREE = 3;
const AGREE_WITHIN = 0.05;
const AGREE_FOR = 0.5;
/** A clock that is set more often than this, or that fits for no moment of this time [s], does not deserve the name. */
const MOST_LEAPS = 3;
const ODD_FOR = 2;
/** What a sender needs between seeing and sending, at most [s]. */
const MOST_BETWEEN = 1;
/** A sender that gives no time for this time [s] will give none; one with numbered frames finds their times by then. */
const TIMELESS_FOR = 10;
/** Units that times are given in by mistake, by seconds; looked for once this time has passed [s]. */
const UNITS = [
  ["milliseconds", 1e3],
  ["microseconds", 1e6],
  ["nanoseconds", 1e9],
] as const;
const UNIT_AFTER = 0.5;

const BY_ARRIVAL = "its poses are dated by their arrival";

export class SenderClock {
  readonly #say: (text: string) => void;
  /** least difference of each second, by its number modulo {@link SECONDS} */
  readonly #least = new Float64Array(SECONDS);
  #second = Number.NaN;
  /** what is added to the sender's times [s] */
  #added = 0;
  #isHopeless = false;
  /** no time has come since [s]; NaN: the last one did */
  #timelessSince = Number.NaN;
  #leaps = 0;
  #firstSent = Number.NaN;
  #firstArrived = Number.NaN;
  #lastSent = Number.NaN;
  #lastArrived = Number.NaN;
  /** none has fitted since [s]; NaN: the last one did */
  #misfitSince = Number.NaN;
  /** differences that do not fit, and agree: how many in a row, since when, and the first */
  #odd = 0;
  #oddSince = 0;
  #oddDifference = 0;

  constructor(say: (text: string) => void) {
    this.#say = say;
  }

  /** When a pose was true, by our clock [s], that was taken and sent at these times by the sender's. */
  date(taken: number, sent: number, arrived: number): number {
    if (this.#isHopeless) return arrived;
    if (!Number.isFinite(sent) || !Number.isFinite(taken)) {
      if (Number.isNaN(this.#timelessSince)) this.#timelessSince = arrived;
      if (arrived - this.#timelessSince > TIMELESS_FOR)
        this.#giveUp(arrived, "the sender does not say when poses were taken");
      return arrived;
    }
    this.#timelessSince = Number.NaN;
    const seconds = this.#secondsOf(taken, sent, arrived);
    this.#lastSent = sent;
    this.#lastArrived = arrived;
    return seconds;
  }

  #secondsOf(taken: number, sent: number, arrived: number): number {
    const difference = arrived - sent;
    if (!(taken <= sent && sent - taken < MOST_BETWEEN)) return arrived;
    if (Number.isNaN(this.#second)) this.#begin(sent, arrived);
    else if (sent === this.#lastSent) return this.#standsStill(arrived);
    else if (!this.#fits(difference, arrived)) {
      const unit = this.#unit(sent, arrived);
      if (unit !== undefined) return this.#giveUp(arrived, `the sender's times are in ${unit}; allowed are seconds`);
      if (arrived - this.#misfitSince > ODD_FOR)
        return this.#giveUp(arrived, "the sender's clock does not run at the pace of ours");
      if (!this.#wasSet(difference, arrived)) return Math.min(arrived, taken + this.#added);
      if (++this.#leaps > MOST_LEAPS) return this.#giveUp(arrived, "the sender's clock is set again and again");
      this.#say("the sender's clock was set: its poses are dated anew");
      this.#begin(sent, arrived);
    }
    this.#keep(difference, arrived);
    this.#follow(arrived);
    return Math.min(arrived, taken + this.#added);
  }

  /** What is added comes nearer to the offset. */
  #follow(arrived: number): void {
    const offset = this.#offset;
    const isSettled = arrived - this.#firstArrived > SETTLES;
    const most = isSettled ? FOLLOWS * Math.max(0, arrived - this.#lastArrived) : Number.POSITIVE_INFINITY;
    this.#added += Math.min(most, Math.max(-most, offset - this.#added));
  }

  /** What a time of the sender differs by from its fastest arrival [s]. */
  get #offset(): number {
    let least = Number.POSITIVE_INFINITY;
    for (const one of this.#least) if (one < least) least = one;
    return least;
  }

  #begin(sent: number, arrived: number): void {
    this.#least.fill(Number.POSITIVE_INFINITY);
    this.#second = Math.floor(arrived);
    this.#odd = 0;
    this.#misfitSince = Number.NaN;
    this.#firstSent = sent;
    this.#firstArrived = arrived;
  }

  /** Another pose of the same time. */
  #standsStill(arrived: number): number {
    if (this.#misfit(arrived) < UNIT_AFTER) return arrived;
    return this.#giveUp(arrived, "the sender's time does not go on");
  }

  /** For how long no time has fitted [s]. */
  #misfit(arrived: number): number {
    if (Number.isNaN(this.#misfitSince)) this.#misfitSince = arrived;
    return arrived - this.#misfitSince;
  }

  /** What its times seem to be in, if not in seconds: by all of them, and not by the last leap alone. */
  #unit(sent: number, arrived: number): string | undefined {
    const passed = arrived - this.#firstArrived;
    if (passed < UNIT_AFTER) return undefined;
    const rate = (sent - this.#firstSent) / passed;
    const now = (sent - this.#lastSent) / (arrived - this.#lastArrived);
    return UNITS.find(([, factor]) => Math.abs(rate / factor - 1) < 0.2 && now > 0.1 * factor)?.[0];
  }

  #fits(difference: number, arrived: number): boolean {
    this.#forget(arrived);
    const offset = this.#offset;
    const isFit = offset === Number.POSITIVE_INFINITY || (difference > offset - LEAP && difference < offset + LATE);
    if (isFit) {
      this.#odd = 0;
      this.#misfitSince = Number.NaN;
    } else this.#misfit(arrived);
    return isFit;
  }

  /** Whether times that do not fit agree among themselves: then the clock is another one. */
  #wasSet(difference: number, arrived: number): boolean {
    if (this.#odd === 0 || Math.abs(difference - this.#oddDifference) > AGREE_WITHIN) {
      this.#odd = 0;
      this.#oddSince = arrived;
      this.#oddDifference = difference;
    }
    this.#odd++;
    return this.#odd >= AGREE && (difference < this.#offset || arrived - this.#oddSince > AGREE_FOR);
  }

  #keep(difference: number, arrived: number): void {
    this.#forget(arrived);
    const at = this.#second % SECONDS;
    if (difference < this.#least[at]) this.#least[at] = difference;
  }

  /** Makes room for the seconds that have begun. */
  #forget(arrived: number): void {
    const now = Math.floor(arrived);
    if (now - this.#second > SECONDS) this.#second = now - SECONDS;
    while (this.#second < now) this.#least[++this.#second % SECONDS] = Number.POSITIVE_INFINITY;
  }

  #giveUp(arrived: number, why: string): number {
    this.#isHopeless = true;
    this.#say(`${why}: ${BY_ARRIVAL}`);
    return arrived;
  }
}
