/**
 * How fast a race gets: trainings for lap time on the example tracks and the figure-8, from standstill, everything
 * counted, beside the quasi-steady-state optimum on the track's own line (race-optimum.mjs), or, with the engine's car,
 * the fastest lap at a constant usage within the same budget, found by search. Every lap is kept in a
 * file as soon as it is over; a training that was stopped is driven again, the others stay.
 *
 * Usage: node scripts/race-study.mjs <folder> [--seeds <number>] [--first <seed>] [--minutes 6] [--only <regex>]
 *   [--line racing:0.5]
 * `--line`: the setting track-line; the optimum and the corridor are then those of that line. Prints a table of what is
 * there; `--seeds 0` trains nothing.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { completeConfig } from "../build/src/config/config.js";
import { resolveTask } from "../build/src/config/resolve.js";
import { upperMedian } from "../build/src/statistics.js";
import { trainingInMemory } from "../build/src/training/in-memory.js";
import { measure } from "../build/src/training/metrics.js";
import { optimalLap } from "./race-optimum.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: "string", default: "5" },
    first: { type: "string", default: "801" },
    minutes: { type: "string", default: "6" },
    only: { type: "string", default: "" },
    line: { type: "string", default: "file" },
  },
});
const [folder] = positionals;
if (!folder) {
  console.error("usage: node scripts/race-study.mjs <folder> [--seeds N] [--first SEED] [--minutes 6] [--only REGEX]");
  process.exit(2);
}
mkdirSync(folder, { recursive: true });

/** Minutes of driving after which a lap is compared. */
const MARKS = [3, 6];

const cases = ["single-track", "identified", "mujoco"]
  .flatMap((plant) => ["oval", "kidney", "figure8", "hairpins", "long"].map((track) => ({ plant, track })))
  .map((one) => ({ ...one, name: [one.track, one.plant, ...(values.line === "file" ? [] : [values.line])].join(" ") }))
  .filter(({ name }) => new RegExp(values.only).test(name));

function configOf({ plant, track }, seed) {
  const file = new URL(`../examples/tracks/${track}.yaml`, import.meta.url).pathname;
  const asked = { track: file, "track-line": values.line, "track-speed": "fastest" };
  return completeConfig({ task: "car-track", ...asked, plant, seed, race: true });
}

async function race(one, seed, file) {
  const config = configOf(one, seed);
  const { core, race, rollouts } = await trainingInMemory(config);
  const { track, halfWidth } = core.setup.task;
  const room = Math.min(...track.left, ...track.right) - halfWidth; // the same everywhere on their own lines
  const laps = [];
  let start = 0;
  for await (const { slot, index, begin, stopped, noticed } of rollouts()) {
    const { seconds, lapTime, largestDistance } = measure(core, slot, index, begin);
    const corridor = largestDistance / room;
    laps.push({ start, seconds, lapTime, corridor, ...race.lap(), noticed, stopped });
    start += seconds;
    const done = stopped !== undefined || start > 60 * Number(values.minutes);
    writeFileSync(file, JSON.stringify({ done, laps }));
    if (done) return;
  }
}

/** Usages that are tried one after another, until two in a row leave the budget. */
const USAGES = Array.from({ length: 17 }, (_, i) => 0.5 * 1.1 ** i);
const CONSTANT_LAPS = 10;

/** Least time of a tenth lap at a constant usage that stays within the budget of a race [s]. */
async function bestConstant(one) {
  let [best, failed] = [Number.POSITIVE_INFINITY, 0];
  for (const usage of USAGES) {
    const given = configOf(one, 802);
    const config = completeConfig({ ...given, race: false, "track-speed": `fastest:${usage}`, "stop-factor": 1e9 });
    const { core, rollouts } = await trainingInMemory(config);
    const { track, halfWidth } = core.setup.task;
    const budget = Math.min(...track.left, ...track.right) - halfWidth - config["race-margin"];
    let lap;
    let count = 0;
    for await (const { slot, index, begin, stopped } of rollouts()) {
      lap = { ...measure(core, slot, index, begin), stopped };
      if (stopped !== undefined || ++count === CONSTANT_LAPS) break;
    }
    const isKept = lap.stopped === undefined && lap.largestDistance <= budget;
    if (isKept) best = Math.min(best, lap.seconds);
    failed = isKept ? 0 : failed + 1;
    if (failed === 2) break;
  }
  return best;
}

async function optimumOf(one) {
  const { task, plant } = resolveTask(configOf(one, 1));
  if (one.plant !== "mujoco") return optimalLap(task, plant);
  const path = join(folder, `constant_${one.name.replaceAll(/[ :]/g, "_")}.txt`);
  if (!existsSync(path)) writeFileSync(path, `${await bestConstant(one)}`);
  return Number(readFileSync(path, "utf8"));
}

const fileOf = (name) => join(folder, `${name.replaceAll(/[ :]/g, "_")}.json`);
const read = (path) => JSON.parse(readFileSync(path, "utf8"));

for (let i = 0; i < Number(values.seeds); i++)
  for (const one of cases) {
    const path = fileOf(`${one.name} ${Number(values.first) + i}`);
    if (existsSync(path) && read(path).done) continue;
    await race(one, Number(values.first) + i, path);
    console.error(path);
  }

/** The lap that is driven after so many minutes. */
const after = (laps, minutes) => laps.find(({ start, seconds }) => start + seconds > 60 * minutes);
const median = (list) => upperMedian(Float64Array.from(list));
const spread = (list) =>
  list.length > 0 ? `${median(list).toFixed(3)} / ${Math.max(...list).toFixed(3)} (${list.length})` : "";
const HEADINGS = ["track, plant", "optimum on the line [s]", "3 minutes", "6 minutes", "by the optimum, 3 and 6"];
HEADINGS.push("corridor: lap 1, later", "laps beyond the budget, of");
console.log(`| ${HEADINGS.join(" | ")} |\n|${"---|".repeat(HEADINGS.length)}`);
for (const one of cases) {
  const prefix = `${one.name} `.replaceAll(/[ :]/g, "_");
  const files = readdirSync(folder).filter(
    (file) => file.startsWith(prefix) && /^\d+\.json$/.test(file.slice(prefix.length)),
  );
  const runs = files.map((file) => read(join(folder, file)).laps);
  if (runs.length === 0) continue;
  const optimum = await optimumOf(one);
  const times = MARKS.map((minutes) => runs.flatMap((laps) => after(laps, minutes)?.lapTime ?? []));
  const parts = times.map((list) => spread(list.map((time) => time / optimum)));
  const corridor = (laps) => Math.max(...laps.map((lap) => lap.corridor));
  const [first, later] = [(laps) => laps.slice(0, 1), (laps) => laps.slice(1)].map((part) =>
    Math.max(...runs.map((laps) => corridor(part(laps)))),
  );
  const all = runs.flat();
  console.log(
    `| ${one.name} | ${optimum.toFixed(3)} | ${times.map(spread).join(" | ")} | ${parts.join("; ")} | ` +
      `${first.toFixed(2)}, ${later.toFixed(2)} | ` +
      `${all.filter(({ budgetUsed }) => budgetUsed > 1).length} of ${all.length} |`,
  );
}
