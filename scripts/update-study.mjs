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
import { answersOf } from "../build/src/sweeps/local.js";
import { judgeUpdates, updateStudyJobs, verdictRows } from "../build/src/sweeps/update-study.js";
import { trainingInMemory } from "../build/src/training/in-memory.js";
import { writeStudyPage } from "./study.mjs";

const { values: options } = parseArgs({ options: { seeds: { type: "string" }, print: { type: "boolean" } } });
const SEEDS = Number(options.seeds ?? 10);

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

const costs = await answersOf(updateStudyJobs(SEEDS), { workers: 1 });
const judged = await judgeUpdates(SEEDS, costs);
const tables = judged.tables.map(markdownTable);
const verdicts = [...judged.verdicts];
const milliseconds = await stepTime();
verdicts.push(["step", "any", "≤ 20 ms over 1001 control steps", `${milliseconds.toFixed(1)} ms`, milliseconds <= 20]);
const { first, later } = await updateTimes();
for (const [which, time] of [
  ["the first update", first],
  ["an update, the median", later],
])
  verdicts.push(["piece", "single-track", `≤ 40 ms for ${which}`, `${time.toFixed(0)} ms`, time <= 40]);
const met = verdicts.filter((verdict) => verdict.at(-1)).length;
const aims = markdownTable(verdictRows(verdicts));
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
