/**
 * Trains the simulated car with the Gauss-Newton update on plants from easy to nasty, ten seeds each, through the parts
 * that `lapgrad train` uses but without disk. Prints window costs relative to the untrained rollout (or steady lap),
 * what was aimed at and whether it was reached, and writes the same to docs/results/updates.md.
 * Usage, after a build, in the project's folder: node scripts/update-study.mjs [--seeds 10] [--print]
 * --print writes no page.
 */
import { parseArgs } from "node:util";
import { spreadOf } from "../build/src/compare/statistics.js";
import { completeConfig } from "../build/src/config/config.js";
import { markdownTable } from "../build/src/report/markdown.js";
import { coreFor, initialisePolicy } from "../build/src/session.js";
import { trainingInMemory } from "../build/src/training/in-memory.js";
import { shownCost, trainedCosts, untrainedLap, writeStudyPage } from "./study.mjs";

const { values: options } = parseArgs({ options: { seeds: { type: "string" }, print: { type: "boolean" } } });
const SEEDS = Number(options.seeds ?? 10);

/**
 * `aims`: [updates, or lap, largest median in %]; `never`: [first update, or lap, largest factor of the untrained cost,
 * any seed]; `untrained`: [metric, its name, unit, least, most] of the untrained steady lap.
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
    shown: [1, 2, 3, 6, 10, 20],
    common: { rollouts: 20 },
    cases: [
      { name: "nominal", given: {}, aims: [[20, 0.16]], never: [2, 0.6] },
      {
        name: "identified",
        given: { plant: "identified" },
        aims: [
          [3, 8],
          [20, 0.6],
        ],
        never: [2, 0.6],
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
          [3, 8],
          [12, 2],
        ],
        never: [2, 0.6],
      },
      {
        name: "identified, delay 0.16 s, lag 0.1 s",
        given: { plant: "identified", "plant-delay": [0.16], "plant-lag": [0.1] },
        aims: [[10, 20]],
        never: [2, 1],
      },
      {
        name: "single-track",
        given: { plant: "single-track" },
        aims: [
          [6, 10],
          [20, 3.5],
        ],
        never: [2, 0.6],
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
 * Milliseconds from the end of a piece to new parameters, refit and model rollouts included, with the simulated next
 * piece: of the first update, and the median of the 100 after it.
 */
async function updateTimes() {
  const { pieces } = await trainingInMemory(completeConfig({ plant: "single-track" }));
  const times = [];
  let begun;
  for await (const _ of pieces()) {
    const now = performance.now();
    if (begun !== undefined) times.push(now - begun);
    if (times.length > 100) break;
    begun = performance.now();
  }
  return { first: times[0], later: median(times.slice(1)) };
}

const median = (numbers) => spreadOf(numbers).median;

/** The case's row of the table, and a row for everything that was aimed at. */
async function study({ name, given, aims, never, untrained = [] }, { what, shown, common }) {
  const curves = [];
  for (let seed = 1; seed <= SEEDS; seed++) curves.push(await trainedCosts({ ...common, ...given, seed }));
  // laps are learned in from the first on: what is untrained was driven without the network
  const byLap = what === "lap";
  const steady = byLap ? await untrainedLap(given) : undefined;
  const place = (number) => (byLap ? number - 1 : number);
  const parts = curves.map((curve) => curve.map((cost) => cost / (steady?.cost ?? curve[0])));
  const at = (number) => parts.map((part) => 100 * part[place(number)]);
  const largest = (from) => Math.max(...parts.flatMap((part) => part.slice(place(from))));
  const cells = shown.map((number) => `${shownCost(median(at(number)))} (${shownCost(Math.max(...at(number)))})`);
  const first = shownCost(steady?.cost ?? median(curves.map((curve) => curve[0])));
  const row = [name, first, ...cells, shownCost(100 * largest(byLap ? 2 : 1))];
  const verdicts = aims.map(([number, most]) => {
    const reached = median(at(number));
    const aim = `median ≤ ${most} % ${byLap ? "in lap" : "after"} ${number}`;
    return [what, name, aim, `${shownCost(reached)} %`, reached <= most];
  });
  for (const [metric, words, unit, least, most] of untrained) {
    const reached = steady[metric];
    const aim = `untrained ${words} ${least} to ${most}${unit}`;
    verdicts.push([what, name, aim, `${shownCost(reached)}${unit}`, least <= reached && reached <= most]);
  }
  if (never) {
    const [from, factor] = never;
    const reached = largest(from);
    const since = byLap ? `from lap ${from} on` : `after update ${from}`;
    const aim = `no ${what} ${since} above ${factor} × the untrained one, any seed`;
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
    ...group.shown.map((number) => (group.what === "lap" ? `lap ${number}` : `after ${number}`)),
    "worst of all",
  ];
  tables.push(markdownTable([head, ...results.map(({ row }) => row)]));
  verdicts.push(...results.flatMap((result) => result.verdicts));
}
const milliseconds = await stepTime();
verdicts.push(["step", "any", "≤ 20 ms over 1001 control steps", `${milliseconds.toFixed(1)} ms`, milliseconds <= 20]);
const { first, later } = await updateTimes();
for (const [which, time] of [
  ["the first update", first],
  ["an update, the median", later],
])
  verdicts.push(["piece", "single-track", `≤ 40 ms for ${which}`, `${time.toFixed(0)} ms`, time <= 40]);
const met = verdicts.filter((verdict) => verdict.at(-1)).length;
const aims = markdownTable([
  ["per", "plant", "aim", "reached", "met"],
  ...verdicts.map(([what, name, aim, reached, ok]) => [what, name, aim, reached, ok ? "yes" : "**no**"]),
]);
const missed = [...new Set(verdicts.filter((v) => !v.at(-1)).map(([what, name]) => `${name} (per ${what})`))];
for (const text of [...tables, aims]) console.log(`${text}\n`);
console.log(`${met} of ${verdicts.length} aims met; step ${milliseconds.toFixed(1)} ms, update ${later.toFixed(0)} ms`);
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
