/** The study: which trainings there are, and what they say together. */
import { learningRates } from "./learning-rates.js";
import { basePlant } from "./plants.js";
import { rules } from "./rules.js";
import { costAt, finalCost, minutesTo, type Spread, spreadOf, worstCost } from "./statistics.js";
import { type Curve, configOf, type Job } from "./training.js";

export interface Study {
  readonly updates: readonly string[];
  readonly plants: readonly string[];
  readonly seeds: readonly number[];
  readonly minutes: number;
  /** by rule, where it is not the one of the sweep */
  readonly rates: Readonly<Record<string, number>>;
}

/** What the seeds of one rule on one plant say together; costs as parts of the untrained policy's. */
export interface Group {
  readonly plant: string;
  readonly rule: string;
  /** null: the rule has none */
  readonly learningRate: number | null;
  readonly curves: readonly Curve[];
  /** at SHOWN minutes, as far as they were driven */
  readonly at: readonly (Spread & { readonly minutes: number })[];
  /** median driving [min] until a policy first cost at most a tenth, a twentieth; infinite: not reached */
  readonly minutesTo10: number;
  readonly minutesTo5: number;
  /** of the last policy, in a rollout of its own */
  readonly final: Spread;
  /** highest of any rollout of any seed */
  readonly worstEver: number;
  /** seeds that were stopped */
  readonly failures: readonly { readonly seed: number; readonly minutes: number; readonly why: string }[];
}

/** How the numbers were made. */
export interface Origin {
  /** the command that gives them again */
  readonly command: string;
  readonly took: string;
}

/** Minutes that the tables show. */
const SHOWN = [0.5, 1, 2, 5];

/** All trainings: plants, within them rules, within them seeds. */
export function jobsOf({ plants, updates, seeds, minutes, rates }: Study): Job[] {
  return plants.flatMap((plant) =>
    updates.flatMap((rule) => {
      const learningRate = rates[rule] ?? learningRates[basePlant(plant)]?.[rule];
      return seeds.map((seed) => ({ rule, plant, seed, minutes, learningRate }));
    }),
  );
}

/** Groups the results of {@link jobsOf} by plant and rule, as far as there are any. */
export function groupsOf(study: Study, jobs: readonly Job[], curves: readonly (Curve | undefined)[]): Group[] {
  const { seeds, minutes } = study;
  const groups: Group[] = [];
  for (let first = 0; first < jobs.length; first += seeds.length) {
    const found = seeds.flatMap((seed, i) => {
      const curve = curves[first + i];
      return curve ? [{ seed, curve }] : [];
    });
    if (found.length > 0) groups.push(groupOf(jobs[first], found, shownMinutes(minutes)));
  }
  return groups;
}

/** The minutes that tables show of a study of so many. */
export function shownMinutes(minutes: number): number[] {
  return [...SHOWN.filter((at) => at < minutes), minutes];
}

function groupOf(
  job: Job,
  found: readonly { readonly seed: number; readonly curve: Curve }[],
  shown: readonly number[],
): Group {
  const curves = found.map(({ curve }) => curve);
  const overSeeds = (of: (curve: Curve) => number) => spreadOf(curves.map(of));
  return {
    plant: job.plant,
    rule: job.rule,
    learningRate: job.rule in rules ? configOf(job)["learning-rate"] : null,
    curves,
    at: shown.map((minutes) => ({ minutes, ...overSeeds((curve) => costAt(curve, minutes)) })),
    minutesTo10: overSeeds((curve) => minutesTo(curve, 0.1)).median,
    minutesTo5: overSeeds((curve) => minutesTo(curve, 0.05)).median,
    final: overSeeds(finalCost),
    worstEver: overSeeds(worstCost).worst,
    failures: found.flatMap(({ seed, curve: { failure } }) => (failure ? [{ seed, ...failure }] : [])),
  };
}
