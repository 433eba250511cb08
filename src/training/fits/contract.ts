import type { FitData } from "../../identification/fit-data.js";

/** The model that the gradient goes through. */
export interface FittedModel {
  readonly parameters: Readonly<Record<string, number>>;
  /** transport delay per input [control steps] */
  readonly delays: readonly number[];
}

export interface Refit {
  readonly model: FittedModel;
  /** root mean square errors one step ahead */
  readonly errors: Readonly<Record<string, number>>;
}

/** Fits a model to driving, from a prior; answers with a text if it refuses. */
export type Fit = (drives: readonly FitData[], prior: FittedModel) => Refit | string;
