/**
 * How soon a track is learned: trainings with the default update on the example tracks and on the figure-8, as a track
 * and as the task of its own, from the first control step. Every training is kept in a file as soon as it is over: the
 * study can be stopped, and goes on.
 *
 * Usage: node scripts/track-study.mjs <folder> [--seeds <number>] [--first <seed>] [--only <regular expression>]
 * Prints a table of what is there; `--seeds 0` trains nothing.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { completeConfig } from "../build/src/config/config.js";
import { resolveTask, segmentsPerLap } from "../build/src/config/resolve.js";
import { SimLink } from "../build/src/links/kinds/sim.js";
import { setTiming } from "../build/src/recording/timing.js";
import { coreFor } from "../build/src/session.js";
import { upperMedian } from "../build/src/statistics.js";
import { trainingInMemory } from "../build/src/training/in-memory.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: "string", default: "10" },
    first: { type: "string", default: "301" },
    only: { type: "string", default: "" },
  },
});
const [folder] = positionals;
if (!folder) {
  console.error("usage: node scripts/track-study.mjs <folder> [--seeds N] [--first SEED] [--only REGEX]");
  process.exit(2);
}
mkdirSync(folder, { recursive: true });

const LAPS = 11;
const UNTRAINED_LAPS = 3;
const TRACKS = ["oval", "kidney", "hairpins", "long"];
const PLANTS = ["identified", "single-track", "mujoco"];
const cases = [
  ...PLANTS.flatMap((plant) => TRACKS.map((track) => ({ name: `${track} ${plant}`, plant, track: fileOf(track) }))),
  ...["nominal", "identified", "single-track"].flatMap((plant) => [
    { name: `figure8-task ${plant}`, plant },
    { name: `figure8-track ${plant}`, plant, track: fileOf("figure8") },
  ]),
].filter(({ name }) => new RegExp(values.only).test(name));

function fileOf(track) {
  return new URL(`../examples/tracks/${track}.yaml`, import.meta.url).pathname;
}

function configOf({ plant, track }, seed) {
  return completeConfig({ task: track ? "car-track" : "car-figure8", ...(track && { track }), plant, seed });
}

/** Of the untrained controller's last lap of three: mean cost, and how far from the path it came [m]. */
async function untrained(one) {
  const config = configOf(one, 1);
  const { task } = resolveTask(config);
  const lap = segmentsPerLap(task);
  const segments = UNTRAINED_LAPS * lap;
  const core = await coreFor(config, 1, segments);
  setTiming(core, "simulation");
  core.writeStart(task.initialState, 0);
  const link = new SimLink();
  const { stopped } = await link.drive(core, 0, segments, false);
  const [steps] = core.view("counts");
  const first = core.view("segmentStarts")[segments - lap];
  return {
    stopped,
    ...lapOf(core.view("stageCosts").subarray(first, steps), core.view("residuals").subarray(3 * first)),
  };
}

function lapOf(costs, residuals) {
  let [sum, largest] = [0, 0];
  for (let t = 0; t < costs.length; t++) {
    sum += costs[t];
    largest = Math.max(largest, Math.abs(residuals[3 * t]));
  }
  return { cost: sum / costs.length, largest };
}

async function train(one, seed) {
  const config = configOf(one, seed);
  const { rollouts } = await trainingInMemory(config);
  const laps = [];
  let driven = 0;
  for await (const { recording, stopped } of rollouts()) {
    const seconds = recording.times.at(-1) - recording.times[0] + config["control-period"];
    laps.push({ start: driven, seconds, ...lapOf(recording.costs, recording.residuals), ...(stopped && { stopped }) });
    driven += seconds;
    if (stopped || laps.length === LAPS) break;
  }
  return laps;
}

async function kept(name, make) {
  const path = join(folder, `${name.replaceAll(" ", "_")}.json`);
  if (!existsSync(path)) writeFileSync(path, JSON.stringify(await make()));
  return JSON.parse(readFileSync(path, "utf8"));
}

for (const one of cases) await kept(`${one.name} untrained`, () => untrained(one));
for (let i = 0; i < Number(values.seeds); i++)
  for (const one of cases) {
    const seed = Number(values.first) + i;
    await kept(`${one.name} ${seed}`, () => train(one, seed));
    console.error(`${one.name}, seed ${seed}`);
  }

const percent = (value) => `${(100 * value).toPrecision(2)} %`;
const median = (list) => upperMedian(Float64Array.from(list));
const spread = (list) => `${percent(median(list))} / ${percent(Math.max(...list))}`;
const HEADINGS = ["track, plant", "lap [s]", "untrained: cost, largest distance", "seeds", "2 laps + 10 s"];
HEADINGS.push("after 10 laps", "largest distance in lap 1, later [m]", "all costs together");
console.log(`| ${HEADINGS.join(" | ")} |\n|${"---|".repeat(HEADINGS.length)}`);
for (const one of cases) {
  const base = await kept(`${one.name} untrained`, () => untrained(one));
  const prefix = `${one.name} `.replaceAll(" ", "_");
  const runs = readdirSync(folder)
    .filter((file) => file.startsWith(prefix) && /_\d+\.json$/.test(file))
    .map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")));
  if (runs.length === 0) continue;
  const lapTime = resolveTask(configOf(one, 1)).task.timing.lapTime;
  const soon = runs.map((laps) => laps.find(({ start }) => start >= 2 * lapTime + 10)?.cost / base.cost);
  const late = runs.map((laps) => laps[LAPS - 1]?.cost / base.cost);
  const distance = (laps) => Math.max(...laps.map(({ largest }) => largest));
  const first = Math.max(...runs.map((laps) => distance(laps.slice(0, 1))));
  const later = Math.max(...runs.map((laps) => distance(laps.slice(1))));
  const sums = runs.map((laps) => laps.reduce((sum, { cost }) => sum + cost, 0));
  console.log(
    `| ${one.name} | ${lapTime.toFixed(2)} | ${base.cost.toFixed(3)}, ${base.largest.toFixed(2)} m | ` +
      `${runs.length} | ` +
      `${spread(soon)} | ${spread(late)} | ${first.toFixed(2)}, ${later.toFixed(2)} | ${median(sums).toPrecision(4)} |`,
  );
}
