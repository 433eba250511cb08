/** Update rules [paper, Algorithm 1, line 7]: each turns the gradient in the core into new parameters in the core. */
import type { RunConfig } from "../config/schema.js";
import type { Core, RegionName } from "../core/core.js";
import { gaussNewton } from "./gauss-newton.js";

/** The rollouts that an update learns from: slots [first, first + count) of the core. */
export interface Batch {
  readonly first: number;
  readonly count: number;
  readonly rehearsals: Rehearsals;
  /** mean window cost */
  readonly cost: number;
}

/** What is rehearsed in the model before the next rollout, or stretch. */
export interface Rehearsals {
  /** the first of count + 1 slots with room for them */
  readonly first: number;
  /** segments of a rehearsal that goes on from the end of the drive; 0: the rollouts are driven again */
  readonly ahead: number;
  /** segments of a rehearsed new start */
  readonly anew: number;
  /** what counts of the next rollout, or stretch: segments start, length, stride as in the configuration */
  readonly counted: { readonly start: number; readonly length: number; readonly stride: number };
}

export interface Optimiser {
  /** regions of the core that belong to its state, beside the parameters */
  readonly regions: readonly RegionName[];
  /** scalar state and arrays of its own, for the checkpoint */
  state(): Record<string, number>;
  arrays(): Record<string, Float64Array>;
  /** takes both back */
  restore(state: Readonly<Record<string, number>>, arrays: Readonly<Record<string, Float64Array>>): void;
  /** what it expects of the next rollout, for its metrics */
  outlook(): Record<string, number>;
  /** the gradient, or step, along the recorded trajectories: the loss, and the norm of what was found */
  estimate(core: Core, batch: Batch): { loss: number; norm: number };
  /** new parameters from the last estimate */
  update(core: Core, batch: Batch): void;
}

/** The co-state gradient [paper eq. 8]. */
function gradient(core: Core, { first, count }: Batch): { loss: number; norm: number } {
  const loss = core.exports.gradient(first, count);
  return { loss, norm: core.exports.gradientNorm() };
}

/** Plain gradient descent: theta -= rate * gradient. */
function sgd(rate: number): Optimiser {
  return {
    regions: [],
    state: () => ({}),
    arrays: () => ({}),
    restore: () => {},
    outlook: () => ({}),
    estimate: gradient,
    update: (core) => core.exports.descend(rate),
  };
}

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/** Adam with its published constants; beta^k is kept as a running product, which is the same on every machine. */
function adam(rate: number): Optimiser {
  let power1 = 1;
  let power2 = 1;
  return {
    regions: ["firstMoment", "secondMoment"],
    state: () => ({ power1, power2 }),
    arrays: () => ({}),
    restore: (state) => {
      power1 = state.power1 ?? 1;
      power2 = state.power2 ?? 1;
    },
    outlook: () => ({}),
    estimate: gradient,
    update: (core) => {
      power1 *= BETA1;
      power2 *= BETA2;
      core.exports.adapt(rate, BETA1, BETA2, EPSILON, 1 - power1, 1 - power2);
    },
  };
}

const optimisers: Readonly<Record<RunConfig["update"], (rate: number) => Optimiser>> = {
  sgd,
  adam,
  "gauss-newton": gaussNewton,
};

export function optimiserFor(config: RunConfig): Optimiser {
  return optimisers[config.update](config["learning-rate"]);
}
