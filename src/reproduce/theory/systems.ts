/**
 * The paper's running example in the form that its Theorem 1 speaks of: x+ = a x + b u with shared parameters and
 * bounded derivatives.
 */
import type { TaskDefinition } from "../../tasks/definition.js";
import { scalar } from "../../tasks/scalar.js";

/** A loop of the study. */
export interface System {
  /** class name of its curves */
  readonly name: "stable" | "marginal" | "unstable" | "open";
  readonly label: string;
  readonly a: number;
  readonly b: number;
  /** gain of u = k (setpoint - x); undefined: u = setpoint, no feedback */
  readonly k: number | undefined;
  /** a - b k: what a change of the state is multiplied by per step */
  readonly alpha: number;
}

export const systems: readonly System[] = [
  { name: "stable", label: "feedback, k = 0.7", a: 1.2, b: 1, k: 0.7, alpha: 0.5 },
  { name: "marginal", label: "feedback, k = 0.2", a: 1.2, b: 1, k: 0.2, alpha: 1 },
  { name: "unstable", label: "feedback, k = 0.1", a: 1.2, b: 1, k: 0.1, alpha: 1.1 },
  { name: "open", label: "no feedback", a: 1.2, b: 1, k: undefined, alpha: 1.2 },
];

export const systemNamed = (name: System["name"]): System => systems.filter((system) => system.name === name)[0];

/**
 * A quarter of this is the longest start time, so that the target -sin(2 pi t / SLOW) is another one in every rollout,
 * uniform in phase between 0 and -1, and moves by less than 1e-3 within one.
 */
export const SLOW = 1e7;

/**
 * The system as a task. One layer from (1, cos, sin of a clock) to the setpoint: theta is shared over time, and the
 * policy's derivatives are bounded. Cost of the error from the target: with `knee` 1 its derivatives are bounded too,
 * with 0 it is the paper's e^2/2. Starts: x_0 uniform on [-1, 3]; both signs, so that an unstable loop does not always
 * run away to the same side.
 */
export function taskOf({ a, b, k }: Pick<System, "a" | "b" | "k">, knee: number): TaskDefinition {
  const parameters = { a, b };
  const feedback = k !== undefined;
  return {
    ...scalar,
    model: { ...scalar.model, parameters },
    plants: { nominal: { kind: "nominal", parameters } },
    controller: { kind: feedback ? "stateFeedback11" : "openLoop11", parameters: { input1: 0 } },
    reward: { kind: "track", parameters: { amplitude: -1, period: SLOW, phase: 0, knee } },
    task: { kind: "sine", parameters: { amplitude: 0, period: 20, start: 1, latest: SLOW / 4 } },
    network: { hidden: [], scale: feedback ? [1, 0] : [1] },
    nominalGains: feedback ? [k] : [],
    bounds: { low: [-1e100], high: [1e100] },
    startSpread: [2],
  };
}
