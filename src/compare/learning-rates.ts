/**
 * Best learning rates by plant and rule. Written by `lapgrad compare --sweep`; how they are chosen and put here:
 * docs/compare.md.
 */
export const learningRates: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  nominal: {
    "sgd-lap": 8e-4,
    "sgd-fit": 2e-4,
    sgd: 2e-4,
    "adam-lap": 1e-3,
    "adam-fit": 5e-3,
    adam: 5e-3,
  },
  identified: {
    "sgd-lap": 8e-4,
    "sgd-fit": 1e-4,
    sgd: 2e-4,
    "adam-lap": 1e-3,
    "adam-fit": 5e-3,
    adam: 5e-3,
  },
  "single-track": {
    "sgd-lap": 2e-4,
    "sgd-fit": 5e-5,
    sgd: 5e-5,
    "adam-lap": 3e-3,
    "adam-fit": 5e-3,
    adam: 2e-3,
  },
};
