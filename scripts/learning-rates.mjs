/**
 * Trains the simulated car with several learning rates, ten seeds each, and writes docs/results/learning-rates.md: the
 * window cost of rollouts 4, 8, 15 and 25, median and worst of the seeds.
 * Usage, after a build, in the project's folder: node scripts/learning-rates.mjs
 */
import { spreadOf } from "../build/src/compare/statistics.js";
import { completeConfig } from "../build/src/config/config.js";
import { markdownTable } from "../build/src/report/markdown.js";
import { windowCosts } from "../build/src/sweeps/training.js";
import { shownCost, writeStudyPage } from "./study.mjs";

const SEEDS = 10;
const SHOWN = [4, 8, 15, 25];
const MODEL_SCALE = 0.5;
const SWEEP = [
  { update: "adam", truncation: "none", rates: [1e-3, 2e-3, 3e-3, 5e-3, 8e-3, 1.2e-2] },
  { update: "sgd", truncation: "none", rates: [3e-5, 1e-4, 2e-4, 4e-4] },
  { update: "adam", truncation: "segment", rates: [3e-3, 5e-3] },
  { update: "sgd", truncation: "segment", rates: [3e-3, 6e-3, 1e-2] },
];

/** Window cost of every rollout of one training. */
async function train(update, truncation, rate, seed) {
  return windowCosts({
    seed,
    update,
    truncation,
    "learning-rate": rate,
    "update-every": "rollout",
    model: "nominal",
    "model-scale": MODEL_SCALE,
    "model-fit": false,
    rollouts: SHOWN.at(-1),
  });
}

/** Median and worst. */
function cell(costs) {
  const { median, worst } = spreadOf(costs);
  return `${shownCost(median)} (${shownCost(worst)})`;
}

const rows = [];
const firsts = [];
for (const { update, truncation, rates } of SWEEP) {
  for (const rate of rates) {
    const curves = [];
    for (let seed = 1; seed <= SEEDS; seed++) curves.push(await train(update, truncation, rate, seed));
    firsts.push(...curves.map((curve) => curve[0]));
    const { "learning-rate": chosen } = completeConfig({ update, truncation });
    const cells = SHOWN.map((rollout) => cell(curves.map((curve) => curve[rollout - 1])));
    const name = `${rate.toExponential()}${rate === chosen ? " (default)" : ""}`;
    rows.push([update, truncation, name, ...cells]);
  }
}

const head = ["update", "truncation", "learning rate", ...SHOWN.map((k) => `rollout ${k}`)];
await writeStudyPage("learning-rates", {
  seeds: SEEDS,
  modelScale: MODEL_SCALE,
  untrained: cell(firsts),
  table: markdownTable([head, ...rows]),
});
