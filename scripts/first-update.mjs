/**
 * How long the first updates of a drive take, from the end of what was driven to new parameters, with what is done
 * before a robot is driven (src/training/warm-up.ts) and without it, each in a process of its own.
 * Usage, after a build, in the project's folder: node scripts/first-update.mjs [--seeds 3]
 */
import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
import { completeConfig } from "../build/src/config/config.js";
import { SimLink } from "../build/src/links/kinds/sim.js";
import { markdownTable } from "../build/src/report/markdown.js";
import { initialisePolicy } from "../build/src/session.js";
import { algorithm1 } from "../build/src/training/algorithm1.js";
import { trainingFor } from "../build/src/training/training.js";
import { warmUp } from "../build/src/training/warm-up.js";

const { values: options } = parseArgs({
  options: { seeds: { type: "string", default: "3" }, one: { type: "string" } },
});
const LAPS = 3;

/** Milliseconds of the warm-up, if wanted, and of each update of a training. */
async function timed(plant, seed, isWarm) {
  const config = completeConfig({ plant, seed });
  const began = performance.now();
  if (isWarm) await warmUp(config);
  const times = [performance.now() - began];
  const training = await trainingFor(config);
  initialisePolicy(training.core, seed);
  let end = 0;
  for await (const event of algorithm1(training, new SimLink(), 0, LAPS)) {
    if (event.kind === "piece" || event.kind === "rollout") end = performance.now();
    if (event.kind === "update") times.push(performance.now() - end);
  }
  return times;
}

function inItsOwnProcess(...given) {
  return JSON.parse(execFileSync(process.execPath, [process.argv[1], "--one", JSON.stringify(given)]));
}

if (options.one !== undefined) console.log(JSON.stringify(await timed(...JSON.parse(options.one))));
else {
  const rows = [];
  for (const plant of ["nominal", "identified", "single-track"])
    for (let seed = 1; seed <= Number(options.seeds); seed++)
      for (const isWarm of [false, true]) {
        const [before, ...updates] = inItsOwnProcess(plant, seed, isWarm);
        const median = [...updates].sort((a, b) => a - b)[updates.length >> 1];
        const shown = [before, ...updates.slice(0, 3), median].map((value) => value.toFixed(0));
        rows.push([plant, seed, isWarm ? "yes" : "no", ...shown]);
      }
  const head = ["plant", "seed", "warm-up", "it takes [ms]", "first update", "second", "third", "median of all"];
  console.log(markdownTable([head, ...rows]));
}
