import type { FitData } from "../../identification/fit-data.js";
import type { Search, Sureness } from "../../identification/part-fit.js";

/** The model that the gradient goes through. */
export interface FittedModel {
  readonly parameters: Readonly<Record<string, number>>;
  /** transport delay per input [control steps] */
  readonly delays: readonly number[];
}

export interface Refit extends Sureness<string> {
  readonly model: FittedModel;
  /** root mean square errors, of what was fitted */
  readonly errors: Readonly<Record<string, number>>;
}

/**
 * Fits a model to driving. `present`: the model so far, for parts that are refused; `before`: the model before a change
 * of the world, to which a search of what "changed" is held.
 */
export type Fit = (drives: readonly FitData[], present: FittedModel, search: Search, before?: FittedModel) => Refit;

/** What the model does not explain of a drive, in its main output: a number per row of `steps` control steps. */
export interface ModelErrors {
  readonly rows: Float64Array;
  /** what was measured of it in every row, where that is a turn rate in which a spin shows [rad/s] */
  readonly measured?: Float64Array;
  readonly steps: number;
}

/** How models of one kind are fitted, and judged. */
export interface FitKind {
  readonly fit: Fit;
  /**
   * Upper bounds of the controller's parameters with which a robot that was thrown off its track comes back to it
   * instead of hurrying after its task (docs/equations.md, section 30, *Not in a hurry*): by the largest lateral
   * acceleration that the task asks for [m/s²], and the mean of the first input that it was driven with before. Absent:
   * its first input does not accelerate it.
   */
  readonly unhurried?: (model: FittedModel, lateral: number, held: number) => Readonly<Record<string, number>>;
  readonly errorsOf: (drive: FitData, model: FittedModel) => ModelErrors;
}
