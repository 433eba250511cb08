/** Fits a and b of the scalar model (assembly/models/scalar.ts) to recorded driving. Not in paper. */
import type { FitData } from "./fit-data.js";
import { type Changing, fitPart, parametersOf, type Sureness, surenessOf } from "./part-fit.js";

export type ScalarParameterName = "a" | "b";

/** A fitted model, and its root mean square error one step ahead. */
export interface ScalarFit extends Sureness<ScalarParameterName> {
  readonly parameters: Readonly<Record<ScalarParameterName, number>>;
  readonly stateError: number;
}

/** What is known before it is driven, and what a fit may come out as. A gain has no other sign. */
const KNOWN: Readonly<Record<ScalarParameterName, Changing>> = {
  a: { low: -10, high: 10, unit: "1", prior: 1, deviation: 1, change: 0.2 },
  b: { low: 1e-3, high: 1e3, unit: "1", prior: 1, deviation: 1, change: 0.2 },
};

/** x+ = a x + b u, without delay. `present`: the model so far. */
export function fitScalar(drives: readonly FitData[], present: ScalarFit["parameters"]): ScalarFit {
  const gather = (value: (drive: FitData, t: number) => number) =>
    Float64Array.from(drives.flatMap((drive) => Array.from(drive.periods, (_, t) => value(drive, t))));
  const from = gather(({ states }, t) => states[t]);
  const to = gather(({ states }, t) => states[t + 1]);
  const u = gather(({ inputs }, t) => inputs[t]);
  const answer = fitPart<ScalarParameterName>(
    { what: "state", names: ["b", "a"], table: KNOWN, delays: { prior: 0, deviation: 1 } },
    { parameters: present, delay: 0, search: "here" },
    () => ({
      count: u.length,
      evaluate: ([b, a], residuals, slopes) => {
        for (let i = 0; i < u.length; i++) {
          residuals[i] = to[i] - b * u[i] - a * from[i];
          slopes[2 * i] = u[i];
          slopes[2 * i + 1] = from[i];
        }
      },
    }),
  );
  return {
    parameters: { ...present, ...(answer.fit && parametersOf(answer.fit)) },
    stateError: Math.sqrt(answer.fit?.solution.meanSquare ?? Number.NaN),
    ...surenessOf([answer], KNOWN),
  };
}
