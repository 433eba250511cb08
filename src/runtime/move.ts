/**
 * A move of the guided set-up: throttle and steering that stay the same for a short time. The gates of the place cannot
 * watch a car of which nothing is known yet, so a move has limits of its own, which hold whatever is asked for
 * (docs/setup.md).
 */
import { isCommand } from "../links/robot.js";
import { PlanarState } from "../tasks/planar.js";

export interface Move {
  /** -1 to 1 */
  readonly throttle: number;
  readonly steering: number;
  /** how long [s] */
  readonly seconds: number;
  /**
   * It ends once the car is farther than this from where it began [m], has come ten times as far, or is faster
   * than {@link FASTEST}; infinite: its wheels turn in the air.
   */
  readonly room: number;
}

/** No move is longer [s], nor has more throttle. */
const LONGEST = 10;
const MOST_THROTTLE = 0.35;
/** One on the ground that is faster ends [m/s]. */
const FASTEST = 1.5;
/** It ends too where the car has come this many times its room. */
const MOST_WAYS = 10;
/** A car on the ground that is slower under throttle [m/s] for longer than this [s] stands, or is not measured. */
const STANDS = 0.05;
const STANDS_FOR = 1;
/** Throttle rises to what is asked for within [s]. */
const RISES = 0.3;

/** The move that is being driven. It neither allocates nor throws. */
export class Moving {
  #move: Move = { throttle: 0, steering: 0, seconds: 0, room: 0 };
  /** where it began [m] */
  #x = 0;
  #y = 0;
  #way = 0;
  #before = 0;
  #movedAt = 0;

  /** `state`: x, y, v, phi where it begins. */
  begin(move: Move, state: Float64Array): void {
    this.#move = move;
    this.#x = state[PlanarState.x];
    this.#y = state[PlanarState.y];
    this.#way = 0;
    this.#before = 0;
    this.#movedAt = 0;
  }

  /** Its command `time` [s] after its beginning, at a measured state, into `command`; false: it is over. */
  step(time: number, state: Float64Array, command: Float64Array): boolean {
    const { throttle, steering, seconds } = this.#move;
    const part = Math.min(1, time / RISES);
    command[0] = part * Math.max(-MOST_THROTTLE, Math.min(MOST_THROTTLE, throttle));
    command[1] = Math.max(-1, Math.min(1, steering));
    return time < Math.min(seconds, LONGEST) && this.#isWithin(time, state) && isCommand(command);
  }

  /** A number that is none is not within. */
  #isWithin(time: number, state: Float64Array): boolean {
    const { room, throttle } = this.#move;
    if (room === Number.POSITIVE_INFINITY) return true;
    const speed = Math.abs(state[PlanarState.v]);
    this.#way += speed * (time - this.#before);
    this.#before = time;
    if (speed > STANDS || throttle === 0) this.#movedAt = time;
    const distance = Math.hypot(state[PlanarState.x] - this.#x, state[PlanarState.y] - this.#y);
    return distance <= room && this.#way <= MOST_WAYS * room && speed <= FASTEST && time - this.#movedAt <= STANDS_FOR;
  }
}
