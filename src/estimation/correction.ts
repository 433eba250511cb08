/** State and covariance corrected by a pose that was true near the state's time; equations (E7) to (E9). */
import { wrapAngle } from "../angles.js";
import { ENTRIES, Entry, type EstimatorSettings } from "./entries.js";
import { PoseColumn } from "./measured.js";
import type { Motion } from "./motion.js";

/** Parts of an innovation: along the body, to its left, heading. */
const PARTS = 3;

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
   * Compares a pose, PoseColumn from `at` on, with a state, the one at the end of `motion`. The pose is ahead of that by
   * the time between the two, as it says, less the latency.
   */
  compare(numbers: Float64Array, motion: Motion, poses: Float64Array, at: number): void {
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
    H[ENTRIES + Entry.x] = -sin;
    H[ENTRIES + Entry.y] = cos;
    H[ENTRIES + Entry.latency] = -sideways;
    H[2 * ENTRIES + Entry.phi] = 1;
    H[2 * ENTRIES + Entry.latency] = -rate;
    this.#spread(numbers);
    const late = timing * timing;
    S[0] += position * position + late * v * v;
    S[4] += position * position + late * sideways * sideways;
    S[8] += heading * heading + late * rate * rate;
    S[3] += late * v * sideways;
    S[6] += late * v * rate;
    S[7] += late * sideways * rate;
    this.#factor();
  }

  /** H P and H P H'. */
  #spread(numbers: Float64Array): void {
    const H = this.#H;
    const HP = this.#HP;
    const S = this.#S;
    HP.fill(0);
    for (let part = 0; part < PARTS; part++) {
      for (let k = 0; k < ENTRIES; k++) {
        const h = H[part * ENTRIES + k];
        if (h === 0) continue;
        const from = ENTRIES + k * ENTRIES;
        for (let j = 0; j < ENTRIES; j++) HP[part * ENTRIES + j] += h * numbers[from + j];
      }
    }
    for (let i = 0; i < PARTS; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = 0;
        for (let k = 0; k < ENTRIES; k++) sum += HP[i * ENTRIES + k] * H[j * ENTRIES + k];
        S[i * PARTS + j] = sum;
      }
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
      W[ENTRIES + j] = (W[ENTRIES + j] - L[3] * W[j]) / L[4];
      W[2 * ENTRIES + j] = (W[2 * ENTRIES + j] - L[6] * W[j] - L[7] * W[ENTRIES + j]) / L[8];
      numbers[j] += W[j] * a + W[ENTRIES + j] * b + W[2 * ENTRIES + j] * c;
    }
    for (let i = 0; i < ENTRIES; i++) {
      const row = ENTRIES + i * ENTRIES;
      for (let j = 0; j <= i; j++) {
        const less = W[i] * W[j] + W[ENTRIES + i] * W[ENTRIES + j] + W[2 * ENTRIES + i] * W[2 * ENTRIES + j];
        numbers[row + j] -= less;
        numbers[ENTRIES + j * ENTRIES + i] = numbers[row + j];
      }
    }
  }
}
