/**
 * Trains the simulated car with the Gauss-Newton update on plants from easy to nasty, ten seeds each, through the parts
 * that `lapgrad train` uses but without disk. Prints window costs relative to the untrained rollout (or lap), what was
 * aimed at and whether it was reached, and writes the same to docs/results/updates.md.
 * Usage, after a build, in the project's folder: node scripts/update-study.mjs [--seeds 10] [--print]
 * --print writes no page.
 */
import { parseArgs } from "node:util";
import { spreadOf } from "../build/src/compare/statistics.js";
import { completeConfig } from "../build/src/config/config.js";
import { markdownTable } from "../build/src/report/markdown.js";
import { coreFor, initialisePolicy } from "../build/src/session.js";
import { trainingInMemory } from "../build/src/training/in-memory.js";
import { shownCost, trainedCosts, writeStudyPage } from "./study.mjs";

const { values: options } = parseArgs({ options: { seeds: { type: "string" }, print: { type: "boolean" } } });
const SEEDS = Number(options.seeds ?? 10);

/**
 * `aims`: [updates, largest median in %]; `never`: [first update, largest factor of the untrained cost, any seed];
 * `untrained`: [metric, its name, unit, least, most] of the medians of the first rollout.
 */
const STUDIES = [
  {
    what: "rollout",
    shown: [1, 2, 4, 8, 12],
    common: { "update-every": "rollout", rollouts: 13 },
    cases: [
      {
        name: "nominal, model scale 0.5",
        given: { model: "nominal", "model-scale": 0.5 },
        aims: [
          [4, 5],
          [12, 1.5],
        ],
      },
      {
        name: "nominal, delay 0.12 s, lag 0.05 s, noise 2 mm",
        given: { "plant-delay": [0.12], "plant-lag": [0.05], "plant-noise": [0.002] },
        aims: [
          [4, 5],
          [12, 1.5],
        ],
      },
      {
        name: "identified",
        given: { plant: "identified" },
        aims: [
          [4, 6],
          [12, 2.5],
        ],
        never: [2, 1],
      },
      {
        name: "single-track",
        given: { plant: "single-track" },
        aims: [
          [4, 25],
          [12, 8],
        ],
        never: [1, 1.2],
      },
    ],
  },
  {
    what: "lap",
    shown: [1, 3, 6, 10, 12, 20],
    common: { "update-every": "lap", rollouts: 21 },
    cases: [
      {
        name: "identified",
        given: { plant: "identified" },
        aims: [
          [1, 25],
          [3, 8],
          [12, 2],
        ],
        never: [1, 1],
        // like the real car: 0.117 within a quarter, 2.8 m/s, 0.31 m
        untrained: [
          ["meanCost", "cost per step", "", 0.0878, 0.1463],
          ["meanSpeed", "mean speed", " m/s", 2.6, 3],
          ["rmsRadialError", "radial error", " m", 0.23, 0.39],
        ],
      },
      {
        name: "identified, noise 5 mm",
        given: { plant: "identified", "plant-noise": [0.005] },
        aims: [
          [1, 25],
          [3, 8],
          [12, 2],
        ],
        never: [1, 1],
      },
      {
        name: "identified, delay 0.16 s, lag 0.1 s",
        given: { plant: "identified", "plant-delay": [0.16], "plant-lag": [0.1] },
        aims: [[10, 20]],
        never: [1, 1],
      },
      {
        name: "single-track",
        given: { plant: "single-track" },
        aims: [
          [6, 25],
          [10, 10],
          [20, 6],
        ],
        never: [1, 1],
      },
    ],
  },
];

/** Milliseconds of a rollout's derivatives and one step of 15 iterations over 1001 control steps: the median of 51. */
async function stepTime() {
  const segments = 143;
  const config = completeConfig({ "update-every": "rollout", "rollout-segments": segments, window: "0:0:0" });
  const core = await coreFor(config, 1, segments);
  initialisePolicy(core, 1);
  core.sampleStart(0);
  core.rollOut(0, segments);
  const times = [];
  for (let i = 0; i < 51; i++) {
    const begun = performance.now();
    core.linearise(0);
    core.solveStep(0, 1, 10, 1, 15, 0);
    times.push(performance.now() - begun);
  }
  return median(times);
}

