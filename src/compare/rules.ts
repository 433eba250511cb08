/** What is compared: update rules, each with the settings it is driven with. */
import type { PartialConfig } from "../config/config.js";
import { type RuleName, ruleNames } from "../rules/rules.js";

/** One update rule with its settings. */
export interface Rule {
  /** in words, for figure and table */
  readonly label: string;
  readonly config: PartialConfig & { readonly update: RuleName };
  /** of its curve, whose colour is that of the update rule */
  readonly dash: "solid" | "dashed" | "dotted";
  /** learning rates that `--sweep` tries; absent: the task's default is used */
  readonly rates?: readonly number[];
}

// Where training starts. `fitted`: the paper's raw model (11), all gains 1, refitted to the driving before every
// update. `fixed`: the nominal car's gains halved, never refitted, as in the paper's simulations: knowledge that the
// fitted ones are not given.
const fitted: PartialConfig = { model: "raw", "model-fit": true };
const fixed: PartialConfig = { model: "nominal", "model-scale": 0.5, "model-fit": false };
const lap: PartialConfig = { "update-every": "lap" };
const rollout: PartialConfig = { "update-every": "rollout" };
const SGD = [1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 4e-4, 8e-4, 1.6e-3];
const ADAM = [5e-4, 1e-3, 2e-3, 3e-3, 5e-3, 8e-3, 1.2e-2, 2e-2];

/** By the name a user types; one with `rates` has a sweep. */
const tuned: Readonly<Record<string, Rule>> = {
  "gauss-newton": {
    label: "Gauss-Newton, every three segments, fitted model",
    config: { update: "gauss-newton", ...fitted },
    dash: "solid",
  },
  "gauss-newton-rollout": {
    label: "Gauss-Newton, every rollout, fitted model",
    config: { update: "gauss-newton", ...rollout, ...fitted },
    dash: "dashed",
  },
  "sgd-lap": {
    label: "SGD, every lap, fitted model",
    config: { update: "sgd", ...lap, ...fitted },
    dash: "solid",
    rates: SGD,
  },
  "sgd-fit": {
    label: "SGD, every rollout, fitted model",
    config: { update: "sgd", ...rollout, ...fitted },
    dash: "dashed",
    rates: SGD,
  },
  sgd: {
    label: "SGD, every rollout, fixed model",
    config: { update: "sgd", ...rollout, ...fixed },
    dash: "dotted",
    rates: SGD,
  },
  "adam-lap": {
    label: "Adam, every lap, fitted model",
    config: { update: "adam", ...lap, ...fitted },
    dash: "solid",
    rates: ADAM,
  },
  "adam-fit": {
    label: "Adam, every rollout, fitted model",
    config: { update: "adam", ...rollout, ...fitted },
    dash: "dashed",
    rates: ADAM,
  },
  adam: {
    label: "Adam, every rollout, fixed model",
    config: { update: "adam", ...rollout, ...fixed },
    dash: "dotted",
    rates: ADAM,
  },
};

/** All that can be compared: the tuned ones, and every other update rule with its defaults. */
export const rules: Readonly<Record<string, Rule>> = {
  ...tuned,
  ...Object.fromEntries(
    ruleNames
      .filter((update) => !(update in tuned))
      .map((update) => [update, { label: update, config: { update }, dash: "solid" }]),
  ),
};
