/**
 * How far off the estimated place of a car is, by wheel, gyro and poses from outside that are late, irregular, noisy,
 * lost and sometimes wrong: simulated drives of the untrained controller on all car plants, and recordings of the real
 * car thinned to such poses. Writes docs/results/estimator.md; `--cache`: what is there already is not computed again.
 * Usage, after a build, in the project's folder (recordings: LAPGRAD_REFERENCE_DATA):
 *   node scripts/pose-study.mjs [--seeds 10] [--first 700] [--laps 20] [--cache file] [--no-page]
 */
import { parseArgs } from "node:util";
import { Entry } from "../build/src/estimation/entries.js";
import { readAuthors } from "../build/src/recording/authors.js";
import { markdownTable } from "../build/src/report/markdown.js";
import { quantile } from "../build/src/statistics.js";
import { ERRORS, estimated, trueDrive } from "../build/test/support/sensed-drive.js";
import { keptRows, writeStudyPage } from "./study.mjs";

const { values: options } = parseArgs({
  options: {
    seeds: { type: "string", default: "10" },
    first: { type: "string", default: "700" },
    laps: { type: "string", default: "20" },
    cache: { type: "string" },
    "no-page": { type: "boolean", default: false },
  },
});
const [SEEDS, FIRST, LAPS] = [options.seeds, options.first, options.laps].map(Number);
const kept = keptRows(options.cache);

const PLANTS = {
  nominal: { plant: "nominal" },
  identified: { plant: "identified" },
  "single-track": { plant: "single-track" },
  "single-track, throttle takes grip": { plant: "single-track", parameters: { plant: { combinedSlip: 1 } } },
  mujoco: { plant: "mujoco" },
};
/** What else may be: errors of the sensors, and settings of the estimator. */
const CASES = {
  "as above": [{}, {}],
  "1 s without poses": [{ gap: [50, 51] }, {}],
  "5 s without poses": [{ gap: [50, 55] }, {}],
  "dated by the sender's clock": [{ hasClock: true, unsaid: 0 }, {}],
  "the same, 10 ms of jitter": [{ hasClock: true, unsaid: 0, jitter: 0.01 }, {}],
  "poses do not say when": [{ isStamped: false }, { timing: 0.03, latency: 0.05 }],
  "no gyro": [{ hasGyro: false }, {}],
  "no wheel": [{ hasWheel: false }, {}],
  "neither, latency configured": [{ hasWheel: false, hasGyro: false }, { latency: ERRORS.unsaid }],
};
/** Beyond this a pose was not believed; 5 % of those that are good are beyond this. */
const BELIEVED = 16.27;
const LIKELY = 7.815;

function measuresOf({ errors, uncertainties, surprises, estimator, micros, trueBias }, from = 0) {
  const known = [...errors].slice(from).filter((error) => !Number.isNaN(error));
  const good = surprises.filter((surprise) => surprise <= BELIEVED);
  const sorted = [...micros].sort((a, b) => a - b);
  return {
    rms: Math.sqrt(known.reduce((sum, error) => sum + error * error, 0) / known.length),
    worst: Math.max(...known),
    uncertainty: Math.max(...uncertainties.slice(100)),
    surprise: good.reduce((sum, surprise) => sum + surprise, 0) / good.length / 3,
    beyond: good.filter((surprise) => surprise > LIKELY).length / good.length,
    contradicted: estimator.contradicted,
    bias: estimator.value(Entry.gyroBias) / trueBias,
    scale: estimator.value(Entry.travelScale) / ERRORS.travel,
    latency: estimator.value(Entry.latency),
    micros: [
      sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
      quantile(sorted, 0.5),
      quantile(sorted, 0.99),
    ],
  };
}

const drives = new Map();
async function driveOf(plant) {
  if (!drives.has(plant)) drives.set(plant, await trueDrive(PLANTS[plant], LAPS));
  return drives.get(plant);
}

/** Median of one measure. */
function median(rows, measure) {
  const sorted = rows.map(measure).sort((a, b) => a - b);
  return quantile(sorted, 0.5);
}
const farthest = (...values) => values.reduce((a, b) => (Math.abs(b - 1) > Math.abs(a - 1) ? b : a));
/** Median and worst of one measure. */
const both = (rows, measure, shown, worst = Math.max) =>
  `${shown(median(rows, measure))} / ${shown(worst(...rows.map(measure)))}`;
