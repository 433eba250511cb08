/**
 * Whether the reflex rests where nothing changes, and what it does where grip is lost: trains the simulated car in
 * memory and writes docs/results/reflex.md. False alarms are counted on every car plant, as it is, with 5 mm of noise,
 * and driven step by step as a robot is, with that noise and a pose that is 0 to 60 ms old. `--cache`: rows that are
 * there already are not driven again.
 * Usage, after a build, in the project's folder: node scripts/reflex-study.mjs [--seeds 100] [--laps 20]
 *          [--first 71000] [--changed 20] [--factors 0.8,0.6] [--cache file] [--print]
 */
import { parseArgs } from "node:util";
import { completeConfig } from "../build/src/config/config.js";
import { describeFiring, firingCount, firingsSince } from "../build/src/core/firings.js";
import { SimLink } from "../build/src/links/kinds/sim.js";
import { markdownTable } from "../build/src/report/markdown.js";
import { trainingInMemory } from "../build/src/training/in-memory.js";
import { measure } from "../build/src/training/metrics.js";
import { AgedLink } from "./aged-link.mjs";
import { keptRows, untrainedCost, writeStudyPage } from "./study.mjs";

const { values: options } = parseArgs({
  options: {
    seeds: { type: "string", default: "100" },
    laps: { type: "string", default: "20" },
    first: { type: "string", default: "71000" },
    changed: { type: "string", default: "20" },
    factors: { type: "string", default: "0.8,0.6" },
    cache: { type: "string" },
    print: { type: "boolean" },
  },
});
const [SEEDS, LAPS, FIRST] = [options.seeds, options.laps, options.first].map(Number);
const PLANTS = ["nominal", "identified", "single-track"];
const NOISE = { "plant-noise": [0.005] };
const VARIANTS = [
  { name: "as it is", given: {}, linkFor: () => new SimLink() },
  { name: "5 mm of noise", given: NOISE, linkFor: () => new SimLink() },
  {
    name: "5 mm of noise, pose 0 to 60 ms old",
    given: { link: "serial", device: "none" },
    linkFor: (config, seed) => AgedLink.of({ ...config, ...NOISE, link: "sim" }, seed),
  },
];
/** Seeds of each change, and the laps from standstill before it acts. */
const CHANGED = { seeds: Number(options.changed), lap: 10, factors: options.factors.split(",").map(Number) };

const kept = keptRows(options.cache);

/** Laps of one training: cost per step, slow driving, firings; and how long after the change the first one came. */
function driven(plant, given, seed, linkFor, laps) {
  return kept([plant, given, seed, linkFor.toString(), laps], () => trained(plant, given, seed, linkFor, laps));
}

async function trained(plant, given, seed, linkFor, laps) {
  const config = completeConfig({ plant, seed, ...given });
  const { core, rollouts } = await trainingInMemory(config, await linkFor(config, seed));
  const row = { costs: [], slow: 0, firings: [], stopped: null };
  let before = firingCount(core);
  for await (const event of rollouts()) {
    row.stopped = event.stopped ?? null;
    if (event.stopped !== undefined) break;
    const { meanCost, slowSeconds } = measure(core, event.slot, event.index, event.begin);
    row.slow += slowSeconds;
    row.costs.push(meanCost);
    const { segmentTimes } = event.recording;
    for (const firing of firingsSince(core, before))
      row.firings.push({ lap: event.index, segment: segmentTimes.indexOf(firing.taskTime), ...firing });
    before = firingCount(core);
    if (event.index === laps) break;
  }
  return row;
}

const spread = (values, digits = 0) => {
  const sorted = [...values].sort((a, b) => a - b);
  const shown = (value) => (Number.isFinite(value) ? value.toFixed(digits) : "left its bounds");
  return sorted.length === 0 ? "-" : `${shown(sorted[sorted.length >> 1])} / ${shown(sorted.at(-1))}`;
};

/** Seed by seed over all cases, so that what was driven until a stop is as much of each. */
async function falseAlarms() {
  const cases = VARIANTS.flatMap((variant) => PLANTS.map((plant) => ({ ...variant, plant, runs: [] })));
  for (let i = 0; i < SEEDS; i++)
    for (const { plant, name, given, linkFor, runs } of cases) {
      const run = await driven(plant, given, FIRST + i, linkFor, LAPS);
      runs.push(run);
      for (const firing of run.firings)
        console.log(`${plant}, ${name}, seed ${FIRST + i}, lap ${firing.lap}: ${describeFiring(firing)}`);
    }
  return cases.map(({ plant, name, runs }) => [
    plant,
    name,
    runs.length,
    runs.flatMap(({ costs }) => costs).length,
    runs.flatMap(({ firings }) => firings).length,
    runs.reduce((sum, { slow }) => sum + slow, 0).toFixed(1),
    runs.filter(({ stopped }) => stopped !== null).length,
  ]);
}

/** Laps before the change. */
const BEFORE = CHANGED.lap;

async function losses() {
  const rows = [];
  for (const plant of PLANTS.slice(1))
    for (const factor of CHANGED.factors)
      for (const reflex of [true, false]) {
        const change = { "plant-change": [`grip=${factor}@lap${CHANGED.lap}`], "stop-factor": 1e9, reflex };
        const runs = [];
        for (let i = 0; i < CHANGED.seeds; i++)
          runs.push(await driven(plant, change, FIRST + 500 + i, () => new SimLink(), BEFORE + 5));
        const whole = await untrainedCost({ plant });
        const first = runs.map(({ firings }) => firings.find(({ lap }) => lap > BEFORE));
        const lap = (k) =>
          spread(runs.map(({ costs }) => (100 * (costs[BEFORE + k] ?? Number.POSITIVE_INFINITY)) / whole));
        rows.push([
          plant,
          `grip × ${factor}`,
          reflex ? "on" : "off",
          reflex ? spread(first.flatMap((firing) => (firing?.lap === BEFORE + 1 ? [firing.segment + 1] : []))) : "",
          reflex ? `${first.filter((firing) => firing?.lap === BEFORE + 1).length} of ${runs.length}` : "",
          lap(-1),
          lap(0),
          lap(1),
          lap(2),
          lap(3),
        ]);
        console.log(rows.at(-1).join(" | "));
      }
  return rows;
}

const alarms = await falseAlarms();
for (const row of alarms) console.log(row.join(" | "));
const lost = await losses();
if (!options.print)
  await writeStudyPage("reflex", {
    alarms: markdownTable([
      ["plant", "measured", "seeds", "laps", "false alarms", "driven below pace 0.95 [s]", "stopped early"],
      ...alarms,
    ]),
    losses: markdownTable([
      ["plant", "change", "reflex", "fires after [segments]", "fired in that lap"].concat([
        "lap before",
        "lap of the change",
        "+1",
        "+2",
        "+3",
      ]),
      ...lost,
    ]),
    seeds: `${FIRST} to ${FIRST + SEEDS - 1}`,
    changed: `${FIRST + 500} to ${FIRST + 500 + CHANGED.seeds - 1}`,
  });
