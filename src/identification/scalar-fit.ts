/**
 * Fits a and b of the scalar model (assembly/models/scalar.ts) to recorded driving: linear least squares. Not in paper.
 */
import { type Bounds, beyond, type FitData } from "./fit-data.js";
import { LinearFit } from "./least-squares.js";

export type ScalarParameterName = "a" | "b";

/** A fitted model, and its root mean square error one step ahead. */
export interface ScalarFit {
  readonly parameters: Readonly<Record<ScalarParameterName, number>>;
  readonly stateError: number;
}

/** A gain has no other sign. */
const BOUNDS: Readonly<Record<ScalarParameterName, Bounds>> = {
  a: { low: -10, high: 10, unit: "1" },
  b: { low: 1e-3, high: 1e3, unit: "1" },
};
const RIDGE = 1e-6;

/** A text if the data do not determine the model, or determine one that cannot be. `prior`: the model so far. */
export function fitScalar(drives: readonly FitData[], prior: ScalarFit["parameters"]): ScalarFit | string {
  const fit = new LinearFit(2);
  for (const { states, inputs, periods } of drives) {
    for (let t = 0; t < periods.length; t++) fit.add([states[t], inputs[t]], states[t + 1]);
  }
  const solved = fit.solve([prior.a, prior.b], [RIDGE, RIDGE]);
  if (!solved || !Number.isFinite(solved.meanSquare)) return "the driving does not determine the model";
  const [a, b] = solved.x;
  return beyond({ a, b }, BOUNDS) ?? { parameters: { a, b }, stateError: Math.sqrt(solved.meanSquare) };
}
