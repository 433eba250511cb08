/** Which trainings figure 3 is made of, and what they say together. */
import { type Spread, spreadOf } from "../compare/statistics.js";
import type { Job, Training } from "./figure3-training.js";
import { seedsTo } from "./in-turn.js";
import type { PlannedOptions } from "./study.js";

/** Driving after which policies are evaluated [min]. */
const MARKS = [0.25, 0.5, 1, 1.5, 2, 3, 5, 7, 10, 15, 20, 30, 45, 60];

export const PLANTS: readonly string[] = ["nominal", "identified", "single-track", "mujoco", "mujoco+friction=0.6"];
/** Ours, then those without a network, then those without a model. */
const LONG = ["gauss-newton", "sgd", "refit", "ilc", "difftune", "sac", "ppo"];
/** So dear to compute that they get less: minutes, seeds and plants. */
const SHORT = ["crossq", "droq", "mbpo"];
const SHORT_PLANTS = ["identified", "single-track", "mujoco"];
const [LONG_MINUTES, SHORT_MINUTES] = [60, 10];
const [LONG_SEEDS, SHORT_SEEDS] = [10, 3];
/** Those that are reported are others than those that anything was tuned on. */
const FIRST_SEED = 101;

export const DEFAULT_RULES: readonly string[] = [...LONG, ...SHORT];

/** All trainings: plants, within them rules, within them seeds. */
export function jobsOf(wanted: PlannedOptions): Job[] {
  const { quick } = wanted;
  const plants = wanted.plants ?? (quick ? ["identified"] : PLANTS);
  const rules = wanted.rules ?? (quick ? ["gauss-newton", "refit", "ilc", "ppo"] : DEFAULT_RULES);
  return plants.flatMap((plant) =>
    rules.flatMap((rule) => {
      const isShort = SHORT.includes(rule);
      if (isShort && wanted.plants === undefined && !SHORT_PLANTS.includes(plant)) return [];
      const most = wanted.minutes ?? (quick ? 0.5 : isShort ? SHORT_MINUTES : LONG_MINUTES);
      const seeds = wanted.seeds ?? (quick ? 2 : isShort ? SHORT_SEEDS : LONG_SEEDS);
      const minutes = [...MARKS.filter((mark) => mark < most), most];
      return seedsTo(seeds).map((seed) => ({ plant, rule, seed: FIRST_SEED - 1 + seed, minutes }));
    }),
  );
}

/** The seeds of one rule on one plant; costs as parts of the untrained policy's, infinite from a failure on. */
export interface Row {
  readonly plant: string;
  readonly rule: string;
  readonly seeds: number;
  readonly minutes: readonly number[];
  /** one per entry of `minutes` */
  readonly evaluation: readonly Spread[];
  readonly whileLearning: readonly Spread[];
  /** of any seed */
  readonly worstLap: number;
  readonly failures: readonly { readonly seed: number; readonly minutes: number; readonly why: string }[];
}

/** A row for every plant and rule of the trainings, in their order. */
export function rowsOf(trainings: readonly Training[]): Row[] {
  const groups = new Map<string, Training[]>();
  for (const training of trainings) {
    const name = `${training.plant} ${training.rule}`;
    groups.set(name, [...(groups.get(name) ?? []), training]);
  }
  return [...groups.values()].map((group) => {
    const [{ plant, rule }] = group;
    const { minutes } = group
      .map(({ account }) => account)
      .reduce((a, b) => (b.minutes.length < a.minutes.length ? b : a));
    const over = (of: "evaluation" | "whileLearning") =>
      minutes.map((_, i) => spreadOf(group.map((one) => one.account[of][i] ?? Number.POSITIVE_INFINITY)));
    return {
      plant,
      rule,
      seeds: group.length,
      minutes,
      evaluation: over("evaluation"),
      whileLearning: over("whileLearning"),
      worstLap: Math.max(...group.map((one) => one.account.worstLap[minutes.length - 1] ?? Number.POSITIVE_INFINITY)),
      failures: group.flatMap(({ seed, account: { failure } }) => (failure ? [{ seed, ...failure }] : [])),
    };
  });
}
