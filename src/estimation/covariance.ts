/** The covariance of the state's error: a full symmetric matrix behind the state, {@link ENTRIES} squared. */
import { ENTRIES, Entry, MOVING } from "./entries.js";

/** Adds a variance, or a covariance on both sides of the diagonal. */
export function addNoise(numbers: Float64Array, i: number, j: number, value: number): void {
  numbers[ENTRIES + i * ENTRIES + j] += value;
  if (i !== j) numbers[ENTRIES + j * ENTRIES + i] += value;
}

/** Standard deviation along its least certain direction of what has these variances and this covariance. */
export function largestDeviation(xx: number, yy: number, xy: number): number {
  const half = 0.5 * (xx - yy);
  return Math.sqrt(0.5 * (xx + yy) + Math.sqrt(half * half + xy * xy));
}

/**
 * Rows of derivatives of the moving entries by all, and P <- F P F' with them; the other entries stay (E5). This is
 * most of what a movement costs, so the columns that can differ from 0 are written out.
 */
export class Transition {
  /**
   * Rows of F, {@link MOVING} times {@link ENTRIES}. Those of x and y are 1 on the diagonal, 0 where they cross, and no
   * row has a latency of poses; heading and yaw rate have the columns of a turn, speed and sideways speed those below.
   */
  readonly rows = new Float64Array(MOVING * ENTRIES);
  readonly #product = new Float64Array(MOVING * ENTRIES);
  readonly #moved = new Float64Array(MOVING * MOVING);

  spread(numbers: Float64Array): void {
    const FP = this.#product;
    const moved = this.#moved;
    this.#multiply(numbers, ENTRIES, ENTRIES, FP); // P is symmetric: its rows are its columns
    this.#multiply(FP, 0, MOVING, moved);
    for (let r = 0; r < MOVING; r++) {
      const row = r * ENTRIES;
      for (let j = 0; j <= r; j++) {
        numbers[ENTRIES + row + j] = moved[r * MOVING + j];
        numbers[ENTRIES + j * ENTRIES + r] = moved[r * MOVING + j];
      }
      for (let j = MOVING; j < ENTRIES; j++) {
        numbers[ENTRIES + row + j] = FP[row + j];
        numbers[ENTRIES + j * ENTRIES + r] = FP[row + j];
      }
    }
  }

  /** Of `count` rows of {@link ENTRIES} numbers the products with F: row i of it makes row i of `into`. */
  #multiply(from: Float64Array, at: number, count: number, into: Float64Array): void {
    const F = this.rows;
    const x = Entry.x * ENTRIES;
    const y = Entry.y * ENTRIES;
    const phi = Entry.phi * ENTRIES;
    const v = Entry.v * ENTRIES;
    const rate = Entry.rate * ENTRIES;
    for (let j = 0; j < count; j++) {
      const row = at + j * ENTRIES;
      const ofPhi = from[row + Entry.phi];
      const ofV = from[row + Entry.v];
      const ofRate = from[row + Entry.rate];
      const ofSideways = from[row + Entry.sideways];
      const ofBias = from[row + Entry.gyroBias];
      const ofGyro = from[row + Entry.gyroScale];
      const ofTravel = from[row + Entry.travelScale];
      const ofCurvature = from[row + Entry.curvature];
      const ofTrim = from[row + Entry.trim];
      const ofLever = from[row + Entry.lever];
      const ofSlip = from[row + Entry.slip];
      into[Entry.x * count + j] =
        from[row + Entry.x] +
        (F[x + Entry.phi] * ofPhi + F[x + Entry.v] * ofV + F[x + Entry.rate] * ofRate) +
        (F[x + Entry.sideways] * ofSideways + F[x + Entry.gyroBias] * ofBias + F[x + Entry.gyroScale] * ofGyro) +
        (F[x + Entry.travelScale] * ofTravel + F[x + Entry.curvature] * ofCurvature + F[x + Entry.trim] * ofTrim) +
        (F[x + Entry.lever] * ofLever + F[x + Entry.slip] * ofSlip);
      into[Entry.y * count + j] =
        from[row + Entry.y] +
        (F[y + Entry.phi] * ofPhi + F[y + Entry.v] * ofV + F[y + Entry.rate] * ofRate) +
        (F[y + Entry.sideways] * ofSideways + F[y + Entry.gyroBias] * ofBias + F[y + Entry.gyroScale] * ofGyro) +
        (F[y + Entry.travelScale] * ofTravel + F[y + Entry.curvature] * ofCurvature + F[y + Entry.trim] * ofTrim) +
        (F[y + Entry.lever] * ofLever + F[y + Entry.slip] * ofSlip);
      into[Entry.phi * count + j] =
        ofPhi +
        (F[phi + Entry.v] * ofV + F[phi + Entry.rate] * ofRate + F[phi + Entry.gyroBias] * ofBias) +
        (F[phi + Entry.gyroScale] * ofGyro + F[phi + Entry.travelScale] * ofTravel) +
        (F[phi + Entry.curvature] * ofCurvature + F[phi + Entry.trim] * ofTrim);
      into[Entry.v * count + j] = F[v + Entry.v] * ofV + F[v + Entry.travelScale] * ofTravel;
      into[Entry.rate * count + j] =
        F[rate + Entry.v] * ofV +
        (F[rate + Entry.rate] * ofRate + F[rate + Entry.gyroBias] * ofBias + F[rate + Entry.gyroScale] * ofGyro) +
        F[rate + Entry.travelScale] * ofTravel +
        (F[rate + Entry.curvature] * ofCurvature + F[rate + Entry.trim] * ofTrim);
      into[Entry.sideways * count + j] = F[Entry.sideways * (ENTRIES + 1)] * ofSideways;
    }
  }
}
