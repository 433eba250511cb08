/**
 * Whether a stream of poses can be that of a car, in metres and radians: senders in millimetres or degrees are found by
 * values that no floor has, and by motion that no car makes.
 */
import { wrapAngle } from "../angles.js";
import { upperMedian } from "../statistics.js";

/** No floor is larger [m]. */
const FARTHEST = 200;
/** A heading that begins beyond this [rad] was not counted up by turning: a turn, and a little. */
const LARGEST_HEADING = 2 * Math.PI + 0.1;
/** No car is faster [m/s], or turns faster [rad/s], in the median of so many moves over at least this time each [s]. */
const FASTEST = 30;
const TURNS = 20;
const MOVES = 9;
const MOVE = 0.02;
/** Moves that must have been seen before a stream is believed. */
const JUDGED = 4;
/** After such a gap [s] a heading may have turned unseen. */
const GAP = 1;

export class Plausibility {
  readonly #speeds = new Float64Array(MOVES);
  readonly #rates = new Float64Array(MOVES);
  readonly #sorted = new Float64Array(MOVES);
  #moves = 0;
  #x = Number.NaN;
  #y = Number.NaN;
  #heading = Number.NaN;
  #arrived = Number.NEGATIVE_INFINITY;

  /** "": believed; otherwise why not, for people; undefined: too few were seen so far. */
  judge(x: number, y: number, heading: number, arrived: number): string | undefined {
    const far = Math.abs(x) > FARTHEST ? x : y;
    if (Math.abs(far) > FARTHEST)
      return (
        `a position of ${far.toFixed(0)} m, beyond the ${FARTHEST} m that are allowed: is the sender in millimetres? ` +
        "Metres are expected"
      );
    const passed = arrived - this.#arrived;
    if (!(Math.abs(heading) <= LARGEST_HEADING) && !(passed < GAP))
      return (
        `a heading of ${heading.toFixed(1)} rad; allowed is -2π to 2π: is the sender in degrees? ` +
        "Radians are expected, and turns are not counted"
      );
    if (passed >= GAP) this.#moves = 0;
    if (passed < MOVE) return this.#verdict();
    if (passed < GAP) {
      const at = this.#moves++ % MOVES;
      this.#speeds[at] = Math.hypot(x - this.#x, y - this.#y) / passed;
      this.#rates[at] = Math.abs(wrapAngle(heading - this.#heading)) / passed;
    }
    this.#x = x;
    this.#y = y;
    this.#heading = heading;
    this.#arrived = arrived;
    return this.#verdict();
  }

  #verdict(): string | undefined {
    if (this.#moves < JUDGED) return undefined;
    const speed = this.#medianOf(this.#speeds);
    if (speed > FASTEST)
      return (
        `a speed of ${speed.toFixed(0)} m/s: no car is faster than ${FASTEST} m/s; is the sender in millimetres? ` +
        "Metres are expected"
      );
    const rate = this.#medianOf(this.#rates);
    if (rate > TURNS)
      return (
        `a turn rate of ${rate.toFixed(0)} rad/s: no car turns faster than ${TURNS} rad/s; is the sender in degrees? ` +
        "Radians are expected"
      );
    return "";
  }

  #medianOf(values: Float64Array): number {
    const count = Math.min(this.#moves, MOVES);
    const sorted = this.#sorted.subarray(0, count);
    sorted.set(values.subarray(0, count));
    return upperMedian(sorted);
  }
}
