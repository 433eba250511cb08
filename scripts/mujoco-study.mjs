/**
 * The plant `mujoco`: whether untrained it drives as the real car, how it is learned on unseen seeds, on the normal
 * floor and on a slippery one, through the simulated firmware, what the fitted model explains of it, and what it takes.
 * Writes docs/results/mujoco.md. `--cache`: rows that are there already are not driven again.
 * Usage, after a build (and `node scripts/firmware.mjs` for the firmware), in the project's folder:
 *   node scripts/mujoco-study.mjs [--seeds 10] [--first 51000] [--firmware 5] [--cache file] [--print]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { completeConfig } from "../build/src/config/config.js";
import { predictionErrors } from "../build/src/identification/prediction.js";
import { spansOf } from "../build/src/identification/spans.js";
import { markdownTable } from "../build/src/report/markdown.js";
import { coreFor } from "../build/src/session.js";
import { quantile } from "../build/src/statistics.js";
import { trainingInMemory } from "../build/src/training/in-memory.js";
import { measure, measureSteps } from "../build/src/training/metrics.js";
import { directly, throughFirmware } from "./firmware-run.mjs";
import { keptRows, segmentsOf, segmentsUntilGood, untrainedCost, writeStudyPage } from "./study.mjs";

const { values: options } = parseArgs({
  options: {
    seeds: { type: "string", default: "10" },
    first: { type: "string", default: "51000" },
    firmware: { type: "string", default: "5" },
    cache: { type: "string" },
    print: { type: "boolean" },
  },
});
const [SEEDS, FIRST, FIRMWARE] = [options.seeds, options.first, options.firmware].map(Number);
const kept = keptRows(options.cache);
const LAPS = 21;
/** Laps whose costs are shown, by updates before them; and laps through the firmware. */
const SHOWN = [1, 3, 6, 10, 20];
const FIRMWARE_LAPS = 7;
const PLANT = { plant: "mujoco" };
const CASES = [
  { name: "as it is", given: {} },
  { name: "friction 0.6", given: { parameters: { plant: { friction: 0.6 } } } },
];

const sorted = (values) => [...values].sort((a, b) => a - b);
const median = (values) => quantile(sorted(values), 0.5);
const shown = (value) => (Number.isFinite(value) ? `${Number(value.toPrecision(3))}` : "never");
const spread = (values) => `${shown(median(values))}/${shown(Math.max(...values))}`;

/** The untrained car from the task's own start: metrics of the laps after the first. */
async function untrained(seed) {
  const laps = 10;
  const config = completeConfig({ ...PLANT, seed, "update-every": "rollout", "rollout-segments": 40 * laps });
  const core = await coreFor(config, 1, 40 * laps);
  core.writeStart(core.setup.task.initialState, 0);
  core.rollOut(0, 40 * laps);
  const steps = 40 * config["steps-per-segment"];
  return Array.from({ length: laps - 1 }, (_, i) => measureSteps(core, 0, (i + 1) * steps, (i + 2) * steps, i + 1));
}

/** One training: costs per step of laps and of every segment since standstill, and what the last model explains. */
async function trained(given) {
  const { core, rollouts } = await trainingInMemory(completeConfig({ "stop-factor": 1e6, ...PLANT, ...given }));
  const row = { costs: [], segments: [], stopped: null, explained: null };
  const names = core.parameterNames("model", "car");
  for await (const { index, slot, begin, stopped, recording } of rollouts()) {
    if (stopped !== undefined) {
      row.stopped = stopped;
      break;
    }
    row.segments.push(...segmentsOf(core, slot, begin).map(({ cost }) => cost));
    row.costs.push(measure(core, slot, index, begin).meanCost);
    if (index < LAPS) continue;
    // the model was fitted to the laps before this one
    const parameters = Object.fromEntries(names.map((name, i) => [name, core.view("modelParameters")[i]]));
    const delays = Array.from(core.view("inputDelays"), (steps) => 0.02 * steps);
    const response = { parameters, delays, longestStep: Number.POSITIVE_INFINITY };
    row.explained = { ...predictionErrors(response, spansOf(recording, 0).spans), parameters, delays };
    break;
  }
  return row;
}

/** Seconds since standstill until the first 40 network calls in a row that cost a tenth, as all later ones do. */
const secondsToTenth = ({ segments }, whole) => 0.14 * segmentsUntilGood(segments, 40, 0.1 * whole);

