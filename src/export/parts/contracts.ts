/**
 * What an exported policy needs to know of a controller, a reference and a task of the core: its forward computation as
 * expressions.
 */
import type { Core } from "../../core/core.js";
import type { Expression, Operand, Table } from "../expression.js";

export type Parameters = Readonly<Record<string, number>>;

export interface ControllerPart {
  /** The command. */
  act(parameters: Parameters, state: Expression, reference: Expression, gains: Expression, inputs: number): Expression;
  /** Largest absolute value of each input; absent where there is none. */
  limits?(parameters: Parameters): readonly number[];
}

export interface ReferencePart {
  /** The fixed matrix that maps setpoints to coefficients, as the core computed it; empty if there is none. */
  matrix(core: Core): number[][];
  /** The reference at local time `s` [s] of a segment from one setpoint to the next. */
  evaluate(matrix: readonly (readonly number[])[], previous: Expression, next: Expression, s: Expression): Expression;
}

export interface TaskPart {
  /** the parameter after which setpoints and features repeat [s] */
  readonly period: string;
  /** offsets of the setpoint count along the nominal one's direction, and to its left; the first two gains are one */
  readonly turnsOffsets?: true;
  /** names of the features, with units */
  readonly features: readonly string[];
  /** Nominal setpoint at task time t [s]; `path`: the nodes of its track, if it has one. */
  setpointAt(parameters: Parameters, t: Expression, path: Table): Operand;
  /** The setpoint that a state stands on. */
  setpointOf(parameters: Parameters, state: Expression): Operand;
  /** Network input at a state and task time t [s]. */
  observe(parameters: Parameters, state: Expression, t: Expression, path: Table): Expression;
}
