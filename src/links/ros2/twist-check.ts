/**
 * Whether a speed and the poses that it comes with can both be true. The distance that the speed accounts for is
 * compared with the one between the poses, in windows that follow each other. Where the other frame explains it, one
 * window is enough; otherwise two in a row must contradict, so that a pose that jumps once is none of this.
 */
import { Fault } from "../faults.js";

/** Duration of a window [s]; a pause that is longer begins a new one. */
const WINDOW = 0.15;
/** In a window a robot must go so far to tell anything [m]. */
const LEAST = 0.05;
/** What the two may differ by, as a part of the distance and beside it [m]. */
const ALLOWED = { frame: { part: 0.3, rest: 0.02 }, any: { part: 0.6, rest: 0.05 } } as const;
/** In the right frame the difference is smaller by at least this. */
const EXPLAINED = 0.4;

/** A distance in the plane [m]. */
interface Distance {
  x: number;
  y: number;
}

export class TwistCheck {
  #began = Number.NaN;
  #time = Number.NaN;
  readonly #start: Distance = { x: 0, y: 0 };
  /** what the speed accounts for, taken in the world's frame and in the body's */
  readonly #world: Distance = { x: 0, y: 0 };
  readonly #body: Distance = { x: 0, y: 0 };
  #length = 0;
  #last: Fault.none | Fault.twistFrame | Fault.twistPose = Fault.none;
  /** what the windows before say: {@link Fault.none} if the speed can be true */
  verdict: Fault.none | Fault.twistFrame | Fault.twistPose = Fault.none;

  /** Forgets the poses before. */
  forget(): void {
    this.#began = Number.NaN;
    this.#last = Fault.none;
    this.verdict = Fault.none;
  }

  /** Takes a pose [m, rad] and the speed beside it [m/s], which is said to count in the world's frame or the body's. */
  take(time: number, pose: Distance & { phi: number }, speed: Distance, isWorld: boolean): void {
    const passed = time - this.#time;
    this.#time = time;
    if (!(passed >= 0 && passed < WINDOW) || Number.isNaN(this.#began)) {
      this.forget();
      this.#begin(time, pose);
      return;
    }
    const [cos, sin] = [Math.cos(pose.phi), Math.sin(pose.phi)];
    this.#world.x += speed.x * passed;
    this.#world.y += speed.y * passed;
    this.#body.x += (cos * speed.x - sin * speed.y) * passed;
    this.#body.y += (sin * speed.x + cos * speed.y) * passed;
    this.#length += Math.hypot(speed.x, speed.y) * passed;
    if (time - this.#began < WINDOW) return;
    const found = this.#judge(pose, isWorld);
    this.verdict = found === Fault.twistFrame || found === this.#last ? found : Fault.none;
    this.#last = found;
    this.#begin(time, pose);
  }

  #begin(time: number, { x, y }: Distance): void {
    this.#began = time;
    Object.assign(this.#start, { x, y });
    Object.assign(this.#world, { x: 0, y: 0 });
    Object.assign(this.#body, { x: 0, y: 0 });
    this.#length = 0;
  }

  #judge(pose: Distance, isWorld: boolean): Fault.none | Fault.twistFrame | Fault.twistPose {
    const went = { x: pose.x - this.#start.x, y: pose.y - this.#start.y };
    const length = Math.max(Math.hypot(went.x, went.y), this.#length);
    if (length < LEAST) return Fault.none;
    const [said, other] = isWorld ? [this.#world, this.#body] : [this.#body, this.#world];
    const difference = Math.hypot(said.x - went.x, said.y - went.y);
    const otherwise = Math.hypot(other.x - went.x, other.y - went.y);
    const { frame, any } = ALLOWED;
    const isExplained = otherwise < EXPLAINED * difference && otherwise < frame.part * this.#length + frame.rest;
    if (isExplained && difference > frame.part * length + frame.rest) return Fault.twistFrame;
    return difference > any.part * length + any.rest ? Fault.twistPose : Fault.none;
  }
}
