/** The robot's state from messages: what can be used of them, when it held, and why the rest was refused. */
import { wrapAngle } from "../../angles.js";
import { Fault } from "../faults.js";
import { type Odometry, type PoseStamped, secondsOf, type TwistStamped, yawOf } from "./messages.js";
import type { Ros2Settings } from "./settings.js";
import { TwistCheck } from "./twist-check.js";

/** A speed that was measured longer ago than this beside a pose is not that pose's [s]. */
const TWIST_WITHIN = 0.1;
/**
 * Without a measured speed it comes from the pose of at least this duration ago [s]: long against its noise, short
 * against what the car does.
 */
const DIFFERENCE = 0.035;
const KEPT = 16;
/** Stamps must advance with our clock, within this factor, over this duration [s]. */
const PACE = 1.25;
const PACE_OVER = 0.5;
/** Stamps that stay behind the last one for this duration are those of a clock that was set [s]. */
const CLOCK_SET = 1;
/** How fast the stamps' clock may drift against ours [s/s]; above what time synchronisation slews. */
const DRIFT = 1e-3;

interface Sample {
  readonly time: number;
  readonly x: number;
  readonly y: number;
  readonly phi: number;
}

export class StateSource {
  /** when the state held, by our clock [s]; -Infinity before the first */
  time = Number.NEGATIVE_INFINITY;
  /** when it arrived */
  arrival = Number.NEGATIVE_INFINITY;
  x = 0;
  y = 0;
  v = 0;
  /** not wrapped [rad] */
  phi = 0;
  /** [rad/s] */
  rate = 0;
  /** way forward [m] and turn [rad] since the first, by speed and yaw rate */
  distance = 0;
  turn = 0;
  /** why a message since was refused, and in words for people */
  refusal = Fault.none;
  words = "";

  readonly #settings: Pick<Ros2Settings, "frame" | "stamps" | "twistFrame">;
  readonly #samples: Sample[] = [];
  readonly #twistCheck = new TwistCheck();
  #frame: string;
  #stamp = Number.NEGATIVE_INFINITY;
  /** our clock less the stamps', as the fastest message showed it */
  #offset = Number.POSITIVE_INFINITY;
  #paceStamp = 0;
  #paceArrival = Number.NEGATIVE_INFINITY;
  /** where the last interval was: 1 too fast, -1 too slow */
  #paceSide = 0;
  #isPaced = true;
  #twist: { readonly arrival: number; readonly x: number; readonly y: number; readonly rate: number } | undefined;

  constructor(settings: Pick<Ros2Settings, "frame" | "stamps" | "twistFrame">) {
    this.#settings = settings;
    this.#frame = settings.frame;
  }

  takeOdometry({ header, pose, twist }: Odometry, arrival: number): void {
    const { linear, angular } = twist.twist;
    this.#takePose(header, pose.pose, arrival, { x: linear.x, y: linear.y, rate: angular.z });
  }

  takePose({ header, pose }: PoseStamped, arrival: number): void {
    const isRecent = this.#twist !== undefined && arrival - this.#twist.arrival <= TWIST_WITHIN;
    this.#takePose(header, pose, arrival, isRecent ? this.#twist : undefined);
  }

  takeTwist({ twist: { linear, angular } }: TwistStamped, arrival: number): void {
    const twist = { arrival, x: linear.x, y: linear.y, rate: angular.z };
    if (!areFinite([twist.x, twist.y, twist.rate])) this.refuse(Fault.notFinite, "a speed is not a number");
    else this.#twist = twist;
  }

  /** frame_id of the state; "" before the first, if any is taken */
  get frame(): string {
    return this.#frame;
  }

  /** what is added to stamps for our clock [s]; Infinity before the first */
  get offset(): number {
    return this.#offset;
  }

  /** A message could not be used. */
  refuse(fault: Fault, words: string): void {
    this.refusal = fault;
    this.words = words;
  }

