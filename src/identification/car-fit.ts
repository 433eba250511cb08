/**
 * Fits the few parameters of the car model (assembly/models/car.ts) to recorded driving: how it turns, and how it is
 * pulled along, each by itself (docs/equations.md, section 14). Not in paper.
 */
import { type CarRows, ROW_STEPS, rowsOf } from "./car-rows.js";
import { beyond, type FitData } from "./fit-data.js";
import {
  type Changing,
  fitPart,
  type KnownDelay,
  type ModelPart,
  type PartAnswer,
  type Present,
  parametersOf,
  type Search,
  type Sureness,
  surenessOf,
} from "./part-fit.js";
import type { FitRows } from "./robust-fit.js";

export type CarParameters = Readonly<Record<CarParameterName, number>>;

/** A fitted model and how well it explains the data. */
export interface CarFit extends CarModel, Sureness<CarParameterName> {
  /** root mean square error of the acceleration [m/s^2] and of the turn rate [rad/s], over a few steps */
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
  | "inverseGrip"
  | "throttleGrip";

export interface CarModel {
  readonly parameters: CarParameters;
  /** transport delay of throttle and steering [control steps], the age of the measured speed and heading included */
  readonly delays: readonly number[];
}

/**
 * What is known of any car before it drives, and what a fit may come out as; at a bound of a gain the data are wrong,
 * not the car: it has no other sign. Offset and drags are the same thing at a constant speed. Cars from a tenth of the
 * JetRacer's power and agility to several times that fit in.
 */
export const CAR_KNOWN: Readonly<Record<CarParameterName, Changing>> = {
  throttleGain: { low: 0.2, high: 50, unit: "m/s²", prior: 5, deviation: 10, change: 0.6 },
  drag: { low: -1, high: 3, unit: "1/m", prior: 0.1, deviation: 0.3, change: 0.03 },
  steeringGain: { low: 0.2, high: 30, unit: "1/m", prior: 4, deviation: 10, change: 0.4 },
  steeringBias: { low: -3, high: 3, unit: "1/m", prior: 0, deviation: 1, change: 0.015 },
  offset: { low: -10, high: 10, unit: "m/s²", prior: 0, deviation: 2, change: 0.5 },
  linearDrag: { low: -5, high: 10, unit: "1/s", prior: 0, deviation: 1, change: 0.1 },
  corneringDrag: { low: -2, high: 2, unit: "1", prior: 0.2, deviation: 0.3, change: 0.1 },
  inverseGrip: { low: 0, high: 1, unit: "s²/m", prior: 0.1, deviation: 0.15, change: 0.15 },
  throttleGrip: { low: 0, high: 4, unit: "1", prior: 0, deviation: 0.5, change: 0.1 },
};

/** The same of both delays: electronics, transmission and the age of what is measured [control steps]. */
const DELAYS: KnownDelay = { prior: 5, deviation: 4 };
/** Throttle takes at most this part of the grip's square, as in the model. */
export const MOST_TAKEN = 0.9;
/** Slower than this [m/s] the turn rate says nothing about the curvature. */
export const SLOWEST = 0.3;

const TURNING: ModelPart<CarParameterName> = {
  what: "turning",
  names: ["steeringGain", "steeringBias", "inverseGrip", "throttleGrip"],
  table: CAR_KNOWN,
  delays: DELAYS,
};
const PULLING: ModelPart<CarParameterName> = {
  what: "pulling",
  names: ["throttleGain", "offset", "linearDrag", "drag", "corneringDrag"],
  table: CAR_KNOWN,
  delays: DELAYS,
};

/** Says which parameter of a model left its bounds; undefined if none did. */
export function outOfBounds({ parameters }: Pick<CarModel, "parameters">): string | undefined {
  return beyond(parameters, CAR_KNOWN);
}

/**
 * Fits turning, then pulling, whose cornering drag takes the turn rate as modelled. `present`: the model so far;
 * `before`: that before a change of the world.
 */
export function fitCar(
  drives: readonly FitData[],
  present: CarModel,
  search: Search = "all",
  before?: CarParameters,
): CarFit {
  const rows = rowsOf(drives);
  const [throttleDelay, steeringDelay] = present.delays;
  const { parameters } = present;
  let turning = fitTurning(rows, { parameters, before, delay: steeringDelay, search }, throttleDelay);
  const turns = { ...parameters, ...(turning.fit && parametersOf(turning.fit)) };
  const lateral = lateralOf(rows, turns, turning.fit?.delay ?? steeringDelay, throttleDelay);
  const pulling = fitPulling(rows, { parameters, before, delay: throttleDelay, search }, lateral);
  // the ellipse of friction takes the throttle's delay, which is known only now
  if (turning.fit && pulling.fit && pulling.fit.delay !== throttleDelay)
    turning = fitTurning(rows, { parameters: turns, delay: turning.fit.delay, search: "here" }, pulling.fit.delay);
  const parts = [turning, pulling];
  return {
    parameters: Object.assign({ ...parameters }, ...parts.map(({ fit }) => fit && parametersOf(fit))),
    delays: [pulling.fit?.delay ?? throttleDelay, turning.fit?.delay ?? steeringDelay],
    accelerationError: Math.sqrt(pulling.fit?.solution.meanSquare ?? Number.NaN),
    turnRateError: Math.sqrt(turning.fit?.solution.meanSquare ?? Number.NaN),
    ...surenessOf(parts, CAR_KNOWN),
  };
}

/** Measured less modelled turn rate along a drive [rad/s]; 0 where the car hardly moves. */
export function turningErrors(drive: FitData, { parameters, delays: [throttleDelay, steeringDelay] }: CarModel) {
  const rows = rowsOf([drive]);
  const moving = movingRows(rows);
  const x = Float64Array.from(TURNING.names, (name) => parameters[name]);
  const residuals = new Float64Array(moving.length);
  const slopes = new Float64Array(moving.length * x.length);
  turningRows(rows, moving, throttleDelay, steeringDelay).evaluate(x, residuals, slopes);
  const errors = new Float64Array(rows.count);
  for (let i = 0; i < moving.length; i++) errors[moving[i]] = residuals[i];
  return { rows: errors, measured: rows.turnRate, steps: ROW_STEPS };
}

type Answer = PartAnswer<CarParameterName>;

function fitTurning(rows: CarRows, present: Present<CarParameterName>, throttleDelay: number): Answer {
  const moving = movingRows(rows);
  return fitPart(TURNING, present, (delay) => turningRows(rows, moving, throttleDelay, delay));
}

/** The rows that say something about the curvature. */
function movingRows({ meanV }: CarRows): Int32Array {
  return Int32Array.from(meanV.keys()).filter((row) => meanV[row] >= SLOWEST);
}

/** w = w_l / (1 + (v w_l / a)^4)^(1/4), w_l = v (k u - b), a^2 = a_max^2 (1 - g u_a^2); x = (k, b, 1 / a_max, g). */
function turningRows(rows: CarRows, moving: Int32Array, throttleDelay: number, steeringDelay: number): FitRows {
  const { v, turnRate, throttle, steering, commandAt } = rows;
  return {
    count: moving.length,
    evaluate: ([gain, bias, inverseGrip, throttleGrip], residuals, slopes) => {
      for (let i = 0; i < moving.length; i++) {
        const row = moving[i];
        let residual = turnRate[row];
        let byGain = 0;
        let byBias = 0;
        let byInverseGrip = 0;
        let byThrottleGrip = 0;
        for (let k = 0; k < ROW_STEPS; k++) {
          const speed = v[row * ROW_STEPS + k];
          const turned = steering[commandAt[row] + k - steeringDelay];
          const pulled = throttle[commandAt[row] + k - throttleDelay];
          const linear = speed * (gain * turned - bias);
          const effort = pulled * pulled;
          const taken = throttleGrip * effort;
          const left = 1 - Math.min(MOST_TAKEN, taken);
          const byGrip = (speed * linear) / Math.sqrt(left); // dq / d(1 / a_max)
          const q = byGrip * inverseGrip;
          const q2 = q * q;
          const f = 1 / Math.sqrt(Math.sqrt(1 + q2 * q2));
          const f5 = (f * f * f * f * f) / ROW_STEPS;
          residual -= (linear * f) / ROW_STEPS;
          byGain += speed * f5 * turned;
          byBias -= speed * f5;
          byInverseGrip -= linear * f5 * q2 * q * byGrip;
          if (taken < MOST_TAKEN) byThrottleGrip -= (linear * f5 * q2 * q2 * effort) / (2 * left);
        }
        residuals[i] = residual;
        slopes[4 * i] = byGain;
        slopes[4 * i + 1] = byBias;
        slopes[4 * i + 2] = byInverseGrip;
        slopes[4 * i + 3] = byThrottleGrip;
      }
    },
  };
}

/** |v w| of every row, w as modelled. */
function lateralOf(rows: CarRows, turns: CarParameters, steeringDelay: number, throttleDelay: number): Float64Array {
  const { steeringGain, steeringBias, inverseGrip, throttleGrip } = turns;
  const { v, steering, throttle, commandAt } = rows;
  const means = new Float64Array(rows.count);
  for (let row = 0; row < rows.count; row++) {
    for (let k = 0; k < ROW_STEPS; k++) {
      const speed = v[row * ROW_STEPS + k];
      const pulled = throttle[commandAt[row] + k - throttleDelay];
      const lateral = speed * speed * (steeringGain * steering[commandAt[row] + k - steeringDelay] - steeringBias);
      const taken = Math.min(MOST_TAKEN, throttleGrip * pulled * pulled);
      const q = (lateral * inverseGrip) / Math.sqrt(1 - taken);
      means[row] += Math.abs(lateral) / Math.sqrt(Math.sqrt(1 + q * q * q * q)) / ROW_STEPS;
    }
  }
  return means;
}

/**
 * dv/dt = c_a u + c_0 - c_1 v - c_d v^2 - c_3 |v w|: linear; x = (c_a, c_0, c_1, c_d, c_3). v is the speed at the
 * beginning of a step, from the mean of a row by the acceleration as modelled: the measured one would bring its noise.
 */
function fitPulling(rows: CarRows, present: Present<CarParameterName>, lateral: Float64Array): Answer {
  const { count, meanV, lead, acceleration, throttle, commandAt } = rows;
  return fitPart(PULLING, present, (delay) => ({
    count,
    evaluate: ([gain, offset, linearDrag, drag, corneringDrag], residuals, slopes) => {
      for (let i = 0; i < count; i++) {
        let pulled = 0;
        for (let k = 0; k < ROW_STEPS; k++) pulled += throttle[commandAt[i] + k - delay];
        pulled /= ROW_STEPS;
        const others = gain * pulled + offset - corneringDrag * lateral[i];
        const mean = meanV[i];
        const v = mean - lead[i] * (others - mean * (linearDrag + drag * mean));
        residuals[i] = acceleration[i] - (others - v * (linearDrag + drag * v));
        slopes[5 * i] = pulled;
        slopes[5 * i + 1] = 1;
        slopes[5 * i + 2] = -v;
        slopes[5 * i + 3] = -v * v;
        slopes[5 * i + 4] = -lateral[i];
      }
    },
  }));
}
