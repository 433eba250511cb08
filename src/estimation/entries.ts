/** What the estimator knows of a car, and how far it may be off before anything was measured; equation (E1). */
import { DEGREE } from "../angles.js";

/** Entries of the state. Those before `gyroBias` change as it drives, the others hardly. */
export enum Entry {
  /** of the point that poses are of [m] */
  x,
  y,
  /** where the body points, not wrapped [rad] */
  phi,
  /** forward, along the body [m/s] */
  v,
  /** to the left [rad/s] */
  rate,
  /** speed to the left beyond that of a steady curve [m/s] */
  sideways,
  /** what the gyro measures of a car that stands [rad/s] */
  gyroBias,
  /** what its turns are too short by [1] */
  gyroScale,
  /** what the wheel's distances are too short by [1] */
  travelScale,
  /** turn per distance at full steering [1/m] */
  curvature,
  /** steering at which it drives straight [part of the range] */
  trim,
  /** what poses are older than they say [s] */
  latency,
  /** distance of the poses' point in front of the axle that is not steered [m] */
  lever,
  /** slip angle of that axle per lateral acceleration [rad s²/m] */
  slip,
  count,
}

export const ENTRIES = Entry.count as number;
/** Entries that a movement changes. */
export const MOVING = Entry.gyroBias as number;

/**
 * Standard deviations of what is wrong with the sensors for a whole drive. Gyro: the data sheet of the MPU-6050 allows
 * ±20 °/s of bias from -40 to 85 °C, so a degree of warming since it found its bias at rest is worth 0.1 to 0.3 °/s; ±3
 * % of scale, taken for three standard deviations. Wheel: 10 cm in the ten metres that measure `wheel-travel`.
 */
export const PRIOR = { gyroBias: 0.1 * DEGREE, gyroScale: 0.01, travelScale: 0.01 } as const;
/** Standard deviations before the drive. */
export const PRIORS: readonly (readonly [Entry, number])[] = [
  [Entry.v, 1],
  [Entry.rate, 1],
  [Entry.trim, 0.1],
];
/** The same of what only poses from outside can tell, where they are expected. */
export const OUTSIDE_PRIORS: readonly (readonly [Entry, number])[] = [
  [Entry.gyroBias, PRIOR.gyroBias],
  [Entry.gyroScale, PRIOR.gyroScale],
  [Entry.travelScale, PRIOR.travelScale],
  [Entry.latency, 0.05],
  [Entry.lever, 0.08],
  [Entry.slip, 0.012],
];
/** The same of a curvature that is configured, and of one that is not. */
export const CURVATURE_PRIOR = { given: 0.4, unknown: 3 } as const;

export interface EstimatorSettings {
  /** poses from outside are expected */
  readonly outside: boolean;
  /** standard deviations of a pose's coordinates [m], of its heading [rad], of its time [s] */
  readonly position: number;
  readonly heading: number;
  readonly timing: number;
  /** expected latency that poses do not tell [s] */
  readonly latency: number;
  /** curvature at full steering that is configured [1/m]; 0: not known */
  readonly curvature: number;
}

export const DEFAULT_SETTINGS: EstimatorSettings = {
  outside: false,
  position: 0.005,
  heading: 0.01,
  timing: 0.0005,
  latency: 0,
  curvature: 0,
};
