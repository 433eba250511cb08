/**
 * Setpoint offsets over the lap: knots of the task's clock, between them straight lines, closed to a ring. And the step
 * that both rules with a table take: the least-squares answer of the residuals, held to the present table.
 */
import { solveSymmetric } from "../identification/least-squares.js";
import type { LapDrive } from "./lap-drive.js";

/** Knots around the lap. */
const KNOTS = 40;
/** Setpoint offsets of a knot. */
const OFFSETS = 4;
const SIZE = KNOTS * OFFSETS;

/** What holds a step back. */
export interface Damping {
  /** weight of the squared change of every offset, cost per m² and per (m/s)² */
  readonly change: number;
  /** weight of the squared difference of neighbouring knots, after the change */
  readonly roughness: number;
}

export class SetpointTable {
  /** offset k of knot i at OFFSETS i + k [m, m/s] */
  values: Float64Array = new Float64Array(SIZE);
  readonly #lapTime: number;

  /** `lapTime` [s] */
  constructor(lapTime: number) {
    this.#lapTime = lapTime;
  }

  /** The offsets at a task time [s] into the first places of `into`. */
  at(taskTime: number, into: Float64Array): void {
    const { knot, next, part } = this.#place(taskTime);
    for (let k = 0; k < OFFSETS; k++)
      into[k] = (1 - part) * this.values[OFFSETS * knot + k] + part * this.values[OFFSETS * next + k];
  }

  #place(taskTime: number) {
    const place = ((((taskTime / this.#lapTime) % 1) + 1) % 1) * KNOTS;
    const knot = Math.floor(place) % KNOTS;
    return { knot, next: (knot + 1) % KNOTS, part: place - Math.floor(place) };
  }

  /**
   * Norm-optimal: the table that minimises |r + J d|² + change |d|² + roughness |D (table + d)|², d its change, r the
   * residuals of the last lap in a slot, J their derivatives by the table through the fitted model, from the lap before
   * on, D differences of neighbours; kept within what the outputs can do.
   */
  improved(laps: LapDrive, slot: number, { change, roughness }: Damping): Float64Array {
    const { core, drive, lap } = laps;
    const size = core.setup.task.columns.residual.length;
    const counted = size * drive.firstOfLast(lap, slot);
    const rows = size * drive.steps(slot) - counted;
    const times = core.view("segmentTimes", slot);
    const J = Array.from({ length: SIZE }, () => new Float64Array(rows));
    laps.responses(slot, Math.max(0, drive.segments(slot) - 2 * lap), OFFSETS, (j, k, response, step) => {
      const { knot, next, part } = this.#place(times[j]);
      const [one, other] = [J[OFFSETS * knot + k], J[OFFSETS * next + k]];
      for (let i = Math.max(counted, size * step); i < counted + rows; i++) {
        one[i - counted] += (1 - part) * response[i];
        other[i - counted] += part * response[i];
      }
    });
    const r = core.view("residuals", slot).subarray(counted, counted + rows);
    const normal = productsOf(J);
    const right = J.map((column) => -column.reduce((sum, value, i) => sum + value * r[i], 0));
    for (let a = 0; a < SIZE; a++) {
      const [before, after] = [(a + SIZE - OFFSETS) % SIZE, (a + OFFSETS) % SIZE];
      normal[a * SIZE + a] += 2 * roughness;
      normal[a * SIZE + before] -= roughness;
      normal[a * SIZE + after] -= roughness;
      right[a] -= roughness * (2 * this.values[a] - this.values[before] - this.values[after]);
    }
    const d = solveSymmetric(normal, right, new Float64Array(SIZE).fill(change));
    if (!d) return this.values.slice();
    return this.values.map((value, a) => {
      const most = drive.scale[a % OFFSETS];
      return Math.min(most, Math.max(-most, value + d[a]));
    });
  }
}

/** J^T J, row by row; four products at a time, as each alone would wait for its own sum. J: by columns. */
function productsOf(J: readonly Float64Array[]): Float64Array {
  const products = new Float64Array(SIZE * SIZE);
  for (let a = 0; a < SIZE; a++) {
    const one = J[a];
    for (let b = 0; b <= a; b += 4) {
      const [c0, c1, c2, c3] = [J[b], J[b + 1], J[b + 2], J[b + 3]];
      let [s0, s1, s2, s3] = [0, 0, 0, 0];
      for (let i = 0; i < one.length; i++) {
        const value = one[i];
        s0 += value * c0[i];
        s1 += value * c1[i];
        s2 += value * c2[i];
        s3 += value * c3[i];
      }
      for (const [k, sum] of [s0, s1, s2, s3].entries())
        products[a * SIZE + b + k] = products[(b + k) * SIZE + a] = sum;
    }
  }
  return products;
}
