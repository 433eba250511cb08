/** Curvature and trim of the steering, from how the car turns; equation (E12). */
import { ENTRIES, Entry } from "./entries.js";

/** Turns tell of the steering where a car is faster [m/s]. */
const TELLS = 0.5;
/** What steering does not explain of a yaw rate: [rad/s], and a part of it; for about so many movements in a row. */
const NOISE = 0.3;
const PART = 0.2;
const IN_A_ROW = 10;

/** Products of the measurement's derivatives with the covariance. */
const HP = new Float64Array(ENTRIES);

/**
 * Compares the yaw rate of the state with `steering` [part of the range]. It corrects nothing else: a car that slides
 * turns less than its steering says, and that must not be taken for a bias of the gyro.
 */
export function learnSteering(numbers: Float64Array, steering: number): void {
  const v = numbers[Entry.v];
  if (!(Math.abs(v) > TELLS)) return;
  const rate = numbers[Entry.rate];
  const byCurvature = v * (steering - numbers[Entry.trim]);
  const byTrim = -v * numbers[Entry.curvature];
  const curvature = ENTRIES + Entry.curvature * ENTRIES;
  const trim = ENTRIES + Entry.trim * ENTRIES;
  for (let j = 0; j < ENTRIES; j++) HP[j] = byCurvature * numbers[curvature + j] + byTrim * numbers[trim + j];
  const noise = NOISE + PART * Math.abs(rate);
  const variance =
    byCurvature * HP[Entry.curvature] + byTrim * HP[Entry.trim] + IN_A_ROW * (noise * noise + deviationOfRate(numbers));
  const ofCurvature = HP[Entry.curvature] / variance;
  const ofTrim = HP[Entry.trim] / variance;
  const innovation = rate - numbers[Entry.curvature] * byCurvature;
  numbers[Entry.curvature] += ofCurvature * innovation;
  numbers[Entry.trim] += ofTrim * innovation;
  for (let j = 0; j < ENTRIES; j++) {
    numbers[curvature + j] -= ofCurvature * HP[j];
    numbers[trim + j] -= ofTrim * HP[j];
  }
  for (let j = 0; j < ENTRIES; j++) {
    numbers[ENTRIES + j * ENTRIES + Entry.curvature] = numbers[curvature + j];
    numbers[ENTRIES + j * ENTRIES + Entry.trim] = numbers[trim + j];
  }
}

const deviationOfRate = (numbers: Float64Array) => numbers[ENTRIES + Entry.rate * ENTRIES + Entry.rate];

/** Whether steering is known well enough to say how a car turns: its curvature to a fifth. */
export function isSteeringKnown(numbers: Float64Array): boolean {
  const variance = numbers[ENTRIES + Entry.curvature * ENTRIES + Entry.curvature];
  const curvature = numbers[Entry.curvature];
  return variance < 0.04 * curvature * curvature;
}
