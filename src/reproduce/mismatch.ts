/**
 * The authors' study of model mismatch: plain gradient descent on the nominal plant with the model's parameters multiplied by 1,
 * .75, .5 and .25, their settings, several seeds; window cost per iteration beside the recorded one.
 */
import { join } from "node:path";
import { completeConfig } from "../config/config.js";
import { UserError } from "../errors.js";
import { digits } from "../output.js";
import { readMismatchLosses } from "../recording/layers.js";
import { quantile } from "../statistics.js";
import { trainingInMemory } from "../training/in-memory.js";
import type { Study } from "./study.js";

const SCALES = [1, 0.75, 0.5, 0.25];
const ITERATIONS = 25;
/** Iterations (from 1) that the table shows. */
const SHOWN = [1, 5, 10, 15, 25];

/** One model scale at one iteration. */
export interface Cell {
  readonly scale: number;
  readonly iteration: number;
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
  readonly recorded: { readonly median: number; readonly lowest: number; readonly highest: number } | null;
  /** our median within the recorded seeds' range; null without recorded data */
  readonly within: boolean | null;
}

/** Runs the study; `reference` is a folder with authors/mismatch-losses.json.gz, if there is one. */
export async function studyMismatch(seeds: number, reference: string | undefined): Promise<Cell[]> {
  const recorded =
    reference === undefined
      ? undefined
      : await readMismatchLosses(join(reference, "authors", "mismatch-losses.json.gz"));
  const cells: Cell[] = [];
  for (const [s, scale] of SCALES.entries()) {
    const curves: number[][] = [];
    for (let seed = 1; seed <= seeds; seed++) curves.push(await trainOnce(scale, seed));
    for (const iteration of SHOWN) {
      const ours = spread(curves.map((curve) => curve[iteration - 1] ?? Number.NaN));
      const theirs = recorded?.[s] ? spread(recorded[s].map((curve) => curve[iteration - 1] ?? Number.NaN)) : null;
      const within = theirs ? ours.median >= theirs.lowest && ours.median <= theirs.highest : null;
      cells.push({ scale, iteration, ...ours, recorded: theirs, within });
    }
  }
  return cells;
}

/** The study; it fails if a median lies outside the recorded range. */
export const mismatch: Study = {
  name: "mismatch",
  describe: "training with a model scaled by 1, .75, .5, .25",
  run: async ({ seeds: given, quick, reference }) => {
    const seeds = given ?? (quick ? 3 : 10);
    const cells = await studyMismatch(seeds, reference);
    const range = (s: { median: number; lowest: number; highest: number } | null) =>
      s ? `${digits(s.median)} (${digits(s.lowest, 3)} to ${digits(s.highest, 3)})` : "not at hand";
    const rows = cells.map((c) => [
      `${c.scale}`,
      `${c.iteration}`,
      range(c),
      range(c.recorded),
      c.within === null ? "-" : c.within ? "yes" : "no",
    ]);
    const outside = cells.filter((cell) => cell.within === false).length;
    return {
      title: "Model mismatch",
      intro: [
        "The authors trained the simulated car with models whose four parameters were multiplied by 1, 0.75, 0.5 and 0.25, ten seeds each, and published the cost of every iteration. Here the same study: plant `nominal`, plain gradient descent with rate 6e-3, gradients summed, truncation `segment`, 25 rollouts of 156 segments of which 40 to 155 count. Weights and starts are drawn from other random numbers than theirs, so single runs differ.",
      ],
      sections: [
        {
          heading: `Window cost, median (lowest to highest) of ${seeds} seeds`,
          table: [
            ["model scale", "iteration", "lapgrad", "authors' recording", "median within recorded range"],
            ...rows,
          ],
        },
      ],
      results: { seeds, cells },
      ...(outside > 0 ? { failure: `${outside} of ${cells.length} medians lie outside the recorded range` } : {}),
    };
  },
};

/** Window cost of every iteration of one training, with the authors' settings. */
async function trainOnce(scale: number, seed: number): Promise<number[]> {
  const config = completeConfig({
    seed,
    update: "sgd",
    "learning-rate": 6e-3,
    truncation: "segment",
    "batch-reduction": "sum",
    model: "nominal",
    "model-scale": scale,
    rollouts: ITERATIONS,
  });
  const { stretches } = await trainingInMemory(config);
  const costs: number[] = [];
  for await (const { index, windowCost, stopped } of stretches()) {
    if (stopped) throw new UserError(`rollout ${index} of the study was stopped: ${stopped}`, 1);
    costs.push(windowCost);
    if (costs.length === ITERATIONS) break;
  }
  return costs;
}

function spread(values: readonly number[]): { median: number; lowest: number; highest: number } {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: quantile(sorted, 0.5), lowest: sorted[0] ?? 0, highest: sorted.at(-1) ?? 0 };
}
