import type { FitData } from "../../identification/fit-data.js";
import type { Sureness } from "../../identification/part-fit.js";

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
 * Fits a model to driving. `present`: the model so far, for parts that are refused. `near`: delays are searched around
 * its delays only.
 */
export type Fit = (drives: readonly FitData[], present: FittedModel, near: boolean) => Refit;
