/**
 * Several simulated robots that learn one policy against each alone, the common policy on a robot that none of them is,
 * and what an update takes. Writes docs/results/robots.md; `--cache`: what is there already is not computed again.
 * Usage, after a build, in the project's folder:
 *   node scripts/robots-study.mjs [--seeds 2] [--first 99700] [--laps 6] [--robots 2,4,8] [--traits] [--cache file]
 *     [--no-page]
 * Robot k of a seed is a single-track car whose mass, grip and delay are drawn evenly within 20 % of the plant's own,
 * the same in every fleet of that seed; the one that none has driven is the ninth. `--traits`: fleets whose network is
 * told the robots apart, too.
 */
import { parseArgs } from "node:util";
import { completeConfig } from "../build/src/config/config.js";
import { fleetInMemory } from "../build/src/fleet/in-memory.js";
import { digits } from "../build/src/output.js";
import { markdownTable } from "../build/src/report/markdown.js";
import { quantile } from "../build/src/statistics.js";
import { untrainedLap } from "../build/src/sweeps/training.js";
import { taskNamed } from "../build/src/tasks/tasks.js";
import { trainingInMemory } from "../build/src/training/in-memory.js";
import { keptRows, writeStudyPage } from "./study.mjs";

const { values: options } = parseArgs({
  options: {
    seeds: { type: "string", default: "2" },
    first: { type: "string", default: "99700" },
    laps: { type: "string", default: "6" },
    robots: { type: "string", default: "2,4,8" },
    traits: { type: "boolean", default: false },
    cache: { type: "string" },
    "no-page": { type: "boolean", default: false },
  },
});
const [SEEDS, FIRST, LAPS] = [options.seeds, options.first, options.laps].map(Number);
const FLEETS = options.robots.split(",").map(Number);
const PLANT = "single-track";
const SPREAD = 0.2;
const NINTH = 8;
/** A lap of 40 segments of 7 steps [s]. */
const LAP = 5.6;

const kept = keptRows(options.cache);
const { parameters, delays } = taskNamed("car-figure8").plants[PLANT];

/** Even numbers from 0 to 1 (mulberry32). */
function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Settings of robot `k` of a seed. */
function robotOf(seed, k) {
  const random = randomFrom(1000 * seed + k);
  const factor = () => 1 + SPREAD * (2 * random() - 1);
  const [mass, grip, delay] = [factor(), factor(), factor()];
  return {
    plant: PLANT,
    seed: 10 * seed + k,
    rollouts: LAPS,
    "plant-delay": delays.map((own) => delay * own),
    parameters: {
      plant: { mass: mass * parameters.mass, inertia: mass * parameters.inertia, grip: grip * parameters.grip },
    },
  };
}

/** Mean cost per step of the laps of a robot alone; `start`: the policy that it begins with, and its pace. */
async function aloneLaps(given, start) {
  const { core, rollouts } = await trainingInMemory(completeConfig(given));
  if (start) {
    core.write("parameters", start.policy);
    core.setPace(start.pace);
  }
  const costs = [];
  for await (const { stopped, recording, windowCost } of rollouts()) {
    costs.push(stopped === undefined ? windowCost / recording.times.length : Number.POSITIVE_INFINITY);
    if (stopped !== undefined || costs.length === given.rollouts) break;
  }
  return costs;
}

/** The same of all robots of a fleet; its policy at the end with its pace, CPU time of an update [s], memory [MB]. */
async function fleetLaps(seed, count, hasTraits) {
  const configs = Array.from({ length: count }, (_, k) => completeConfig(robotOf(seed, k)));
  const { robots, common, learn } = await fleetInMemory(configs, hasTraits);
  const laps = robots.map(() => []);
  const left = [];
  const updates = [];
  let before = process.cpuUsage();
  for await (const event of learn(LAPS)) {
    if (event.kind === "left") left.push({ robot: Number(event.member.robot.name), why: event.why });
    if (event.kind === "drove" && event.event.kind === "rollout") {
      const { stopped, recording, windowCost } = event.event;
      const cost = stopped === undefined ? windowCost / recording.times.length : Number.POSITIVE_INFINITY;
      laps[Number(event.member.robot.name) - 1].push(cost);
    }
    if (event.kind !== "update") continue;
    const { user, system } = process.cpuUsage(before);
    updates.push((user + system) / 1e6);
    before = process.cpuUsage();
  }
  const cores = robots.reduce((sum, { training }) => sum + training.core.exports.memory.buffer.byteLength, 0);
  return {
    laps,
    left,
    update: median(updates),
    memory: cores / 2 ** 20,
    pace: Math.max(...robots.map(({ training }) => training.core.askedPace)),
    policy: [...common.subarray(0, robots[0].training.core.parameterCount())],
  };
}

const median = (values) =>
  quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
const JSON_INFINITY = (cost) => cost ?? Number.POSITIVE_INFINITY;
const shown = (cost) => (Number.isFinite(cost) ? digits(cost, 3) : "stopped");

