/**
 * Distance and turn between the poses that a board's own odometry reports: thousandths of m and rad that wrap at 2^16.
 *
 * From the absolute poses, not from the increments that come with them: a lost frame then costs nothing, the next one
 * has its distance too, and roundings do not add up. The price is that a board which starts anew, at 0, seems to jump:
 * {@link OdometryStep.leap}.
 */
import { wrapAngle } from "../angles.js";

/** A pose as the board counts it, and the length of its own increment. */
export interface CountedPose {
  readonly x: number;
  readonly y: number;
  readonly yaw: number;
  readonly moved: number;
}

type Pose = Omit<CountedPose, "moved">;

export enum OdometryStep {
  /** the first pose: there is no distance yet */
  first,
  /** `distance` and `turn` lead here */
  moved,
  /** farther than it can be: a damaged frame whose sum fits nevertheless, or the first after a restart */
  doubtful,
  /** the pose goes on where it leapt to: the board counts anew */
  leap,
}

const PER_UNIT = 1000;
const WRAP = 2 ** 16;
/**
 * A step is doubtful beyond this [m, rad] and what the speed explains, twice over, with the pace of somebody who pushes
 * [m/s, rad/s] on top.
 */
const LEAP = 0.1;
const LEAP_TURN = 0.5;
const PUSHED = 1;
const TURNED = 2;
/** A pose may be older than the time at which it was taken [s]. */
const OLDER = 0.05;
/** A board's increment tells how many frames were lost if it is no smaller than this [thousandths of m]. */
const TELLING = 5;

export class BoardOdometry {
  /** forward since the pose before [m], by the board's own heading */
  distance = 0;
  /** to the left since the pose before [rad] */
  turn = 0;
  /** of the board since the pose before: this one, and those that were lost */
  frames = 1;
  readonly #last = { x: 0, y: 0, yaw: 0 };
  readonly #doubtful = { x: 0, y: 0, yaw: 0 };
  #isDoubtful = false;
  /** at the last pose [rad]; goes on where the count wraps, which is no whole number of turns */
  #heading = 0;
  #lastTime = Number.NaN;

  /** Takes a pose that came at `now` [s], of a robot with this speed [m/s] and yaw rate [rad/s]. */
  take(now: number, pose: CountedPose, speed: number, rate: number): OdometryStep {
    if (Number.isNaN(this.#lastTime)) return this.#settle(now, pose, OdometryStep.first);
    const passed = now - this.#lastTime + OLDER;
    const most = LEAP + (2 * Math.abs(speed) + PUSHED) * passed;
    const mostTurn = LEAP_TURN + (2 * Math.abs(rate) + TURNED) * passed;
    if (this.#leads(this.#last, pose, most, mostTurn)) {
      const parts = Math.abs(this.distance * PER_UNIT) / pose.moved;
      this.frames = pose.moved < TELLING ? 1 : Math.max(1, Math.round(parts));
      this.#heading += this.turn;
      return this.#settle(now, pose, OdometryStep.moved);
    }
    const goesOn = this.#isDoubtful && this.#leads(this.#doubtful, pose, most, mostTurn);
    this.distance = 0;
    this.turn = 0;
    this.frames = 1;
    if (goesOn) return this.#settle(now, pose, OdometryStep.leap);
    copy(pose, this.#doubtful);
    this.#isDoubtful = true;
    return OdometryStep.doubtful;
  }

  #settle(now: number, pose: CountedPose, step: OdometryStep): OdometryStep {
    copy(pose, this.#last);
    if (step !== OdometryStep.moved) this.#heading = pose.yaw / PER_UNIT;
    this.#lastTime = now;
    this.#isDoubtful = false;
    return step;
  }

  /** Sets distance and turn from one pose to another; whether they are no longer than allowed. */
  #leads(from: Pose, to: CountedPose, most: number, mostTurn: number): boolean {
    const dx = wrapped(to.x - from.x) / PER_UNIT;
    const dy = wrapped(to.y - from.y) / PER_UNIT;
    const yaw = wrapped(to.yaw - from.yaw) / PER_UNIT;
    // a board may also keep its yaw within a turn
    this.turn = wrapAngle(yaw);
    const middle = this.#heading + 0.5 * this.turn;
    this.distance = dx * Math.cos(middle) + dy * Math.sin(middle);
    return Math.hypot(dx, dy) <= most && Math.abs(this.turn) <= mostTurn;
  }
}

function wrapped(difference: number): number {
  return difference - WRAP * Math.round(difference / WRAP);
}

function copy(from: Pose, to: { -readonly [K in keyof Pose]: number }): void {
  to.x = from.x;
  to.y = from.y;
  to.yaw = from.yaw;
}