/**
 * Milliseconds from the end of a lap to new parameters, refit and model rollouts included, with the simulated next lap:
 * the median of 40.
 */
async function updateTime() {
  const { rollouts } = await trainingInMemory(completeConfig({ plant: "single-track" }));
  const times = [];
  let begun = performance.now();
  for await (const { index } of rollouts()) {
    const now = performance.now();
    if (index > 1) times.push(now - begun);
    if (times.length === 40) break;
    begun = performance.now();
  }
  return median(times);
}

const median = (numbers) => spreadOf(numbers).median;

/** The case's row of the table, and a row for everything that was aimed at. */
async function study({ name, given, aims, never, untrained = [] }, { what, shown, common }) {
  const runs = [];
  for (let seed = 1; seed <= SEEDS; seed++) runs.push(await trainedCosts({ ...common, ...given, seed }));
  const curves = runs.map(({ costs }) => costs);
  const after = (updates) => curves.map((curve) => (100 * curve[updates]) / curve[0]);
  const largest = (from) => Math.max(...curves.map((curve) => Math.max(...curve.slice(from)) / curve[0]));
  const cells = shown.map(
    (updates) => `${shownCost(median(after(updates)))} (${shownCost(Math.max(...after(updates)))})`,
  );
  const first = shownCost(median(curves.map((curve) => curve[0])));
  const row = [name, first, ...cells, shownCost(100 * largest(1))];
  const verdicts = aims.map(([updates, most]) => {
    const reached = median(after(updates));
    return [what, name, `median ≤ ${most} % after ${updates}`, `${shownCost(reached)} %`, reached <= most];
  });
  for (const [metric, words, unit, least, most] of untrained) {
    const reached = median(runs.map(({ first }) => first[metric]));
    const aim = `untrained ${words} ${least} to ${most}${unit}`;
    verdicts.push([what, name, aim, `${shownCost(reached)}${unit}`, least <= reached && reached <= most]);
  }
  if (never) {
    const [from, factor] = never;
    const reached = largest(from);
    const aim = `no ${what} after update ${from} above ${factor} × the first, any seed`;
    verdicts.push([what, name, aim, `${shownCost(reached)} ×`, reached <= factor]);
  }
  return { row, verdicts };
}

const tables = [];
const verdicts = [];
for (const group of STUDIES) {
  const results = [];
  for (const one of group.cases) results.push(await study(one, group));
  const head = [
    "plant",
    "untrained cost",
    ...group.shown.map((updates) => (updates === 1 ? "1 update" : `${updates} updates`)),
    "worst of all",
  ];
  tables.push(markdownTable([head, ...results.map(({ row }) => row)]));
  verdicts.push(...results.flatMap((result) => result.verdicts));
}
const milliseconds = await stepTime();
verdicts.push(["step", "any", "≤ 20 ms over 1001 control steps", `${milliseconds.toFixed(1)} ms`, milliseconds <= 20]);
const whole = await updateTime();
verdicts.push(["lap", "single-track", "≤ 60 ms for the whole update", `${whole.toFixed(0)} ms`, whole <= 60]);
const met = verdicts.filter((verdict) => verdict.at(-1)).length;
const aims = markdownTable([
  ["per", "plant", "aim", "reached", "met"],
  ...verdicts.map(([what, name, aim, reached, ok]) => [what, name, aim, reached, ok ? "yes" : "**no**"]),
]);
const missed = [...new Set(verdicts.filter((v) => !v.at(-1)).map(([what, name]) => `${name} (per ${what})`))];
for (const text of [...tables, aims]) console.log(`${text}\n`);
console.log(`${met} of ${verdicts.length} aims met; step ${milliseconds.toFixed(1)} ms, update ${whole.toFixed(0)} ms`);
if (!options.print)
  await writeStudyPage("updates", {
    seeds: SEEDS,
    perRollout: tables[0],
    perLap: tables[1],
    met,
    aims: verdicts.length,
    missed: missed.length > 0 ? ` Not met: ${missed.join("; ")}.` : "",
    verdicts: aims,
  });
