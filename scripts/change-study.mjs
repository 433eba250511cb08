/**
 * What a training does when the world changes: trains the simulated car in memory, with its defaults, on plants that
 * change in the lap after ten laps of driving since standstill, on others that the model cannot describe, with poor
 * actuators, and on those that stay as they are. Costs in % of the untrained controller's steady lap on the plant
 * before the change. `--few`: at most so many seeds where grip is not lost for good. `--cache`: rows that are there
 * already are not driven again.
 * Usage, after a build, in the project's folder:
 *   node scripts/change-study.mjs [--seeds 20] [--few 20] [--first 91000] [--cache file]
 */
import { parseArgs } from "node:util";
import { completeConfig } from "../build/src/config/config.js";
import { markdownTable } from "../build/src/report/markdown.js";
import { quantile } from "../build/src/statistics.js";
import { trainingInMemory } from "../build/src/training/in-memory.js";
import { measure } from "../build/src/training/metrics.js";
import { AgedLink } from "./aged-link.mjs";
import { keptRows, untrainedCost, writeStudyPage } from "./study.mjs";

const { values: options } = parseArgs({
  options: {
    seeds: { type: "string", default: "20" },
    few: { type: "string", default: "20" },
    first: { type: "string", default: "91000" },
    cache: { type: "string" },
  },
});
const [SEEDS, FEW, FIRST] = [options.seeds, options.few, options.first].map(Number);
/** Laps since standstill before a change, and laps of a training. */
const BEFORE = 10;
const LAPS = 32;
const change = (...changes) => ({ "plant-change": changes });
const slip = (loadTransfer) => ({ parameters: { plant: { combinedSlip: 1, loadTransfer } } });
const CASES = [
  ...["nominal", "identified", "single-track"].map((plant) => ({ plant, name: "stays", given: {} })),
  ...["identified", "single-track"].flatMap((plant) => [
    { plant, name: "grip -20 %", given: change("grip=0.8@lap10") },
    { plant, name: "grip -20 %, and back after ten laps", given: change("grip=0.8@lap10", "grip=1.25@lap20") },
    { plant, name: "grip -40 %", given: change("grip=0.6@lap10") },
    { plant, name: "throttle -30 % over 60 s", given: change("throttle=1..0.7@seconds0..60") },
    { plant, name: "a wet patch", given: change("grip=0.7@place:1.5,1.5,0.5") },
    { plant, name: "poor actuators", given: { link: "serial", device: "none" } },
  ]),
  { plant: "single-track", name: "combined slip", given: slip(0) },
  { plant: "single-track", name: "combined slip and load transfer", given: slip(1) },
];

const kept = keptRows(options.cache);

/**
 * Poor actuators: what is asked for comes in steps of 0.05, of the throttle nothing below 0.05, and the steering has
 * 0.1 of backlash, and 0.8 and 1.2 of what is asked for to its two sides.
 */
function poorActuators() {
  let steering = 0;
  return ([throttle, wanted]) => {
    const step = (value) => 0.05 * Math.round(value / 0.05);
    const side = step(wanted) * (wanted > 0 ? 1.2 : 0.8);
    steering = Math.max(side - 0.05, Math.min(side + 0.05, steering));
    return [Math.abs(throttle) < 0.05 ? 0 : step(throttle), steering];
  };
}

/** A car with them, driven step by step, with poses that are of now. */
const poorlyDriven = (config) =>
  AgedLink.of({ ...config, link: "sim" }, config.seed, completeConfig({})["update-delay"], {
    oldest: 0,
    actuators: poorActuators(),
  });

/** Costs per step of `laps` laps since standstill, what was noticed in which, and what was driven slowly [s]. */
async function driven(given, laps) {
  const config = completeConfig({ "stop-factor": 1e6, ...given });
  const { core, rollouts } = await trainingInMemory(
    config,
    given.link === "serial" ? await poorlyDriven(config) : undefined,
  );
  const row = { costs: [], noticed: [], slow: [] };
  for await (const { index, slot, begin, stopped, noticed } of rollouts()) {
    if (stopped) break;
    const { meanCost, slowSeconds } = measure(core, slot, index, begin);
    row.costs.push(meanCost);
    row.slow.push(slowSeconds);
    row.noticed.push(noticed.length);
    if (index === laps) break;
  }
  return row;
}

const median = (values) =>
  quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
const shown = (value) => (Number.isFinite(value) ? `${Number(value.toPrecision(3))}` : "stopped");

/** The first changed lap, from 1. */
const CHANGED = BEFORE + 1;
const SHOWN = [1, 2, 3, 6, CHANGED - 1, ...[0, 1, 2, 3, 10, 15, 20].map((after) => CHANGED + after)];
const rows = [];
for (const one of CASES) {
  // before a change; a plant that is other from the start is measured as it is
  const { "plant-change": _, ...unchanged } = one.given;
  const whole = await untrainedCost({ plant: one.plant, ...unchanged, link: "sim" });
  const trainings = [];
  const seeds = ["grip -20 %", "grip -40 %"].includes(one.name) ? SEEDS : Math.min(FEW, SEEDS);
  for (let seed = FIRST; seed < FIRST + seeds; seed++) {
    const given = { plant: one.plant, ...one.given, seed };
    trainings.push(await kept([given, LAPS], () => driven(given, LAPS)));
  }
  const percent = (row, lap) => (100 * (row.costs[lap - 1] ?? Number.POSITIVE_INFINITY)) / whole;
  const columns = SHOWN.map((lap) => {
    const costs = trainings.map((row) => percent(row, lap));
    return `${shown(median(costs))}/${shown(Math.max(...costs))}`;
  });
  const worst = Math.max(...trainings.flatMap((row) => row.costs.slice(1).map((cost) => (100 * cost) / whole)));
  const early = trainings.filter((row) => row.noticed.slice(0, BEFORE).some((count) => count > 0)).length;
  const late = trainings.filter((row) => row.noticed.slice(BEFORE).some((count) => count > 0)).length;
  rows.push([one.plant, one.name, trainings.length, ...columns, shown(worst), `${early}, ${late}`]);
  console.log(rows.at(-1).join(" | "));
}
const head = ["plant", "change", "trainings", ...SHOWN.map((lap) => `lap ${lap}`), "worst", "noticed"];
await writeStudyPage("change", {
  first: FIRST,
  last: FIRST + SEEDS - 1,
  table: markdownTable([head, ...rows]),
});
