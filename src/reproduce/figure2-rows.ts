/** The trainings of figure 2 and what they say together: a row per model, loop, truncation and rate. */
import { type Spread, spreadOf } from "../compare/statistics.js";
import { bestRate, type Trial } from "./figure2-sweep.js";
import { type Curve, type Job, type ModelName, models, type Setting } from "./figure2-training.js";
import { seedsTo } from "./in-turn.js";

/** What is compared with each model. */
export const variants = [
  { loop: "closed", truncation: "segment" },
  { loop: "closed", truncation: "none" },
  { loop: "open", truncation: "none" },
  { loop: "open", truncation: "segment" },
] as const satisfies readonly Omit<Setting, "model">[];

/** The authors' rates, theirs for the sum over a batch, here for its mean. */
const PUBLISHED: Readonly<Record<Setting["loop"], number>> = { closed: 1e-4, open: 2e-6 };

/** All trainings of a setting at one rate. */
export interface Row extends Setting {
  readonly learningRate: number;
  /** of the batch cost after 0, 1, ... updates over the seeds [m^2] */
  readonly spreads: readonly Spread[];
  /** seeds that left their bounds or had no finite gradient */
  readonly failed: number;
  /** seeds whose gradient became exactly 0 */
  readonly stuck: number;
}

/** Everything that the page shows. */
export interface Figure2 {
  readonly seeds: number;
  readonly updates: number;
  /** at the best rates of the sweep */
  readonly rows: readonly Row[];
  /** at the published rates, with the true model */
  readonly published: readonly Row[];
  readonly trials: readonly Trial[];
}

/** The trainings of every row: seeds 1, 2, ... */
export function jobsOf(trials: readonly Trial[], seeds: number, updates: number): Job[] {
  const ofSetting = (setting: Setting, learningRate: number) =>
    seedsTo(seeds).map((seed) => ({ ...setting, seed, learningRate, updates }));
  const tuned = (Object.keys(models) as ModelName[]).flatMap((model) =>
    variants.flatMap((variant) => ofSetting({ model, ...variant }, bestRate(trials, { model, ...variant }))),
  );
  const published = variants
    .filter(({ loop, truncation }) => loop === "closed" || truncation === "none")
    .flatMap((variant) => ofSetting({ model: "true", ...variant }, PUBLISHED[variant.loop]));
  return [...tuned, ...published];
}

/** Judges the results of {@link jobsOf}, of all its seeds or of some of them. */
export function judge(trials: readonly Trial[], jobs: readonly Job[], curves: readonly Curve[]): Figure2 {
  const { updates } = jobs[0];
  const [{ seed: first }] = jobs;
  const seeds = new Set(jobs.map(({ seed }) => seed)).size;
  const rows = jobs
    .filter(({ seed }) => seed === first)
    .map(({ model, loop, truncation, learningRate }, place): Row => {
      const group = curves.slice(place * seeds, (place + 1) * seeds);
      return {
        model,
        loop,
        truncation,
        learningRate,
        spreads: Array.from({ length: updates + 1 }, (_, k) => spreadOf(group.map(({ costs }) => costs[k]))),
        failed: group.filter(({ failure }) => failure !== null).length,
        stuck: group.filter(({ stuck }) => stuck !== null).length,
      };
    });
  const tuned = variants.length * Object.keys(models).length;
  return { seeds, updates, rows: rows.slice(0, tuned), published: rows.slice(tuned), trials };
}
