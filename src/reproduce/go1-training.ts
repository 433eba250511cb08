/** Trainings of the simulated Go1: update rules, their learning rates, and what became of the seeds. */
import { lateCost, spreadOf } from "../compare/statistics.js";
import { type Curve, trainFor } from "../compare/training.js";
import { completeConfig, type PartialConfig } from "../config/config.js";
import { inTurn, seedsTo } from "./in-turn.js";

/** The paper's data budget [min]: seven rollouts of 50.9 s. */
export const BUDGET = (7 * 50.9) / 60;

export interface Rule {
  readonly label: string;
  /** of its curves */
  readonly className: string;
  readonly config: PartialConfig;
  /** learning rates of the sweep; absent: the task's default */
  readonly rates?: readonly number[];
}

const raw: PartialConfig = { model: "raw", "model-fit": false, "update-every": "rollout", update: "sgd" };
export const RULES: readonly Rule[] = [
  { label: "Gauss-Newton, every lap, fitted model (default)", className: "lap", config: {} },
  {
    label: "Gauss-Newton, every rollout, fitted model",
    className: "dashed rollout",
    config: { "update-every": "rollout" },
  },
  {
    label: "SGD, every rollout, raw model (12), full co-state",
    className: "full",
    config: { ...raw, truncation: "none" },
    rates: [5e-5, 1e-4, 2e-4, 5e-4],
  },
  {
    label: "SGD, every rollout, raw model (12), truncated, as the authors",
    className: "dashed truncated",
    config: { ...raw, truncation: "segment" },
    rates: [5e-4, 1e-3, 2e-3, 4e-3],
  },
];

/** Seeds of the sweep: others than those that are shown. */
const SWEEP_SEEDS = [101, 102, 103];

/**
 * One learning rate of one rule: cost of the last fifth of the driving, as a part of the untrained policy's, worst
 * seed.
 */
export interface Swept {
  readonly rule: string;
  readonly rate: number;
  readonly late: number;
}

export interface Trained {
  readonly rule: Rule;
  readonly learningRate: number;
  readonly curves: readonly Curve[];
}

const config = (rule: Rule, seed: number, rate?: number) =>
  completeConfig({
    task: "quadruped-figure8",
    ...rule.config,
    seed,
    ...(rate === undefined ? {} : { "learning-rate": rate }),
  });

/** Sweeps the rules that have rates: the rate whose worst seed costs least. */
export function sweep(): Promise<Swept[]> {
  const trials = RULES.flatMap((rule) => (rule.rates ?? []).map((rate) => ({ rule, rate })));
  return inTurn(trials, async ({ rule, rate }) => {
    const curves = await inTurn(SWEEP_SEEDS, (seed) => trainFor(config(rule, seed, rate), BUDGET));
    return { rule: rule.label, rate, late: spreadOf(curves.map((curve) => lateCost(curve, BUDGET))).worst };
  });
}

/** Every rule with seeds 1 to `seeds`, with the best rate of its sweep. */
export function trainAll(seeds: number, swept: readonly Swept[]): Promise<Trained[]> {
  return inTurn(RULES, async (rule) => {
    const [best] = swept.filter((one) => one.rule === rule.label).sort((a, b) => a.late - b.late);
    const curves = await inTurn(seedsTo(seeds), (seed) => trainFor(config(rule, seed, best?.rate), BUDGET));
    return { rule, learningRate: config(rule, 1, best?.rate)["learning-rate"], curves };
  });
}