/** Window costs of the laps of one training through the firmware, or without. */
async function costsOf(seed, isThroughFirmware) {
  const folder = mkdtempSync(join(tmpdir(), "lapgrad-mujoco-"));
  const given = { ...PLANT, seed, rollouts: FIRMWARE_LAPS };
  try {
    return await (isThroughFirmware ? throughFirmware : directly)(given, join(folder, "run"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Processor time of a lap [s], best of ten. */
async function lapTime() {
  const core = await coreFor(completeConfig({ ...PLANT, "update-every": "rollout" }), 1, 40);
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 10; i++) {
    core.writeStart(core.setup.task.initialState, 0);
    const before = process.cpuUsage();
    core.rollOut(0, 40);
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1e6);
  }
  return least;
}

const seeds = Array.from({ length: SEEDS }, (_, i) => FIRST + i);
const laps = (await Promise.all(seeds.map((seed) => kept(["untrained", seed], () => untrained(seed))))).flat();
const range = (name) => {
  const values = sorted(laps.map((lap) => lap[name]));
  return `${shown(median(values))} (${shown(values[0])} to ${shown(values.at(-1))})`;
};

const rows = [];
let normal = [];
for (const { name, given } of CASES) {
  const whole = await untrainedCost({ ...PLANT, ...given });
  const trainings = [];
  for (const seed of seeds) trainings.push(await kept([name, seed, LAPS], () => trained({ ...given, seed })));
  if (rows.length === 0) normal = trainings;
  const percent = ({ costs }, lap) => (100 * (costs[lap] ?? Number.POSITIVE_INFINITY)) / whole;
  const worst = trainings.map((row) => Math.max(...row.costs.slice(1)) / whole);
  const worse = trainings.flatMap(({ costs }) => costs.slice(1)).filter((cost) => cost > whole).length;
  rows.push([
    name,
    shown(whole),
    ...SHOWN.map((lap) => spread(trainings.map((row) => percent(row, lap)))),
    shown(100 * Math.max(...worst)),
    `${worse} of ${SEEDS * (LAPS - 1)}`,
    spread(trainings.map((row) => secondsToTenth(row, whole))),
  ]);
  console.log(rows.at(-1).join(" | "));
}
const head = ["floor", "untrained, per step", ...SHOWN.map((lap) => `${lap}`), "worst lap", "worse than untrained"];

const explained = normal.flatMap((row) => (row.explained ? [row.explained] : []));
const of = (pick) => spread(explained.map(pick));
const errors = markdownTable([
  ["of the last lap, by the model fitted before it", "median of seeds/worst"],
  ["acceleration, one step ahead, rms [m/s²]", of((e) => e.acceleration)],
  ["turn rate, one step ahead, rms [rad/s]", of((e) => e.turnRate)],
  ["place after 0.5 s, open loop, median [m]", of((e) => e.position.median)],
  ["place after 0.5 s, open loop, 95 % [m]", of((e) => e.position.percent95)],
  ["speed after 0.5 s, open loop, median [m/s]", of((e) => e.speed.median)],
  ["heading after 0.5 s, open loop, median [rad]", of((e) => e.heading.median)],
]);

const through = [["", "first lap", "after 6, by seed", "median", "of the direct one"]];
const last = {};
for (const [label, isThrough] of [
  ["direct", false],
  ["through the firmware", true],
]) {
  const all = [];
  for (const seed of seeds.slice(0, FIRMWARE))
    all.push(await kept([label, seed, FIRMWARE_LAPS], () => costsOf(seed, isThrough)));
  last[label] = median(all.map((costs) => costs[6]));
  through.push([
    label,
    shown(median(all.map(([cost]) => cost))),
    all.map((costs) => shown(costs[6])).join(" "),
    shown(last[label]),
    isThrough ? (last[label] / last.direct).toFixed(2) : "",
  ]);
  console.log(through.at(-1).join(" | "));
}
const seconds = await kept(["lap time"], lapTime);

const values = {
  seeds: SEEDS,
  first: FIRST,
  last: FIRST + SEEDS - 1,
  speed: range("meanSpeed"),
  radial: range("rmsRadialError"),
  table: markdownTable([[...head, "T10 [s]"], ...rows]),
  errors,
  firmware: markdownTable(through),
  firmwareSeeds: FIRMWARE,
  lap: shown(seconds),
  step: shown((1e6 * seconds) / 2800),
};
if (options.print) console.log(values);
else await writeStudyPage("mujoco", values);
