/** What the studies of trainings share: the costs of one, how a cost is shown, and the page. */
import { readFileSync, writeFileSync } from "node:fs";
import { completeConfig } from "../build/src/config/config.js";
import { digits } from "../build/src/output.js";
import { machine, remarksIn } from "../build/src/report/markdown.js";
import { fill } from "../build/src/report/template.js";
import { trainingInMemory } from "../build/src/training/in-memory.js";
import { measure } from "../build/src/training/metrics.js";

/** Window cost of every rollout of one training, infinite once it left its bounds; and the first one's metrics. */
export async function trainedCosts(given) {
  const config = completeConfig(given);
  const { core, rollouts } = await trainingInMemory(config);
  const costs = [];
  let first = {};
  for await (const { index, slot, from, stopped, windowCost } of rollouts()) {
    if (stopped) break;
    if (index === 0) continue;
    if (index === 1) first = measure(core, slot, 1, from);
    costs.push(windowCost);
    if (costs.length === config.rollouts) break;
  }
  return { costs: [...costs, ...Array(config.rollouts - costs.length).fill(Number.POSITIVE_INFINITY)], first };
}

export const shownCost = (cost) => (Number.isFinite(cost) ? digits(cost, 3) : "stopped");

/** Writes docs/results/<name>.md: the text of pages/<name>.md with its values, and the remarks that readers added. */
export async function writeStudyPage(name, values) {
  const path = `docs/results/${name}.md`;
  const text = readFileSync(new URL(`pages/${name}.md`, import.meta.url), "utf8");
  const filled = fill(text, { ...values, machine: machine() }, `scripts/pages/${name}.md`);
  writeFileSync(path, filled + (await remarksIn(path)));
  console.log(`wrote ${path}`);
}
