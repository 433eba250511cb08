/**
 * Fits the few parameters of the car model (assembly/models/car.ts) to recorded driving: least squares on the turn rate
 * and on the acceleration, with transport delays and grip limit found by search. Not in paper.
 */
import { type Bounds, bestDelay, beyond, type FitData, inputAt, LONGEST_DELAY } from "./fit-data.js";
import { LinearFit } from "./least-squares.js";

/** A fitted model and how well it explains the data. */
export interface CarFit {
  readonly parameters: Readonly<Record<CarParameterName, number>>;
  /** transport delay of throttle and steering [control steps] */
  readonly delays: readonly [number, number];
  /** root mean square error of the acceleration [m/s^2] and of the turn rate [rad/s], one step ahead */
  readonly accelerationError: number;
  readonly turnRateError: number;
}

export type CarParameterName =
  | "throttleGain"
  | "drag"
  | "steeringGain"
  | "steeringBias"
  | "offset"
  | "linearDrag"
  | "corneringDrag"
  | "inverseGrip";

/**
 * What a fit may come out as; beyond it the data are wrong, not the car. A gain has no other sign. Offset and drags are
 * the same thing at a constant speed, so they may be a little negative; cars from a tenth of the JetRacer's power and
 * agility to several times that fit in.
 */
export const CAR_BOUNDS: Readonly<Record<CarParameterName, Bounds>> = {
  throttleGain: { low: 0.2, high: 50, unit: "m/s²" },
  drag: { low: -1, high: 3, unit: "1/m" },
  steeringGain: { low: 0.2, high: 30, unit: "1/m" },
  steeringBias: { low: -3, high: 3, unit: "1/m" },
  offset: { low: -10, high: 10, unit: "m/s²" },
  linearDrag: { low: -5, high: 10, unit: "1/s" },
  corneringDrag: { low: -2, high: 2, unit: "1" },
  inverseGrip: { low: 0, high: 1, unit: "s²/m" },
};

/** Says which parameter of a fit left {@link CAR_BOUNDS}; undefined if none did. */
export function outOfBounds(fit: Pick<CarFit, "parameters">): string | undefined {
  return beyond(fit.parameters, CAR_BOUNDS);
}

/** 1 / a_max searched [s^2/m]: no limit, and lateral accelerations from 30 down to 4 m/s^2. */
const INVERSE_GRIPS = [
  0,
  1 / 30,
  1 / 20,
  1 / 15,
  1 / 12,
  1 / 10,
  1 / 9,
  1 / 8.5,
  1 / 8,
  1 / 7.5,
  1 / 7,
  1 / 6.5,
  1 / 6,
  1 / 5.5,
  1 / 5,
  1 / 4.5,
  1 / 4,
];
/** Slower than this [m/s] the turn rate says nothing about the curvature. */
export const SLOWEST = 0.3;

/**
 * Rows of the regression: speed, accelerations and turn rates between two steps, and where the inputs of the step lie.
 */
interface Rows {
  readonly v: Float64Array;
  readonly acceleration: Float64Array;
  readonly turnRate: Float64Array;
  /** throttle and steering, with LONGEST_DELAY rows before each drive's first step */
  readonly throttle: Float64Array;
  readonly steering: Float64Array;
  /** index of each row's own input */
  readonly source: Int32Array;
}

/** Throws nothing: undefined if the data do not determine the model. `prior`: the model so far. */
export function fitCar(drives: readonly FitData[], prior: CarFit["parameters"]): CarFit | undefined {
  const rows = rowsOf(drives);
  const turning = fitTurning(rows, prior);
  const pulling = fitPulling(rows, prior);
  if (!turning || !pulling || !Number.isFinite(turning.meanSquare + pulling.meanSquare)) return undefined;
  return {
    parameters: { ...pulling.parameters, ...turning.parameters },
    delays: [pulling.delay, turning.delay],
    accelerationError: Math.sqrt(pulling.meanSquare),
    turnRateError: Math.sqrt(turning.meanSquare),
  };
}

