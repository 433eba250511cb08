/** State and covariance corrected by a pose that was true near the state's time; equations (E7) to (E9). */
import { wrapAngle } from "../angles.js";
import { ENTRIES, Entry, type EstimatorSettings } from "./entries.js";
import { PoseColumn } from "./measured.js";
import type { Motion } from "./motion.js";

/** Parts of an innovation: along the body, to its left, heading. */
const PARTS = 3;
/** Where the rows of the second and the third begin. */
const SIDE = ENTRIES;
const TURN = 2 * ENTRIES;

/** Random errors of poses. */
type PoseNoise = Pick<EstimatorSettings, "position" | "heading" | "timing">;

export class Correction {
  /** of the last pose: its innovation's squared length in standard deviations, chi square (3) if all is well */
  surprise = 0;
  readonly #noise: PoseNoise;
  /** along the body [m], to its left [m], heading [rad]; once weighed, L^-1 times that */
  readonly #innovation = new Float64Array(PARTS);
  /** derivatives of the parts by the state, their products with the covariance */
  readonly #H = new Float64Array(PARTS * ENTRIES);
  readonly #HP = new Float64Array(PARTS * ENTRIES);
  /** covariance of the innovation; its Cholesky factor, lower triangle */
  readonly #S = new Float64Array(PARTS * PARTS);

  constructor(noise: PoseNoise) {
    this.#noise = noise;
  }

  /**
   * Compares a pose, PoseColumn from `at` on, with a state, the one at the end of `motion`; `before`: the one at its
   * beginning. The pose is ahead of that by the time between the two, as it says, less the latency.
   */
  compare(numbers: Float64Array, before: Float64Array, motion: Motion, poses: Float64Array, at: number): void {
    const { position, heading, timing } = this.#noise;
    const innovation = this.#innovation;
    const H = this.#H;
    const S = this.#S;
    const v = numbers[Entry.v];
    const rate = numbers[Entry.rate];
    const sideways = rate * (numbers[Entry.lever] - numbers[Entry.slip] * v * v) + numbers[Entry.sideways];
    const ahead = poses[at + PoseColumn.seconds] - motion.time - numbers[Entry.latency];
    const phi = numbers[Entry.phi] + 0.5 * rate * ahead;
    const cos = Math.cos(phi);
    const sin = Math.sin(phi);
    const dx = poses[at + PoseColumn.x] - numbers[Entry.x];
    const dy = poses[at + PoseColumn.y] - numbers[Entry.y];
    innovation[0] = cos * dx + sin * dy - v * ahead;
    innovation[1] = cos * dy - sin * dx - sideways * ahead;
    innovation[2] = wrapAngle(poses[at + PoseColumn.heading] - numbers[Entry.phi] - rate * ahead);
    H[Entry.x] = cos;
    H[Entry.y] = sin;
    H[Entry.latency] = -v;
    H[SIDE + Entry.x] = -sin;
    H[SIDE + Entry.y] = cos;
    H[SIDE + Entry.latency] = -sideways;
    H[TURN + Entry.latency] = -rate; // and 1 by the heading
    this.#spread(numbers);
    // what a latency that is hardly known does beyond its derivative, where speed or turn rate change
    const perSecond = motion.seconds > 0 ? 1 / motion.seconds : 0;
    const latency = numbers[ENTRIES + Entry.latency * ENTRIES + Entry.latency];
    const along = 0.5 * latency * perSecond * (v - before[Entry.v]);
    const across = 0.5 * latency * v * rate;
    const turn = 0.5 * latency * perSecond * (rate - before[Entry.rate]);
    innovation[0] -= along;
    innovation[1] -= across;
    innovation[2] -= turn;
    S[0] += 2 * along * along;
    S[4] += 2 * across * across;
    S[8] += 2 * turn * turn;
    S[3] += 2 * along * across;
    S[6] += 2 * along * turn;
    S[7] += 2 * across * turn;
    const late = timing * timing;
    S[0] += position * position + late * v * v;
    S[4] += position * position + late * sideways * sideways;
    S[8] += heading * heading + late * rate * rate;
    S[3] += late * v * sideways;
    S[6] += late * v * rate;
    S[7] += late * sideways * rate;
    this.#factor();
  }

