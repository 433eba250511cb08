/**
 * Trains the simulated car with several learning rates, ten seeds each, and writes docs/results/learning-rates.md: the
 * window cost of rollouts 4, 8, 15 and 25, median and worst of the seeds.
 * Usage, after a build, in the project's folder: node scripts/learning-rates.mjs
 */
import { completeConfig } from "../build/src/config/config.js";
import { digits } from "../build/src/output.js";
import { markdownTable } from "../build/src/report/markdown.js";
import { trainingInMemory } from "../build/src/training/in-memory.js";
import { writeStudyPage } from "./study-page.mjs";

const SEEDS = 10;
const SHOWN = [4, 8, 15, 25];
const MODEL_SCALE = 0.5;
const SWEEP = [
  { update: "adam", truncation: "none", rates: [1e-3, 2e-3, 3e-3, 5e-3, 8e-3, 1.2e-2] },
  { update: "sgd", truncation: "none", rates: [3e-5, 1e-4, 2e-4, 4e-4] },
  { update: "adam", truncation: "segment", rates: [3e-3, 5e-3] },
  { update: "sgd", truncation: "segment", rates: [3e-3, 6e-3, 1e-2] },
];

/** Window cost of every rollout of one training; infinite from the rollout on that leaves its bounds. */
async function train(update, truncation, rate, seed) {
  const config = completeConfig({
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
  const { rollouts } = await trainingInMemory(config);
  const costs = [];
  for await (const { stopped, windowCost } of rollouts()) {
    if (stopped) break;
    costs.push(windowCost);
    if (costs.length === config.rollouts) break;
  }
  return [...costs, ...Array(config.rollouts - costs.length).fill(Number.POSITIVE_INFINITY)];
}

function median(sorted) {
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
}

const cell = (cost) => (Number.isFinite(cost) ? digits(cost, 3) : "stopped");

const rows = [];
const firsts = [];
for (const { update, truncation, rates } of SWEEP) {
  for (const rate of rates) {
    const curves = [];
    for (let seed = 1; seed <= SEEDS; seed++) curves.push(await train(update, truncation, rate, seed));
    firsts.push(...curves.map((curve) => curve[0]));
    const { "learning-rate": chosen } = completeConfig({ update, truncation });
    const cells = SHOWN.map((rollout) => {
      const sorted = curves.map((curve) => curve[rollout - 1]).sort((a, b) => a - b);
      return `${cell(median(sorted))} (${cell(sorted.at(-1))})`;
    });
    const name = `${rate.toExponential()}${rate === chosen ? " (default)" : ""}`;
    rows.push([update, truncation, name, ...cells]);
  }
}
firsts.sort((a, b) => a - b);

const head = ["update", "truncation", "learning rate", ...SHOWN.map((k) => `rollout ${k}`)];
await writeStudyPage("learning-rates", {
  seeds: SEEDS,
  modelScale: MODEL_SCALE,
  untrained: `${cell(median(firsts))} (${cell(firsts.at(-1))})`,
  table: markdownTable([head, ...rows]),
});