function rowsOf(drives: readonly FitData[]): Rows {
  const total = drives.reduce((sum, drive) => sum + drive.periods.length, 0);
  const padded = total + drives.length * LONGEST_DELAY;
  const rows = {
    v: new Float64Array(total),
    acceleration: new Float64Array(total),
    turnRate: new Float64Array(total),
    throttle: new Float64Array(padded),
    steering: new Float64Array(padded),
    source: new Int32Array(total),
  };
  let row = 0;
  let at = 0;
  for (const drive of drives) {
    const { states, periods } = drive;
    for (let t = -LONGEST_DELAY; t < periods.length; t++, at++) {
      rows.throttle[at] = inputAt(drive, t, 0, 2);
      rows.steering[at] = inputAt(drive, t, 1, 2);
      if (t < 0) continue;
      rows.v[row] = states[4 * t + 2];
      rows.acceleration[row] = (states[4 * t + 6] - states[4 * t + 2]) / periods[t];
      rows.turnRate[row] = (states[4 * t + 7] - states[4 * t + 3]) / periods[t];
      rows.source[row++] = at;
    }
  }
  return rows;
}

/** w = w_l / (1 + (v w_l / a_max)^4)^(1/4), w_l = v (k u - b): grip and delay by search, k and b by Gauss-Newton. */
function fitTurning(rows: Rows, prior: CarFit["parameters"]) {
  let best:
    | {
        parameters: Pick<CarFit["parameters"], "steeringGain" | "steeringBias" | "inverseGrip">;
        delay: number;
        meanSquare: number;
      }
    | undefined;
  const consider = (delay: number, inverseGrip: number) => {
    let k = best?.parameters.steeringGain ?? prior.steeringGain;
    let b = best?.parameters.steeringBias ?? prior.steeringBias;
    let meanSquare = Number.POSITIVE_INFINITY;
    for (let iteration = 0; iteration < (inverseGrip === 0 ? 1 : 4); iteration++) {
      const fit = new LinearFit(2);
      for (let i = 0; i < rows.v.length; i++) {
        const v = rows.v[i];
        if (v < SLOWEST) continue;
        const u = rows.steering[rows.source[i] - delay];
        const linear = v * (k * u - b);
        const q = v * linear * inverseGrip;
        const f = 1 / Math.sqrt(Math.sqrt(1 + q * q * q * q));
        const slope = v * f * f * f * f * f; // dw/d(k u - b)
        fit.add([slope * u, -slope], rows.turnRate[i] - linear * f + slope * (k * u - b));
      }
      if (fit.rows < 2) return;
      const solved = fit.solve([k, b], [1e-4, 1e-4]);
      if (!solved) return;
      [k, b] = solved.x;
      meanSquare = solved.meanSquare;
    }
    if (!best || meanSquare < best.meanSquare * (1 - 1e-3))
      best = { parameters: { steeringGain: k, steeringBias: b, inverseGrip }, delay, meanSquare };
  };
  for (let delay = 0; delay <= LONGEST_DELAY; delay++) consider(delay, prior.inverseGrip);
  for (let round = 0; round < 2; round++) {
    const delay = best?.delay ?? 0;
    for (const inverseGrip of INVERSE_GRIPS) consider(delay, inverseGrip);
    const inverseGrip = best?.parameters.inverseGrip ?? 0;
    for (let d = Math.max(0, delay - 2); d <= Math.min(LONGEST_DELAY, delay + 2); d++) consider(d, inverseGrip);
  }
  return best;
}

/** dv/dt = c_a u + c_0 - c_1 v - c_2 v^2 - c_3 |v w|: linear, delay by search. */
function fitPulling(rows: Rows, prior: CarFit["parameters"]) {
  const before = [prior.throttleGain, prior.offset, prior.linearDrag, prior.drag, prior.corneringDrag];
  const best = bestDelay(0, (delay) => {
    const fit = new LinearFit(5);
    for (let i = 0; i < rows.v.length; i++) {
      const v = rows.v[i];
      fit.add(
        [rows.throttle[rows.source[i] - delay], 1, -v, -v * v, -Math.abs(v * rows.turnRate[i])],
        rows.acceleration[i],
      );
    }
    return fit.solve(before, [1e-5, 1e-3, 1e-3, 1e-3, 1e-3]);
  });
  if (!best) return undefined;
  const [throttleGain, offset, linearDrag, drag, corneringDrag] = best.x;
  return { ...best, parameters: { throttleGain, offset, linearDrag, drag, corneringDrag } };
}
