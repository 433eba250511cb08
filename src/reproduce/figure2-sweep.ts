/**
 * Learning rates on trial for the double pendulum: the best of each setting, by one criterion and as many trials for
 * all. The criterion: lowest median over the seeds of the mean batch cost after the last fifth of the updates.
 */
import { spreadOf } from "../compare/statistics.js";
import { fillPage } from "../serve/template.js";
import { type Curve, type Job, type LoopName, type ModelName, models, type Setting } from "./figure2-training.js";

/** Seeds of the sweep; those reported are others, from 1. */
export const TUNING_SEEDS: readonly number[] = Array.from({ length: 8 }, (_, i) => 1001 + i);
/** Of the paper's trainings and of the sweep's. */
export const UPDATES = 100;

// biome-ignore format: three to a decade
const RATES = [
  1e-7, 2e-7, 5e-7, 1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5,
  1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3,
];
/** Rates in a row that are tried in every setting. */
const TRIALS = 10;
/**
 * Lowest rate of each grid. They differ as the gradients do, so that the best rate lies inside. There is none for open
 * loop and truncation `segment`: a segment is one control step, and the cost of a step does not depend on its own
 * input.
 */
const LOWEST: Readonly<Record<LoopName, Partial<Record<Setting["truncation"], number>>>> = {
  closed: { segment: 5e-6, none: 1e-6 },
  open: { none: 1e-7 },
};

/** One rate in one setting. */
export interface Trial extends Setting {
  readonly learningRate: number;
  /** median over the seeds of the mean batch cost after the last fifth of the updates [m^2]; null: infinite */
  readonly late: number | null;
  /** seeds that failed */
  readonly failed: number;
}

/** The rates that are tried; none where there is nothing to try. */
export function gridOf({ loop, truncation }: Setting): number[] {
  const lowest = LOWEST[loop][truncation];
  return lowest === undefined ? [] : RATES.slice(RATES.indexOf(lowest)).slice(0, TRIALS);
}

/** All trainings: settings, within them rates, within them seeds. */
export function sweepJobs(seeds: readonly number[] = TUNING_SEEDS, updates = UPDATES): Job[] {
  const loops: readonly (readonly [LoopName, Setting["truncation"]])[] = [
    ["closed", "segment"],
    ["closed", "none"],
    ["open", "none"],
  ];
  return (Object.keys(models) as ModelName[]).flatMap((model) =>
    loops.flatMap(([loop, truncation]) =>
      gridOf({ model, loop, truncation }).flatMap((learningRate) =>
        seeds.map((seed) => ({ model, loop, truncation, seed, learningRate, updates })),
      ),
    ),
  );
}

/** Mean cost after the last fifth of the updates. */
export function lateCost({ costs }: Curve): number {
  const late = costs.slice(-Math.max(1, Math.floor((costs.length - 1) / 5)));
  return late.reduce((sum, cost) => sum + cost, 0) / late.length;
}

/** Judges the results of {@link sweepJobs}, of which `seeds` in a row belong to one trial. */
export function judgeSweep(jobs: readonly Job[], curves: readonly Curve[], seeds = TUNING_SEEDS.length): Trial[] {
  return jobs
    .filter((_, i) => i % seeds === 0)
    .map(({ model, loop, truncation, learningRate }, place) => {
      const group = curves.slice(place * seeds, (place + 1) * seeds);
      const { median } = spreadOf(group.map(lateCost));
      const late = Number.isFinite(median) ? Number(median.toPrecision(4)) : null;
      return { model, loop, truncation, learningRate, late, failed: group.filter(({ failure }) => failure).length };
    });
}

/** The best rate of a setting; where there is no gradient any rate does. */
export function bestRate(trials: readonly Trial[], { model, loop, truncation }: Setting): number {
  const cost = ({ late }: Trial) => late ?? Number.POSITIVE_INFINITY;
  const rivals = trials.filter((t) => t.model === model && t.loop === loop && t.truncation === truncation);
  return rivals.reduce<Trial | undefined>((a, b) => (a && cost(a) <= cost(b) ? a : b), undefined)?.learningRate ?? 1;
}

/** figure2-rates.ts as it stands beside this file. */
export function ratesModule(trials: readonly Trial[]): string {
  const lines = trials.map(
    ({ model, loop, truncation, learningRate, late, failed }) =>
      `  ${JSON.stringify([model, loop, truncation, learningRate, late, failed]).replaceAll(",", ", ")},\n`,
  );
  return fillPage("reproduce/figure2-rates.ts.txt", { trials: lines.join("") });
}
