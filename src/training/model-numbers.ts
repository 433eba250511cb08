/**
 * The fitted model in the metrics of a rollout: numbers with a prefix while they are metrics, one object per parameter
 * in metrics.jsonl and in what `train --json` says.
 */
import { digits } from "../output.js";
import type { RolloutMetrics } from "./metrics.js";

/** Before the names of parameters and delays. */
export const PARAMETER = "model.";
/** Before the names of the fit's root mean square errors. */
export const ERROR = "modelError.";
/** Before the names of parameters: standard error, and 1 if the driving determined it, else 0. */
export const STANDARD_ERROR = "modelStandardError.";
export const DETERMINED = "modelDetermined.";
/** Before two names of parameters with a dot between them, of which the driving tells little but a combination. */
export const CORRELATION = "modelCorrelation.";

/** What is said of a parameter that is where its prior draws it. */
export const UNDETERMINED = "not determined by this driving";

/** One parameter of the fitted model. Without standard error it was not fitted. */
export interface FittedParameter {
  readonly value: number;
  readonly standardError?: number;
  /** false: it is where the prior draws it */
  readonly determined?: boolean;
  /** with other parameters, where it is strong */
  readonly correlations?: Readonly<Record<string, number>>;
}

export function prefixed(prefix: string, values: readonly (readonly [string, number])[]): Record<string, number> {
  return Object.fromEntries(values.map(([name, value]) => [prefix + name, value]));
}

/** The fitted model of a rollout's metrics; empty if none was fitted. */
export function modelOf(metrics: Readonly<Record<string, number>>): Record<string, FittedParameter> {
  const model: Record<string, FittedParameter> = {};
  for (const [key, value] of Object.entries(metrics)) {
    if (!key.startsWith(PARAMETER)) continue;
    const name = key.slice(PARAMETER.length);
    const correlations = correlationsOf(name, metrics);
    model[name] = {
      value,
      ...(STANDARD_ERROR + name in metrics && {
        standardError: metrics[STANDARD_ERROR + name],
        determined: metrics[DETERMINED + name] > 0,
      }),
      ...(Object.keys(correlations).length > 0 && { correlations }),
    };
  }
  return model;
}

/** In the order of the parameters, whichever of two names stands first. */
function correlationsOf(name: string, metrics: Readonly<Record<string, number>>): Record<string, number> {
  const found: Record<string, number> = {};
  for (const key of Object.keys(metrics)) {
    const other = key.startsWith(PARAMETER) ? key.slice(PARAMETER.length) : name;
    const value = metrics[`${CORRELATION}${name}.${other}`] ?? metrics[`${CORRELATION}${other}.${name}`];
    if (value !== undefined) found[other] = value;
  }
  return found;
}

/** A value with how sure it is, for people. */
export function sureValue({ value, standardError, determined }: FittedParameter): string {
  if (standardError === undefined) return digits(value, 3);
  if (determined === false) return `${digits(value, 3)} (${UNDETERMINED})`;
  return `${digits(value, 3)} ± ${digits(standardError, 2)}`;
}

/** Metrics as written: the model as an object. */
export function written(metrics: RolloutMetrics): Record<string, unknown> {
  const model = modelOf(metrics);
  return { ...withoutModel(metrics), ...(Object.keys(model).length > 0 ? { model } : {}) };
}

/** Metrics without what they say of the model's parameters. */
export function withoutModel<T extends Readonly<Record<string, unknown>>>(metrics: T): T {
  const others = Object.entries(metrics).filter(([name]) => !FLAT.some((prefix) => name.startsWith(prefix)));
  return Object.fromEntries(others) as T;
}

const FLAT = [PARAMETER, STANDARD_ERROR, DETERMINED, CORRELATION];

/** The other way: written metrics as numbers. */
export function flattened(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { model, ...others } = values;
  const numbers: Record<string, unknown> = others;
  for (const [name, parameter] of Object.entries((model ?? {}) as Record<string, FittedParameter>)) {
    const { value, standardError, determined, correlations } = parameter;
    numbers[PARAMETER + name] = value;
    if (standardError !== undefined) numbers[STANDARD_ERROR + name] = standardError;
    if (determined !== undefined) numbers[DETERMINED + name] = determined ? 1 : 0;
    for (const [other, strength] of Object.entries(correlations ?? {}))
      if (!(`${CORRELATION}${other}.${name}` in numbers)) numbers[`${CORRELATION}${name}.${other}`] = strength;
  }
  return numbers;
}