const rows = [];
for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
  const alone = [];
  for (let k = 0; k < 2; k++) alone.push(await kept(["alone", seed, k, LAPS], () => aloneLaps(robotOf(seed, k))));
  const ninth = robotOf(seed, NINTH);
  const unseen = {
    untrained: await kept(["untrained", seed], async () => (await untrainedLap(ninth)).meanCost),
    alone: await kept(["alone", seed, NINTH, LAPS], () => aloneLaps(ninth)),
  };
  const fleets = [];
  for (const count of FLEETS)
    for (const hasTraits of options.traits ? [false, true] : [false]) {
      const fleet = await kept(["fleet", seed, count, hasTraits, LAPS], () => fleetLaps(seed, count, hasTraits));
      const policy = Float64Array.from(fleet.policy);
      const driven = await kept(["driven", seed, count, hasTraits, LAPS], async () => {
        return (await untrainedLap({ ...ninth, pace: fleet.pace }, policy)).meanCost;
      });
      const started = await kept(["started", seed, count, hasTraits, LAPS], () =>
        aloneLaps(ninth, { policy, pace: fleet.pace }),
      );
      fleets.push({ count, hasTraits, ...fleet, driven, started });
    }
  rows.push({ seed, alone, unseen, fleets });
  console.log(`seed ${seed}`);
}

/** Over the seeds and robots, the median cost of lap `lap` of those two that also drove alone. */
const lapOf = (of, lap) => median(rows.flatMap((row) => of(row)).map((laps) => JSON_INFINITY(laps[lap])));
const fleetOf = (row, count, hasTraits) =>
  row.fleets.find((fleet) => fleet.count === count && fleet.hasTraits === hasTraits);
const kinds = [
  { name: "alone", of: ({ alone }) => alone },
  ...FLEETS.flatMap((count) =>
    (options.traits ? [false, true] : [false]).map((hasTraits) => ({
      name: `${count} together${hasTraits ? ", told apart" : ""}`,
      count,
      hasTraits,
      of: (row) => fleetOf(row, count, hasTraits).laps.slice(0, 2),
    })),
  ),
];
const seconds = Array.from({ length: LAPS }, (_, lap) => `${digits((lap + 1) * LAP, 3)} s`);
const learning = markdownTable([
  ["the same two robots", ...seconds],
  ...kinds.map(({ name, of }) => [name, ...seconds.map((_, lap) => shown(lapOf(of, lap)))]),
]);
const both = kinds.filter(({ count }) => count !== undefined);
const family = markdownTable([
  ["the ninth", "driven without training", ...seconds.map((time) => `trained ${time}`)],
  [
    "untrained, then alone",
    shown(median(rows.map(({ unseen }) => unseen.untrained))),
    ...seconds.map((_, lap) => shown(median(rows.map(({ unseen }) => JSON_INFINITY(unseen.alone[lap]))))),
  ],
  ...both.map(({ name, count, hasTraits }) => [
    `policy of ${name}`,
    shown(median(rows.map((row) => fleetOf(row, count, hasTraits).driven))),
    ...seconds.map((_, lap) =>
      shown(median(rows.map((row) => JSON_INFINITY(fleetOf(row, count, hasTraits).started[lap])))),
    ),
  ]),
]);
const resources = markdownTable([
  ["robots", "CPU time of a round [s]", "memory of the cores [MB]", "stops"],
  ...both.map(({ name, count, hasTraits }) => {
    const fleets = rows.map((row) => fleetOf(row, count, hasTraits));
    return [
      name,
      digits(median(fleets.map(({ update }) => update)), 2),
      digits(median(fleets.map(({ memory }) => memory)), 2),
      `${fleets.reduce((sum, { left }) => sum + left.length, 0)}`,
    ];
  }),
]);
/** The same as parts of what it costs without the others: below 1 is a gain. */
const ratio = (value) => digits(value, 2);
const ninthOf = (of) => median(rows.map((row) => JSON_INFINITY(of(row))));
const [SECOND, LAST] = [1, LAPS - 1];
const verdict = markdownTable([
  ["times what it costs alone", "second lap", "last lap"],
  ...both.map(({ name, of }) => [
    name,
    ...[SECOND, LAST].map((lap) => ratio(lapOf(of, lap) / lapOf(kinds[0].of, lap))),
  ]),
]);
const familyVerdict = markdownTable([
  ["times", "driven: the untrained one", "started: from nothing, first lap", "second lap", "last lap"],
  ...both.map(({ name, count, hasTraits }) => {
    const ofFleet = (row) => fleetOf(row, count, hasTraits);
    const started = (lap) => ninthOf((row) => ofFleet(row).started[lap]) / ninthOf(({ unseen }) => unseen.alone[lap]);
    const driven = ninthOf((row) => ofFleet(row).driven) / ninthOf(({ unseen }) => unseen.untrained);
    return [name, ...[driven, ...[0, SECOND, LAST].map(started)].map(ratio)];
  }),
]);
console.log(`${verdict}\n\n${familyVerdict}\n\n${learning}\n\n${family}\n\n${resources}`);
if (!options["no-page"])
  await writeStudyPage("robots", {
    learning,
    verdict,
    family,
    familyVerdict,
    resources,
    seeds: `${SEEDS}`,
    first: `${FIRST}`,
    laps: `${LAPS}`,
  });