const mm = (value) => (1000 * value).toFixed(value < 0.0995 ? 1 : 0);
const percent = (value) => `${(100 * value).toFixed(1)} %`;

const MEASURES = [
  ["off, rms [mm]", (row) => row.rms, mm],
  ["worst [mm]", (row) => row.worst, mm],
  ["said, at most [mm]", (row) => row.uncertainty, mm],
  ["surprise", (row) => row.surprise, (value) => value.toFixed(2)],
  ["beyond 95 %", (row) => row.beyond, percent],
  ["bias found", (row) => row.bias, percent, farthest],
  ["scale found", (row) => row.scale, percent, farthest],
];
const HEAD = ["", ...MEASURES.map(([name]) => name)];
const rowOf = (name, rows) => [name, ...MEASURES.map(([, ...measure]) => both(rows, ...measure))];

async function simulated(plant, name) {
  const rows = [];
  for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
    const [errors, settings] = CASES[name];
    rows.push(
      await kept(["drive", plant, name, seed, LAPS], async () =>
        measuresOf(estimated(await driveOf(plant), { ...ERRORS, ...errors }, seed, settings)),
      ),
    );
  }
  return rows;
}

/** The real car: its recorded poses are the truth, thinned ones what is measured. */
async function recordedDrives() {
  const folder = `${process.env.LAPGRAD_REFERENCE_DATA}/authors`;
  const found = [];
  for (const name of ["run-with-network", "run-without-network", "train-1", "train-2"]) {
    const { recordings } = await readAuthors(`${folder}/jetracer-hw-${name}.json.gz`);
    recordings.forEach(({ states, times }, i) => {
      found.push({ name: `${name} ${i + 1}`, drive: { states, times } });
    });
  }
  return found;
}

const all = [HEAD];
for (const plant of Object.keys(PLANTS)) all.push(rowOf(plant, await simulated(plant, "as above")));
console.log(markdownTable(all));

const cases = [HEAD];
for (const plant of ["identified", "single-track"])
  for (const name of Object.keys(CASES).slice(1)) cases.push(rowOf(`${plant}: ${name}`, await simulated(plant, name)));
console.log(markdownTable(cases));

const real = [["what the car has besides poses", "drives", "off, rms [mm]", "worst [mm]", "95 % of steps below [mm]"]];
if (process.env.LAPGRAD_REFERENCE_DATA) {
  const recorded = await recordedDrives();
  const has = {
    "wheel and gyro, made of the full recording": [{ travel: 0, gyroScale: 0, bias: 0, drift: 0 }, {}],
    "nothing, latency configured": [{ hasWheel: false, hasGyro: false }, { latency: ERRORS.unsaid }],
  };
  for (const [name, [errors, settings]] of Object.entries(has)) {
    const rows = [];
    for (const { name: of, drive } of recorded) {
      rows.push(
        await kept(["recorded", name, of, FIRST], () => {
          const found = estimated(drive, { ...ERRORS, ...errors }, FIRST, settings);
          const sorted = [...found.errors.slice(50)].sort((a, b) => a - b);
          return { ...measuresOf(found, 50), most: quantile(sorted, 0.95) };
        }),
      );
    }
    real.push([
      name,
      String(rows.length),
      both(rows, (row) => row.rms, mm),
      both(rows, (row) => row.worst, mm),
      both(rows, (row) => row.most, mm),
    ]);
  }
}
console.log(markdownTable(real));

const timed = await simulated("single-track", "as above");
const micros = [0, 1, 2].map((i) => median(timed, (row) => row.micros[i]).toFixed(1));
console.log(`a step: median ${micros[1]} µs, 99 % ${micros[2]}`);
if (!options["no-page"])
  await writeStudyPage("estimator", {
    seeds: SEEDS,
    first: FIRST,
    last: FIRST + SEEDS - 1,
    laps: LAPS,
    drives: markdownTable(all),
    cases: markdownTable(cases),
    real: markdownTable(real),
    median: micros[1],
    most: micros[2],
  });
