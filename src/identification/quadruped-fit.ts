/**
 * Fits the few parameters of the quadruped model (assembly/models/quadruped.ts) to recorded driving: speed and turning,
 * each by itself (docs/equations.md, section 14). Not in paper.
 */
import { type FitData, inputAt } from "./fit-data.js";
import {
  type Changing,
  fitPart,
  type ModelPart,
  type PartAnswer,
  type Present,
  parametersOf,
  type Search,
  type Sureness,
  surenessOf,
} from "./part-fit.js";

export type QuadrupedParameterName = "speedGain" | "response" | "turnGain" | "turnBias";

export interface QuadrupedModel {
  readonly parameters: Readonly<Record<QuadrupedParameterName, number>>;
  /** transport delay of speed and turn rate [control steps], the age of what is measured included */
  readonly delays: readonly number[];
}

/** A fitted model and how well it explains the data. */
export interface QuadrupedFit extends QuadrupedModel, Sureness<QuadrupedParameterName> {
  /** root mean square error of the speed [m/s] and of the turn rate [rad/s], one step ahead */
  readonly speedError: number;
  readonly turnRateError: number;
}

/** What is known before it walks, and what a fit may come out as. A gain has no other sign. */
const KNOWN: Readonly<Record<QuadrupedParameterName, Changing>> = {
  speedGain: { low: 0.2, high: 5, unit: "1", prior: 1, deviation: 1, change: 0.2 },
  response: { low: 0.02, high: 1.5, unit: "1", prior: 1, deviation: 1, change: 0.2 },
  turnGain: { low: 0.2, high: 5, unit: "1", prior: 1, deviation: 1, change: 0.2 },
  turnBias: { low: -2, high: 2, unit: "rad/s", prior: 0, deviation: 0.5, change: 0.1 },
};

/** Of both delays [control steps]. */
const DELAYS = { prior: 0, deviation: 4 };
const WALKING: ModelPart<QuadrupedParameterName> = {
  what: "speed",
  names: ["speedGain", "response"],
  table: KNOWN,
  delays: DELAYS,
};
const TURNING: ModelPart<QuadrupedParameterName> = {
  what: "turning",
  names: ["turnGain", "turnBias"],
  table: KNOWN,
  delays: DELAYS,
};

/** `present`, `search`, `before`: as for a car. */
export function fitQuadruped(
  drives: readonly FitData[],
  present: QuadrupedModel,
  search: Search = "all",
  before?: QuadrupedModel["parameters"],
): QuadrupedFit {
  const rows = rowsOf(drives);
  const [speedDelay, turnDelay] = present.delays;
  const walking = fitWalking(rows, { parameters: present.parameters, before, delay: speedDelay, search });
  const turning = fitTurning(rows, { parameters: present.parameters, before, delay: turnDelay, search });
  const parts = [walking, turning];
  return {
    parameters: Object.assign({ ...present.parameters }, ...parts.map(({ fit }) => fit && parametersOf(fit))),
    delays: [walking.fit?.delay ?? speedDelay, turning.fit?.delay ?? turnDelay],
    speedError: Math.sqrt(walking.fit?.solution.meanSquare ?? Number.NaN),
    turnRateError: Math.sqrt(turning.fit?.solution.meanSquare ?? Number.NaN),
    ...surenessOf(parts, KNOWN),
  };
}

type Answer = PartAnswer<QuadrupedParameterName>;

interface Rows {
  readonly v: Float64Array;
  readonly nextV: Float64Array;
  readonly turnRate: Float64Array;
  /** input `column` of every row, `delay` steps earlier */
  inputs(column: number, delay: number): Float64Array;
}

function rowsOf(drives: readonly FitData[]): Rows {
  const gather = (value: (drive: FitData, t: number) => number) =>
    Float64Array.from(drives.flatMap((drive) => Array.from(drive.periods, (_, t) => value(drive, t))));
  return {
    v: gather(({ states }, t) => states[4 * t + 2]),
    nextV: gather(({ states }, t) => states[4 * t + 6]),
    turnRate: gather(({ states, periods }, t) => (states[4 * t + 7] - states[4 * t + 3]) / periods[t]),
    inputs: (column, delay) => gather((drive, t) => inputAt(drive, t - delay, column, 2)),
  };
}

/** v+ = v + c_r (c_v u - v); x = (c_v, c_r). */
function fitWalking({ v, nextV, inputs }: Rows, present: Present<QuadrupedParameterName>): Answer {
  return fitPart(WALKING, present, (delay) => {
    const u = inputs(0, delay);
    return {
      count: v.length,
      evaluate: ([gain, response], residuals, slopes) => {
        for (let i = 0; i < v.length; i++) {
          const lacking = gain * u[i] - v[i];
          residuals[i] = nextV[i] - v[i] - response * lacking;
          slopes[2 * i] = response * u[i];
          slopes[2 * i + 1] = lacking;
        }
      },
    };
  });
}

/** w = c_w u + b; x = (c_w, b). */
function fitTurning({ turnRate, inputs }: Rows, present: Present<QuadrupedParameterName>): Answer {
  return fitPart(TURNING, present, (delay) => {
    const u = inputs(1, delay);
    return {
      count: u.length,
      evaluate: ([gain, bias], residuals, slopes) => {
        for (let i = 0; i < u.length; i++) {
          residuals[i] = turnRate[i] - gain * u[i] - bias;
          slopes[2 * i] = u[i];
          slopes[2 * i + 1] = 1;
        }
      },
    };
  });
}

/** Measured less modelled turn rate along a drive [rad/s]. */
export function turningErrors(drive: FitData, { parameters: { turnGain, turnBias }, delays }: QuadrupedModel) {
  const { turnRate, inputs } = rowsOf([drive]);
  const u = inputs(1, delays[1]);
  return { rows: turnRate.map((rate, t) => rate - turnGain * u[t] - turnBias), steps: 1 };
}
