/**
 * What looks at a simulated car from outside: its poses come late, irregularly, noisy, sometimes wrong or not at all,
 * as a source of poses hands them over.
 */
import { wrapAngle } from "../../src/angles.js";
import { PoseEntry } from "../../src/pose/shared-poses.js";
import { uniformFrom } from "../../src/statistics.js";
import { normalFrom, type SensorErrors } from "./sensed-drive.js";

export interface View {
  /** The car is there now: x, y, v, phi. */
  see(now: number, state: ArrayLike<number> & Iterable<number>): void;
  /** The newest pose that has come by now; older ones that nobody asked for are gone. */
  poll(into: Float64Array): boolean;
  /** Waits, between two control steps, for whoever looks. */
  look?(): Promise<void>;
}

export class OutsideView implements View {
  /** nothing is seen */
  isBlind = false;
  readonly #errors: SensorErrors;
  readonly #uniform: () => number;
  readonly #normal: () => number;
  /** poses on their way, by arrival */
  readonly #sent: number[][] = [];
  #next = 0;
  #now = 0;

  constructor(errors: SensorErrors, seed: number) {
    this.#errors = errors;
    this.#uniform = uniformFrom(seed);
    this.#normal = normalFrom(seed + 1);
  }

  see(now: number, [x = 0, y = 0, , phi = 0]: ArrayLike<number> & Iterable<number>): void {
    const errors = this.#errors;
    this.#now = now;
    if (now < this.#next) return;
    this.#next = Math.max(this.#next, now - 1 / errors.rate) + 1 / errors.rate;
    if (this.isBlind || this.#uniform() < errors.lost) return;
    const by = this.#uniform() < errors.wrong && now > 1 ? errors.wrongBy : 0;
    const side = 2 * Math.PI * this.#uniform();
    const arrives = now + Math.max(0.01, errors.late + errors.jitter * this.#normal());
    const pose = [];
    pose[PoseEntry.seconds] = errors.isStamped ? now + errors.unsaid : arrives;
    pose[PoseEntry.arrived] = arrives;
    pose[PoseEntry.x] = x + errors.position * this.#normal() + by * Math.cos(side);
    pose[PoseEntry.y] = y + errors.position * this.#normal() + by * Math.sin(side);
    pose[PoseEntry.heading] = wrapAngle(phi + errors.heading * this.#normal());
    this.#sent.push(pose);
    this.#sent.sort((a, b) => a[PoseEntry.arrived] - b[PoseEntry.arrived]);
  }

  poll(into: Float64Array): boolean {
    let newest: number[] | undefined;
    while (this.#sent.length > 0 && this.#sent[0][PoseEntry.arrived] <= this.#now) newest = this.#sent.shift();
    if (newest) into.set(newest);
    return newest !== undefined;
  }
}
