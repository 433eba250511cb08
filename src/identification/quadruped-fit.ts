/**
 * Fits the few parameters of the quadruped model (assembly/models/quadruped.ts) to recorded driving: least squares on
 * speed and turn rate, transport delays by search. Not in paper.
 */
import { type Bounds, bestDelay, beyond, type FitData, inputAt } from "./fit-data.js";
import { LinearFit } from "./least-squares.js";

export type QuadrupedParameterName = "speedGain" | "response" | "turnGain" | "turnBias";

/** A fitted model and how well it explains the data. */
export interface QuadrupedFit {
  readonly parameters: Readonly<Record<QuadrupedParameterName, number>>;
  /** transport delay of speed and turn rate [control steps] */
  readonly delays: readonly [number, number];
  /** root mean square error of the speed [m/s] and of the turn rate [rad/s], one step ahead */
  readonly speedError: number;
  readonly turnRateError: number;
}

/** What a fit may come out as; beyond it the data are wrong, not the robot. A gain has no other sign. */
const BOUNDS: Readonly<Record<QuadrupedParameterName, Bounds>> = {
  speedGain: { low: 0.2, high: 5, unit: "1" },
  response: { low: 0.02, high: 1.5, unit: "1" },
  turnGain: { low: 0.2, high: 5, unit: "1" },
  turnBias: { low: -2, high: 2, unit: "rad/s" },
};
/** Per row of data, towards the model so far: what the driving does not tell apart stays as it was. */
const RIDGE = 1e-5;

/** A text if the data do not determine the model, or determine one that cannot be. `prior`: the model so far. */
export function fitQuadruped(drives: readonly FitData[], prior: QuadrupedFit["parameters"]): QuadrupedFit | string {
  // v+ = (1 - c_r) v + c_r c_v u: linear in (c_r c_v, 1 - c_r)
  const speed = fitted(drives, 0, [prior.response * prior.speedGain, 1 - prior.response], ({ states }, t, u) => ({
    row: [u, states[4 * t + 2]],
    y: states[4 * t + 6],
  }));
  const turning = fitted(drives, 1, [prior.turnGain, prior.turnBias], ({ states, periods }, t, u) => ({
    row: [u, 1],
    y: (states[4 * t + 7] - states[4 * t + 3]) / periods[t],
  }));
  if (!speed || !turning) return "the driving does not determine the model";
  const response = 1 - speed.x[1];
  const parameters = {
    speedGain: speed.x[0] / response,
    response,
    turnGain: turning.x[0],
    turnBias: turning.x[1],
  };
  return (
    beyond(parameters, BOUNDS) ?? {
      parameters,
      delays: [speed.delay, turning.delay],
      speedError: Math.sqrt(speed.meanSquare),
      turnRateError: Math.sqrt(turning.meanSquare),
    }
  );
}

/** The fit of one output by input `column`; undefined if none is determined. */
function fitted(
  drives: readonly FitData[],
  column: number,
  prior: readonly number[],
  rowAt: (drive: FitData, t: number, u: number) => { row: readonly number[]; y: number },
) {
  const ridge = prior.map(() => RIDGE);
  return bestDelay(1e-3, (delay) => {
    const fit = new LinearFit(prior.length);
    for (const drive of drives) {
      for (let t = 0; t < drive.periods.length; t++) {
        const { row, y } = rowAt(drive, t, inputAt(drive, t - delay, column, 2));
        fit.add(row, y);
      }
    }
    return fit.solve(prior, ridge);
  });
}