  #takePose(
    { stamp, frame_id }: PoseStamped["header"],
    { position, orientation }: PoseStamped["pose"],
    arrival: number,
    twist: { readonly x: number; readonly y: number; readonly rate: number } | undefined,
  ): void {
    const { x, y } = position;
    const yaw = yawOf(orientation);
    const seconds = secondsOf(stamp);
    if (!areFinite([x, y, yaw, seconds, ...(twist ? [twist.x, twist.y, twist.rate] : [])])) {
      this.refuse(Fault.notFinite, "a pose or a speed is not a number, or an orientation has no length");
      return;
    }
    if (this.#frame === "") this.#frame = frame_id;
    if (frame_id !== this.#frame) {
      this.refuse(Fault.frame, `a state came in frame "${frame_id}", not in "${this.#frame}"`);
      return;
    }
    const time = this.#settings.stamps === "use" ? this.#timeOf(seconds, arrival) : arrival;
    if (time === undefined) return;
    const isFirst = this.time === Number.NEGATIVE_INFINITY;
    const phi = isFirst ? yaw : this.phi + wrapAngle(yaw - this.phi);
    this.#samples.push({ time, x, y, phi });
    if (this.#samples.length > KEPT) this.#samples.shift();
    const isWorld = this.#settings.twistFrame === "world";
    if (twist && !this.#agrees(time, { x, y, phi }, twist, isWorld)) return;
    const { forward, side, rate } = twist ? alongHeading(twist, phi, isWorld) : this.#difference();
    // the task's speed is that of the body, forward or backward
    const v = Math.hypot(forward, side) * (forward < 0 ? -1 : 1);
    if (!areFinite([v, rate])) {
      this.refuse(Fault.notFinite, "a speed is beyond all numbers");
      return;
    }
    const halfway = isFirst ? 0 : 0.5 * (time - this.time);
    this.distance += halfway * (this.v + v);
    this.turn += halfway * (this.rate + rate);
    this.x = x;
    this.y = y;
    this.v = v;
    this.phi = phi;
    this.rate = rate;
    this.time = time;
    this.arrival = arrival;
    this.refusal = Fault.none;
  }

  /** Whether a pose and the speed beside it can both be true. */
  #agrees(time: number, pose: Omit<Sample, "time">, twist: { x: number; y: number }, isWorld: boolean): boolean {
    this.#twistCheck.take(time, pose, twist, isWorld);
    const { verdict } = this.#twistCheck;
    if (verdict === Fault.none) return true;
    const [is, seems] = isWorld ? ["world", "body"] : ["body", "world"];
    this.refuse(
      verdict,
      verdict === Fault.twistFrame
        ? `the speed beside the poses is taken in the frame of the ${is}; ` +
            `by the poses it counts in that of the ${seems}`
        : "the speed beside the poses is not how fast, or where, they go: another unit, sign or source",
    );
    return false;
  }

  /** When a state of this stamp held, by our clock; undefined if it cannot be used. */
  #timeOf(stamp: number, arrival: number): number | undefined {
    const isBehind = stamp < this.#stamp && arrival - this.arrival > CLOCK_SET;
    if (isBehind) this.#forgetStamps();
    if (!(stamp > this.#stamp)) {
      const what = stamp === this.#stamp ? "the stamp of the one before" : "an older stamp than the one before";
      this.refuse(Fault.stamps, `a state has ${what}: ${stamp.toFixed(3)} s`);
      return undefined;
    }
    const passed = Math.max(0, arrival - this.arrival);
    this.#offset = Math.min(this.#offset + (passed < Number.POSITIVE_INFINITY ? DRIFT * passed : 0), arrival - stamp);
    this.#stamp = stamp;
    this.#watchPace(stamp, arrival);
    if (this.#isPaced) return Math.max(this.time, stamp + this.#offset);
    this.refuse(
      Fault.pace,
      "the stamps do not advance with this computer's clock: simulated time that is no real time",
    );
    return undefined;
  }

  /**
   * Two intervals in a row must be too slow, or too fast: messages that were held up are followed by such as catch up.
   */
  #watchPace(stamp: number, arrival: number): void {
    const passed = arrival - this.#paceArrival;
    if (passed < PACE_OVER) return;
    const pace = (stamp - this.#paceStamp) / passed;
    // before the first, and after a pause, there is nothing to compare with
    const isInterval = passed < 2 * PACE_OVER;
    const side = !isInterval ? 0 : pace > PACE ? 1 : pace < 1 / PACE ? -1 : 0;
    this.#isPaced = side === 0 || side !== this.#paceSide;
    this.#paceSide = side;
    this.#paceStamp = stamp;
    this.#paceArrival = arrival;
  }

  #forgetStamps(): void {
    this.#stamp = Number.NEGATIVE_INFINITY;
    this.#offset = Number.POSITIVE_INFINITY;
    this.#paceArrival = Number.NEGATIVE_INFINITY;
    this.#paceSide = 0;
    this.#isPaced = true;
    this.#samples.length = 0;
    this.#twistCheck.forget();
  }

  /** Speed forward and to the left, and yaw rate, from the last poses. */
  #difference(): { forward: number; side: number; rate: number } {
    const last = this.#samples.at(-1);
    const first = this.#samples.findLast(({ time }) => last && last.time - time >= DIFFERENCE) ?? this.#samples[0];
    if (!first || !last || first.time >= last.time) return { forward: 0, side: 0, rate: 0 };
    const seconds = last.time - first.time;
    const x = (last.x - first.x) / seconds;
    const y = (last.y - first.y) / seconds;
    const rate = (last.phi - first.phi) / seconds;
    return alongHeading({ x, y, rate }, 0.5 * (first.phi + last.phi), true);
  }
}

/** A speed forward and to the left of the heading `phi`. */
function alongHeading({ x, y, rate }: { x: number; y: number; rate: number }, phi: number, isWorld: boolean) {
  if (!isWorld) return { forward: x, side: y, rate };
  const cos = Math.cos(phi);
  const sin = Math.sin(phi);
  return { forward: cos * x + sin * y, side: cos * y - sin * x, rate };
}

function areFinite(values: readonly number[]): boolean {
  return values.every(Number.isFinite);
}
