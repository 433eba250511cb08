/** Update rules [paper, Algorithm 1, line 7]: each turns the gradient in the core into new parameters in the core. */
import type { RunConfig } from "../config/schema.js";
import type { Core, RegionName } from "../core/core.js";

export interface Optimiser {
  /** regions of the core that belong to its state, beside the parameters */
  readonly regions: readonly RegionName[];
  /** scalar state, for the checkpoint */
  state(): Record<string, number>;
  /** takes back a scalar state */
  restore(state: Readonly<Record<string, number>>): void;
  /** parameters <- parameters - step(gradient) */
  update(core: Core): void;
}

/** Plain gradient descent: theta -= rate * gradient. */
function sgd(rate: number): Optimiser {
  return {
    regions: [],
    state: () => ({}),
    restore: () => {},
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
    restore: (state) => {
      power1 = state.power1 ?? 1;
      power2 = state.power2 ?? 1;
    },
    update: (core) => {
      power1 *= BETA1;
      power2 *= BETA2;
      core.exports.adapt(rate, BETA1, BETA2, EPSILON, 1 - power1, 1 - power2);
    },
  };
}

const optimisers: Readonly<Record<RunConfig["update"], (rate: number) => Optimiser>> = { sgd, adam };

export function optimiserFor(config: RunConfig): Optimiser {
  return optimisers[config.update](config["learning-rate"]);
}