  /** H P and H P H', with the columns of H that differ from 0 written out. */
  #spread(numbers: Float64Array): void {
    const H = this.#H;
    const HP = this.#HP;
    const S = this.#S;
    for (let j = 0; j < ENTRIES; j++) {
      const row = ENTRIES + j * ENTRIES; // the covariance is symmetric: its rows are its columns
      const x = numbers[row + Entry.x];
      const y = numbers[row + Entry.y];
      const latency = numbers[row + Entry.latency];
      HP[j] = H[Entry.x] * x + H[Entry.y] * y + H[Entry.latency] * latency;
      HP[SIDE + j] = H[SIDE + Entry.x] * x + H[SIDE + Entry.y] * y + H[SIDE + Entry.latency] * latency;
      HP[TURN + j] = numbers[row + Entry.phi] + H[TURN + Entry.latency] * latency;
    }
    for (let i = 0; i < PARTS; i++) {
      const row = i * ENTRIES;
      const x = HP[row + Entry.x];
      const y = HP[row + Entry.y];
      const latency = HP[row + Entry.latency];
      S[i * PARTS] = H[Entry.x] * x + H[Entry.y] * y + H[Entry.latency] * latency;
      S[i * PARTS + 1] = H[SIDE + Entry.x] * x + H[SIDE + Entry.y] * y + H[SIDE + Entry.latency] * latency;
      S[i * PARTS + 2] = HP[row + Entry.phi] + H[TURN + Entry.latency] * latency;
    }
  }

  /** S = L L', and |L^-1 innovation|². */
  #factor(): void {
    const L = this.#S;
    const innovation = this.#innovation;
    L[0] = Math.sqrt(L[0]);
    L[3] /= L[0];
    L[6] /= L[0];
    L[4] = Math.sqrt(L[4] - L[3] * L[3]);
    L[7] = (L[7] - L[6] * L[3]) / L[4];
    L[8] = Math.sqrt(L[8] - L[6] * L[6] - L[7] * L[7]);
    innovation[0] /= L[0];
    innovation[1] = (innovation[1] - L[3] * innovation[0]) / L[4];
    innovation[2] = (innovation[2] - L[6] * innovation[0] - L[7] * innovation[1]) / L[8];
    this.surprise = innovation[0] * innovation[0] + innovation[1] * innovation[1] + innovation[2] * innovation[2];
  }

  /** Corrects the state that was compared last: with W = L^-1 H P, x <- x + W' L^-1 innovation, P <- P - W' W. */
  apply(numbers: Float64Array): void {
    const L = this.#S;
    const W = this.#HP;
    const a = this.#innovation[0];
    const b = this.#innovation[1];
    const c = this.#innovation[2];
    for (let j = 0; j < ENTRIES; j++) {
      W[j] /= L[0];
      W[SIDE + j] = (W[SIDE + j] - L[3] * W[j]) / L[4];
      W[TURN + j] = (W[TURN + j] - L[6] * W[j] - L[7] * W[SIDE + j]) / L[8];
      numbers[j] += W[j] * a + W[SIDE + j] * b + W[TURN + j] * c;
    }
    for (let i = 0; i < ENTRIES; i++) {
      const row = ENTRIES + i * ENTRIES;
      const along = W[i];
      const side = W[SIDE + i];
      const turn = W[TURN + i];
      // both sides of the diagonal come out alike, to the last bit
      for (let j = 0; j < ENTRIES; j++) numbers[row + j] -= along * W[j] + side * W[SIDE + j] + turn * W[TURN + j];
    }
  }
}
