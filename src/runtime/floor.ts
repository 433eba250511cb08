/**
 * Where the robots of a fleet are on the floor that they share: memory of all their control threads. Each says at every
 * step where it is, whether or not it drives, and the last place of one that says nothing any more stays. Nothing is
 * allocated.
 */

import type { Reading } from "../links/robot.js";
import type { Placement } from "../pose/placement.js";
import { PlanarState } from "../tasks/planar.js";

/** What a robot's row holds. */
enum Entry {
  /** on the floor [m]; NaN: never measured */
  x,
  y,
  /** another robot found this one nearer than is allowed to it [m]; NaN: none did since this one began to drive */
  found,
  count,
}

/** A robot's place in that memory; it goes to the robot's control thread. */
export interface FloorPlace {
  readonly buffer: SharedArrayBuffer;
  /** of the robot */
  readonly index: number;
  /** of the floor in the frame of the robot's track */
  readonly frame: Placement;
}

/** Memory for so many robots. */
export function newFloor(robots: number): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(8 * Entry.count * robots);
  new Float64Array(buffer).fill(Number.NaN);
  return buffer;
}

export class Floor {
  readonly #rows: Float64Array;
  readonly #own: number;
  readonly #frame: Placement;
  readonly #cos: number;
  readonly #sin: number;

  constructor({ buffer, index, frame }: FloorPlace) {
    this.#rows = new Float64Array(buffer);
    this.#own = index * Entry.count;
    this.#frame = frame;
    this.#cos = Math.cos(frame.angle);
    this.#sin = Math.sin(frame.angle);
  }

  /** Says where the robot is, if it has been measured. */
  tell({ state, time }: Reading): void {
    if (time === Number.NEGATIVE_INFINITY) return;
    const dx = state[PlanarState.x] - this.#frame.x;
    const dy = state[PlanarState.y] - this.#frame.y;
    this.#rows[this.#own + Entry.x] = this.#cos * dx + this.#sin * dy;
    this.#rows[this.#own + Entry.y] = this.#cos * dy - this.#sin * dx;
  }

  /** Forgets what others found. */
  begin(): void {
    this.#rows[this.#own + Entry.found] = Number.NaN;
  }

  /**
   * The distance to the nearest other robot [m], as it is or as that one found it; NaN if none was measured. One below
   * `limit` is told to the other, so that both stop.
   */
  nearest(limit: number): number {
    const rows = this.#rows;
    const own = this.#own;
    let least = rows[own + Entry.found];
    for (let other = 0; other < rows.length; other += Entry.count) {
      if (other === own) continue;
      const dx = rows[other + Entry.x] - rows[own + Entry.x];
      const dy = rows[other + Entry.y] - rows[own + Entry.y];
      const distance = Math.sqrt(dx * dx + dy * dy); // Math.hypot allocates
      if (distance < limit) rows[other + Entry.found] = distance;
      if (!(distance >= least)) least = Number.isNaN(distance) ? least : distance;
    }
    return least;
  }
}
