/**
 * Are the learning peers what their names say? Trains them on benchmarks of others, with the settings that others
 * publish for these, and compares with the returns that others publish. Takes hours; trainings that are in the cache
 * are not run again, so it may be stopped and started at any time.
 * Usage, after a build, in the project's folder:
 *   node scripts/peers-acceptance.mjs [--cases sac,ppo] [--seeds 10] [--page]
 *     [--cache docs/results/peers-acceptance.jsonl]
 * `--page`: trains nothing, only writes docs/results/peers-acceptance.md from the trainings that there are.
 */
import { parseArgs } from "node:util";
import { meanReturn } from "../build/src/peers/benchmarks/episodes.js";
import { Pendulum } from "../build/src/peers/benchmarks/pendulum.js";
import { PointMass } from "../build/src/peers/benchmarks/point-mass.js";
import { markdownTable } from "../build/src/report/markdown.js";
import { quantile } from "../build/src/statistics.js";
import { keptRows, writeStudyPage } from "./study.mjs";

const { values: options } = parseArgs({
  options: {
    cases: { type: "string" },
    seeds: { type: "string", default: "10" },
    cache: { type: "string", default: "docs/results/peers-acceptance.jsonl" },
    page: { type: "boolean", default: false },
  },
});
/** Seeds of the starts that are evaluated from: none that a training draws. */
const EVALUATION = 2 ** 31;
const small = { actorHidden: [64, 64], criticHidden: [64, 64] };
/**
 * Evaluated after every `every` actions behind the `first` ones, until it earns what is asked for; or after the last
 * action alone.
 */
const CASES = {
  ppo: {
    peer: "ppo",
    benchmark: Pendulum,
    settings: { learningRate: 1e-3, gamma: 0.9, steps: 4096 },
    actions: 100_000,
    episodes: 100,
    atLeast: -230,
    text: "lr 1e-3, gamma .9, 4096 steps",
  },
  "sac-64": {
    peer: "sac",
    benchmark: Pendulum,
    settings: { learningRate: 1e-3, ...small },
    actions: 20_000,
    episodes: 100,
    atLeast: -180,
    text: "lr 1e-3, networks 64-64",
  },
  "crossq-64-half": {
    peer: "crossq",
    benchmark: Pendulum,
    settings: { ...small },
    actions: 10_000,
    episodes: 100,
    atLeast: -180,
    text: "networks 64-64",
  },
  "crossq-64": {
    peer: "crossq",
    benchmark: Pendulum,
    settings: { ...small },
    actions: 20_000,
    episodes: 100,
    atLeast: -180,
    text: "networks 64-64",
  },
  mbpo: {
    peer: "mbpo",
    benchmark: PointMass,
    settings: {
      ...small,
      learningStarts: 500,
      updates: 20,
      targetEntropy: -0.05,
      retrainEvery: 30,
      rolloutsPerAction: 100,
      longestRollout: 15,
      growsFrom: 0,
      growsUntil: 1,
      retained: 1,
    },
    actions: 860,
    episodes: 1,
    atLeast: -0.02,
    first: 500,
    every: 30,
    text: "500 actions evenly, then 12 trials of 30, until one earns it; 100 model rollouts of 15; networks 64-64",
  },
  sac: {
    peer: "sac",
    benchmark: Pendulum,
    settings: { learningRate: 1e-3 },
    actions: 20_000,
    episodes: 100,
    atLeast: -180,
    text: "lr 1e-3",
  },
};

const kept = keptRows(options.cache);

async function trained(one, seed) {
  const { peer: name, benchmark, settings, actions, episodes, atLeast, first = 0, every = actions } = one;
  const { default: peer } = await import(`../build/src/peers/${name}.js`);
  const begun = process.cpuUsage();
  const returns = [];
  let left = "";
  try {
    for (const progress of peer.train(new benchmark(), settings, seed)) {
      if (progress.actions > first && (progress.actions - first) % every === 0)
        returns.push(meanReturn(new benchmark(), progress.act, episodes, EVALUATION));
      if (progress.actions === actions || returns.at(-1) >= atLeast) break;
    }
  } catch (error) {
    if (error.name !== "Diverged") throw error;
    left = error.message;
  }
  const { user, system } = process.cpuUsage(begun);
  return { returns, left, seconds: (user + system) / 1e6 };
}

const rows = [];
for (const name of options.cases?.split(",") ?? Object.keys(CASES)) {
  const one = CASES[name];
  if (!one) throw new Error(`no case "${name}"; there are ${Object.keys(CASES).join(", ")}`);
  const done = [];
  for (let seed = 1; seed <= Number(options.seeds); seed++) {
    const make = async () => {
      if (options.page) throw new Error("not trained yet");
      return trained(one, seed);
    };
    const row = await kept([name, one.settings, one.actions, seed], make).catch((error) => {
      if (!options.page) throw error;
    });
    if (row) done.push(row);
    if (row && !options.page)
      console.log(name, seed, row.returns.map((value) => value.toPrecision(4)).join(" "), row.left);
  }
  const reached = done
    .map(({ returns, left }) => (left || returns.length === 0 ? Number.NEGATIVE_INFINITY : Math.max(...returns)))
    .sort((a, b) => b - a);
  const shown = (share) => (reached.length > 0 ? Number(quantile(reached, share).toPrecision(3)).toString() : "");
  const seconds = done.map((row) => row.seconds).sort((a, b) => a - b);
  rows.push([
    name,
    one.benchmark.name,
    one.text,
    `${one.actions}`,
    `${done.length}`,
    `${shown(0.5)} / ${shown(1)}`,
    `${one.atLeast}`,
    seconds.length > 0 ? quantile(seconds, 0.5).toFixed(0) : "",
  ]);
}
const head = ["case", "benchmark", "settings", "actions", "seeds", "median / worst", "asked for", "CPU s"];
if (options.page || !options.cases) await writeStudyPage("peers-acceptance", { table: markdownTable([head, ...rows]) });
