/**
 * What a network is worth on tracks that it has not seen: trainings on the example tracks with features of its places
 * and of the path (`--features`), each policy of the path driven on the other tracks as it is, and trainings there that
 * start from it. Every result is kept in a file as soon as it is there: the study can be stopped, and goes on.
 *
 * Usage: node scripts/transfer-study.mjs <folder> [--seeds <number>] [--first <seed>] [--tracks <a,b>] [--plant <name>]
 * Prints tables of what is there; `--seeds 0` computes nothing.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
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
    seeds: { type: "string", default: "3" },
    first: { type: "string", default: "501" },
    tracks: { type: "string", default: "oval,kidney,hairpins" },
    plant: { type: "string", default: "identified" },
  },
});
const [folder] = positionals;
if (!folder) {
  console.error(
    "usage: node scripts/transfer-study.mjs <folder> [--seeds N] [--first SEED] [--tracks A,B] [--plant P]",
  );
  process.exit(2);
}
mkdirSync(folder, { recursive: true });

const LAPS = 11;
/** Laps of a drive without learning, of which the last counts. */
const DRIVEN = 3;
/** Learned: a lap costs less than this part of the untrained one. */
const LEARNED = 0.1;
const { plant } = values;
const tracks = values.tracks.split(",");
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => Number(values.first) + i);

function configOf(track, features, seed) {
  const file = new URL(`../examples/tracks/${track}.yaml`, import.meta.url).pathname;
  return completeConfig({ task: "car-track", track: file, features, plant, seed });
}

/** Mean cost of the last of some laps with fixed parameters; undefined ones: untrained. Infinite if it went astray. */
async function drivenCost(track, features, parameters) {
  const config = configOf(track, features, 1);
  const { task } = resolveTask(config);
  const lap = segmentsPerLap(task);
  const core = await coreFor(config, 1, DRIVEN * lap);
  setTiming(core, "simulation");
  if (parameters) core.write("parameters", parameters);
  core.writeStart(task.initialState, 0);
  const { stopped } = await new SimLink().drive(core, 0, DRIVEN * lap, false);
  if (stopped) return Number.POSITIVE_INFINITY;
  const costs = core
    .view("stageCosts")
    .subarray(core.view("segmentStarts")[(DRIVEN - 1) * lap], core.view("counts")[0]);
  return costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
}

/** Laps of a training, and the parameters that the last one ended with. */
async function train(track, features, seed, parameters) {
  const config = configOf(track, features, seed);
  const training = await trainingInMemory(config);
  const { core } = training;
  if (parameters) core.write("parameters", parameters);
  const laps = [];
  let driven = 0;
  for await (const { recording, stopped } of training.rollouts()) {
    const seconds = recording.times.at(-1) - recording.times[0] + config["control-period"];
    const cost = recording.costs.reduce((sum, one) => sum + one, 0) / recording.costs.length;
    const largest = recording.residuals.reduce(
      (most, one, i) => (i % 3 === 0 ? Math.max(most, Math.abs(one)) : most),
      0,
    );
    driven += seconds;
    laps.push({ end: driven, cost, largest, ...(stopped && { stopped }) });
    if (stopped || laps.length === LAPS) break;
  }
  return { laps, parameters: [...core.view("parameters")] };
}

async function kept(name, make) {
  const path = join(folder, `${plant}-${name}.json`);
  if (!existsSync(path) && seeds.length > 0) {
    writeFileSync(path, JSON.stringify(await make()));
    console.error(name);
  }
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

const untrained = {};
for (const track of tracks) untrained[track] = await kept(`${track}-untrained`, () => drivenCost(track, "place"));
for (const seed of seeds)
  for (const track of tracks)
    for (const features of ["place", "path"])
      await kept(`${track}-${features}-${seed}`, () => train(track, features, seed));
for (const seed of seeds)
  for (const from of tracks)
    for (const onto of tracks) {
      const { parameters } = await kept(`${from}-path-${seed}`);
      await kept(`${from}-on-${onto}-${seed}`, () => drivenCost(onto, "path", parameters));
      if (from === onto) continue;
      await kept(`${from}-to-${onto}-${seed}`, () => train(onto, "path", seed, parameters));
    }

const percent = (value) => (value < 10 ? `${(100 * value).toPrecision(2)} %` : "off the track");
const median = (list) => (list.length > 0 ? upperMedian(Float64Array.from(list)) : Number.NaN);
const spread = (list) => `${percent(median(list))} / ${percent(Math.max(...list))}`;
const table = (rows) =>
  console.log(
    rows
      .map((row) => `| ${row.join(" | ")} |`)
      .join(`\n`)
      .replace("\n", `\n|${"---|".repeat(rows[0].length)}\n`),
  );
const known = readKnown();

/** Every result of the folder, of the seeds that it has, by name. */
function readKnown() {
  const all = seeds.length > 0 ? seeds : Array.from({ length: 1000 }, (_, i) => i);
  return (name) =>
    all.flatMap((seed) => {
      const path = join(folder, `${plant}-${name}-${seed}.json`);
      return existsSync(path) ? [JSON.parse(readFileSync(path, "utf8"))] : [];
    });
}

/** Driving until a lap costs a tenth of the untrained one, that lap included [s]. */
const learnedAfter =
  (track) =>
  ({ laps }) =>
    laps.find(({ cost }) => cost <= LEARNED * untrained[track])?.end ?? Number.POSITIVE_INFINITY;
const last =
  (track) =>
  ({ laps }) =>
    (laps.length === LAPS ? laps[LAPS - 1].cost : Infinity) / untrained[track];
const second =
  (track) =>
  ({ laps }) =>
    (laps[1]?.cost ?? Number.POSITIVE_INFINITY) / untrained[track];
const seconds = (list) => `${median(list).toFixed(1)} / ${Math.max(...list).toFixed(1)}`;

console.log("on its own track: cost of lap 2, of lap 11, driving until a tenth [s]; median / worst\n");
table([
  ["track", "features", "seeds", "lap 2", "lap 11", "seconds until a tenth"],
  ...tracks.flatMap((track) =>
    ["place", "path"].map((features) => {
      const runs = known(`${track}-${features}`);
      const after = seconds(runs.map(learnedAfter(track)));
      return [track, features, runs.length, spread(runs.map(second(track))), spread(runs.map(last(track))), after];
    }),
  ),
]);
console.log("\nas it is, on another track: cost of a lap; then learning on from there\n");
table([
  ["learned on", "driven on", "seeds", "as it is", "lap 2", "lap 11", "seconds until a tenth"],
  ...tracks.flatMap((from) =>
    tracks.map((onto) => {
      const asIs = known(`${from}-on-${onto}`).map((cost) => (cost ?? Number.POSITIVE_INFINITY) / untrained[onto]);
      const runs = known(`${from}-to-${onto}`);
      const learned =
        runs.length === 0
          ? ["", "", ""]
          : [spread(runs.map(second(onto))), spread(runs.map(last(onto))), seconds(runs.map(learnedAfter(onto)))];
      return [from, onto, asIs.length, spread(asIs), ...learned];
    }),
  ),
]);
