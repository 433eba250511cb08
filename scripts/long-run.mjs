/**
 * Whether a training that goes on for long stays as good as it was: trains the simulated car in memory, with its
 * defaults, for very many laps, as it is and with a speed that is measured with noise, and writes
 * docs/results/long-run.md. Costs in % of the untrained controller's steady lap on the same plant without noise.
 * `--cache`: rows that are there already are not driven again.
 * Usage, after a build, in the project's folder:
 *   node scripts/long-run.mjs [--seeds 3] [--first 96000] [--laps 1000] [--plants single-track] [--cache file]
 */
import { parseArgs } from "node:util";
import { completeConfig } from "../build/src/config/config.js";
import { firingCount } from "../build/src/core/firings.js";
import { markdownTable } from "../build/src/report/markdown.js";
import { trainingInMemory } from "../build/src/training/in-memory.js";
import { measure } from "../build/src/training/metrics.js";
import { keptRows, shownCost, untrainedCost, writeStudyPage } from "./study.mjs";

const { values: options } = parseArgs({
  options: {
    seeds: { type: "string", default: "3" },
    first: { type: "string", default: "96000" },
    laps: { type: "string", default: "1000" },
    plants: { type: "string", default: "single-track" },
    cache: { type: "string" },
  },
});
const [SEEDS, FIRST, LAPS] = [options.seeds, options.first, options.laps].map(Number);
/** Laps that are taken together. */
const MANY = LAPS / 10;
const VARIANTS = [
  { name: "as it is", given: {} },
  { name: "speed with 0.05 m/s of noise", given: { "plant-noise": [0, 0, 0.05, 0] } },
];
const kept = keptRows(options.cache);

async function driven(given) {
  const { core, modelFitter, pieces } = await trainingInMemory(completeConfig({ "stop-factor": 1e6, ...given }));
  const row = { costs: [], refits: -1, refused: 0, noticed: 0, firings: 0 };
  for await (const { index, slot, begin, completes, stopped, noticed } of pieces()) {
    row.refits++;
    if (modelFitter.refusal !== undefined) row.refused++; // the refit before what was driven now
    if (stopped) break;
    if (!completes) continue;
    row.costs.push(measure(core, slot, index, begin).meanCost);
    row.noticed += noticed.length;
    if (index === LAPS) break;
  }
  row.firings = firingCount(core);
  return row;
}

const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
const rows = [];
for (const { name, given } of VARIANTS)
  for (const plant of options.plants.split(",")) {
    const whole = await untrainedCost({ plant });
    for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
      const setting = { plant, seed, ...given };
      const { costs, refits, refused, noticed, firings } = await kept([setting, LAPS], () => driven(setting));
      const parts = Array.from({ length: 10 }, (_, i) => mean(costs.slice(i * MANY, (i + 1) * MANY)));
      const percent = (cost) => shownCost((100 * cost) / whole);
      const [last, least] = [parts[9], Math.min(...parts)];
      const late = percent(Math.max(...costs.slice(MANY)));
      const shares = [(last / least).toFixed(2), `${((100 * refused) / refits).toFixed(2)} %`];
      rows.push([plant, name, seed, ...[parts[0], least, last].map(percent), late, ...shares, noticed, firings]);
      console.log(rows.at(-1).join(" | "));
    }
  }
const head = ["plant", "measured", "seed", "first tenth [%]", "lowest tenth [%]", "last tenth [%]"];
const tail = ["dearest lap after the first tenth [%]", "last / lowest", "refits refused", "noticed", "reflex fired"];
await writeStudyPage("long-run", { laps: LAPS, table: markdownTable([[...head, ...tail], ...rows]) });
