/**
 * The authors' study of model mismatch: plain gradient descent on the nominal plant with the model's parameters
 * multiplied by 1, .75, .5 and .25, their settings, several seeds; window cost per iteration beside the recorded one.
 */
import { join } from "node:path";
import { completeConfig } from "../config/config.js";
import { UserError } from "../errors.js";
import { digits } from "../output.js";
import { readMismatchLosses } from "../recording/layers.js";
import { extentOf, linearAxis, logAxis } from "../report/axis.js";
import type { Chart, ChartLine } from "../report/chart.js";
import { quantile } from "../statistics.js";
import { trainingInMemory } from "../training/in-memory.js";
import { inTurn, seedsTo } from "./in-turn.js";
import type { Study } from "./study.js";
import { studyText } from "./study-text.js";

const SCALES = [1, 0.75, 0.5, 0.25];
/** Colours of document.ts, one per scale. */
const COLOURS = ["blue", "green", "orange", "purple"];
const ITERATIONS = 25;
/** Iterations (from 1) that the table shows, and at which the medians must lie within the recorded range. */
export const SHOWN: readonly number[] = [1, 5, 10, 15, 25];

/** Window costs of one iteration over the seeds. */
interface Range {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

/** One model scale at one iteration. */
export interface Cell extends Range {
  readonly scale: number;
  readonly iteration: number;
  readonly recorded: Range | null;
  /** our median within the recorded seeds' range; null without recorded data */
  readonly within: boolean | null;
}

/** Every scale at every iteration; `reference`: a folder with authors/mismatch-losses.json.gz, if there is one. */
export async function studyMismatch(seeds: number, reference: string | undefined): Promise<Cell[]> {
  const recorded = reference === undefined ? undefined : await recordedLosses(reference);
  const cells: Cell[] = [];
  for (const [s, scale] of SCALES.entries()) {
    const curves = await inTurn(seedsTo(seeds), (seed) => trainOnce(scale, seed));
    for (let iteration = 1; iteration <= ITERATIONS; iteration++) {
      const at = (all: readonly (readonly number[])[]) => rangeOf(all.map((curve) => curve[iteration - 1]));
      const ours = at(curves);
      const theirs = recorded ? at(recorded[s]) : null;
      const within = theirs ? ours.median >= theirs.lowest && ours.median <= theirs.highest : null;
      cells.push({ scale, iteration, ...ours, recorded: theirs, within });
    }
  }
  return cells;
}

/** [scale][seed][iteration] of the authors. */
async function recordedLosses(reference: string): Promise<number[][][]> {
  const path = join(reference, "authors", "mismatch-losses.json.gz");
  const losses = await readMismatchLosses(path);
  if (losses.length !== SCALES.length || losses.some((seeds) => seeds.some((curve) => curve.length < ITERATIONS)))
    throw new UserError(`${path} must have ${ITERATIONS} losses per seed for each of ${SCALES.length} model scales`);
  return losses;
}

/** The study; it fails if a median lies outside the recorded range. */
export const mismatch: Study = {
  name: "mismatch",
  describe: "training with a model scaled by 1, .75, .5, .25",
  run: async ({ seeds: given, quick, reference }) => {
    const seeds = given ?? (quick ? 3 : 10);
    const cells = await studyMismatch(seeds, reference);
    const range = (s: Range | null) =>
      s ? `${digits(s.median)} (${digits(s.lowest, 3)} to ${digits(s.highest, 3)})` : "not at hand";
    const shown = cells.filter(({ iteration }) => SHOWN.includes(iteration));
    const rows = shown.map((c) => [
      `${c.scale}`,
      `${c.iteration}`,
      range(c),
      range(c.recorded),
      c.within === null ? "-" : c.within ? "yes" : "no",
    ]);
    const outside = shown.filter((cell) => cell.within === false).length;
    return {
      ...studyText(
        "mismatch",
        { seeds },
        {
          costs: {
            table: [
              ["model scale", "iteration", "lapgrad", "authors' recording", "median within recorded range"],
              ...rows,
            ],
            charts: [chartOf(cells)],
            key: SCALES.map((scale, i) => ({ className: `median s${i}`, label: `model scale ${scale}` })),
          },
        },
      ),
      style: SCALES.map((_, i) => `.s${i}{--c:var(--${COLOURS[i]})}`).join(""),
      results: { seeds, cells },
      ...(outside > 0 ? { failure: `${outside} of ${shown.length} medians lie outside the recorded range` } : {}),
    };
  },
};

/** Median of ours as lines, of the authors' as dots, their seeds' range as bands. */
function chartOf(cells: readonly Cell[]): Chart {
  const iterations = Array.from({ length: ITERATIONS }, (_, i) => i + 1);
  const lines = SCALES.flatMap((scale, i): ChartLine[] => {
    const of = cells.filter((cell) => cell.scale === scale);
    const recorded = of.flatMap((cell) => (cell.recorded ? [cell.recorded] : []));
    const median = { className: `median s${i}`, x: iterations, y: of.map((cell) => cell.median) };
    if (recorded.length === 0) return [median];
    const range = [...recorded.map((r) => r.lowest), ...recorded.map((r) => r.highest).reverse()];
    return [
      { className: `band s${i}`, x: [...iterations, ...[...iterations].reverse()], y: range },
      median,
      ...recorded.map((r, k) => ({ className: `point s${i}`, x: [k + 1], y: [r.median] })),
    ];
  });
  const { lo, hi } = extentOf(
    cells.flatMap(({ median, recorded }) => [median, ...(recorded ? [recorded.lowest, recorded.highest] : [])]),
  );
  return {
    heading: "Window cost (logarithmic)",
    description: "Window cost against iterations for the four model scales. The table has the numbers.",
    width: 1040,
    height: 330,
    x: linearAxis({ lo: 1, hi: ITERATIONS }, 8),
    y: logAxis({ lo: 0.9 * lo, hi: 1.1 * hi }),
    xLabel: "iteration",
    lines,
  };
}

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
  const { rollouts } = await trainingInMemory(config);
  const costs: number[] = [];
  for await (const { index, windowCost, stopped } of rollouts()) {
    if (stopped) throw new UserError(`rollout ${index} of the study was stopped: ${stopped}`, 1);
    costs.push(windowCost);
    if (costs.length === ITERATIONS) break;
  }
  return costs;
}

function rangeOf(values: readonly number[]): Range {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: quantile(sorted, 0.5), lowest: sorted[0], highest: sorted[sorted.length - 1] };
}
