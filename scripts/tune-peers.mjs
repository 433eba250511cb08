/**
 * Settings of a peer by random search, on seeds that nothing is reported of. Every trial is a line of
 * docs/results/tuning/<peer>.jsonl; a search that was interrupted goes on behind the last one.
 *
 *   node scripts/tune-peers.mjs <peer> [--trials 30] [--minutes 2] [--plants nominal,identified,single-track]
 *     [--seeds 1001] [--folder docs/results/tuning]
 *
 * Judged by the mean logarithm of the policy's cost, as a part of the untrained one's, after half of the minutes and
 * all of them; a training that was stopped counts as 100 times the untrained cost. The first trial are the settings as
 * they stand in the peer's file.
 */
import { appendFile, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { plantConfig } from "../build/src/compare/plants.js";
import { completeConfig } from "../build/src/config/config.js";
import { account, unitsOf } from "../build/src/peers/accounting.js";
import { contenders } from "../build/src/peers/contenders.js";
import { Evaluation } from "../build/src/peers/evaluation.js";
import { uniformFrom } from "../build/src/statistics.js";

const log = (low, high) => (part) => Number((low * (high / low) ** part).toPrecision(3));
const oneOf =
  (...values) =>
  (part) =>
    values[Math.min(values.length - 1, Math.floor(part * values.length))];

/** Of all soft actor-critics. */
const SOFT = {
  learningRate: log(3e-4, 3e-3),
  gamma: oneOf(0.9, 0.95, 0.97, 0.99),
  entropyCoefficient: log(1e-3, 0.1),
  targetEntropy: oneOf(-0.5, -1, -2),
  initialLogStd: oneOf(-2, -1.5, -1),
};

/** What is searched, by peer and setting: from a number in [0, 1) to a value. */
const SPACES = {
  refit: {
    change: log(1e-3, 10),
    roughness: log(1e-4, 1),
    effort: log(1e-3, 10),
    along: log(1e-3, 1),
  },
  ilc: { change: log(0.03, 100), roughness: log(1e-3, 10) },
  difftune: { rate: log(1e-4, 0.1) },
  sac: {
    learningRate: log(3e-4, 3e-3),
    gamma: oneOf(0.9, 0.95, 0.97, 0.99),
    tau: log(3e-3, 3e-2),
    updates: oneOf(1, 2, 4),
    entropyCoefficient: log(1e-3, 0.1),
    targetEntropy: oneOf(-0.5, -1, -2),
    initialLogStd: oneOf(-2, -1.5, -1),
  },
  ppo: {
    learningRate: log(3e-4, 3e-3),
    steps: oneOf(156, 312, 624),
    gamma: oneOf(0.9, 0.95, 0.97, 0.99),
    lambda: oneOf(0.8, 0.9, 0.95),
    initialLogStd: oneOf(-2, -1.5, -1, -0.5),
  },
  crossq: { ...SOFT, beta1: oneOf(0.5, 0.9), updates: oneOf(1, 2) },
  droq: { ...SOFT, tau: log(3e-3, 3e-2), updates: oneOf(5, 10, 20), dropout: oneOf(0.003, 0.01, 0.03) },
  mbpo: {
    ...SOFT,
    tau: log(3e-3, 3e-2),
    updates: oneOf(5, 10, 20),
    longestRollout: oneOf(1, 3, 5),
    retrainEvery: oneOf(39, 78, 156),
  },
};

const STOPPED = 100;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    trials: { type: "string", default: "30" },
    minutes: { type: "string", default: "2" },
    plants: { type: "string", default: "nominal,identified,single-track" },
    seeds: { type: "string", default: "1001" },
    folder: { type: "string", default: "docs/results/tuning" },
  },
});
const [peer] = positionals;
const space = SPACES[peer];
if (!space) throw new Error(`no space for "${peer}"; there are: ${Object.keys(SPACES).join(", ")}`);
const minutes = Number(values.minutes);
const plants = values.plants.split(",");
const seeds = values.seeds.split(",").map(Number);

await mkdir(values.folder, { recursive: true });
const path = join(values.folder, `${peer}.jsonl`);
const lines = (await readFile(path, "utf8").catch(() => ""))
  .split("\n")
  .filter(Boolean)
  .map((line) => JSON.parse(line));
// a search that goes on does not draw the same ones again
const random = uniformFrom(lines.length + 1);
for (let trial = lines.length; trial < Number(values.trials); trial++) {
  const drawn = Object.entries(space).map(([name, valueAt]) => [name, valueAt(random())]);
  const changes = trial === 0 ? {} : Object.fromEntries(drawn);
  const began = performance.now();
  const costs = {};
  for (const plant of plants) costs[plant] = await costsOn(plant, changes);
  const all = Object.values(costs).flat(2);
  const score = all.reduce((sum, cost) => sum + Math.log(Math.min(cost ?? STOPPED, STOPPED)), 0) / all.length;
  const wallSeconds = Math.round((performance.now() - began) / 1000);
  const line = {
    trial,
    settings: { ...contenders[peer].settings, ...changes },
    minutes,
    seeds,
    score,
    costs,
    wallSeconds,
  };
  lines.push(line);
  await appendFile(path, `${JSON.stringify(line)}\n`);
  console.log(JSON.stringify(line));
}
const best = lines.reduce((a, b) => (b.score < a.score ? b : a));
console.log(`best of ${lines.length}: trial ${best.trial}, ${JSON.stringify(best.settings)}`);

/** Of every seed: costs after half of the minutes and all; null: stopped. */
async function costsOn(plant, changes) {
  const costs = [];
  for (const seed of seeds) {
    const config = completeConfig({ ...plantConfig(plant), seed });
    const learner = contenders[peer].learner(config, changes);
    const marks = [minutes / 2, minutes];
    const { evaluation } = await account(learner, await Evaluation.load(config), marks, unitsOf(config));
    costs.push(evaluation.map((cost) => cost && Number(cost.toPrecision(4))));
  }
  return costs;
}
