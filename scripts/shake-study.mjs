/**
 * How right measured sensitivities are, and what is said of models by them: shakes of the untrained simulated car in
 * memory, with measurement noise and jitter, against central differences of the same plant without either, from the
 * starts of the same laps. `--cache`: rows that are there already are not driven again.
 * Usage, after a build, in the project's folder: node scripts/shake-study.mjs
 *   [--part accuracy|diagnosis|training|zeroShot|watch] [--only text] [--seeds 10] [--first 92000] [--cache file]
 * `--only`: the models, or plants, whose name contains the text.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { train } from "../build/src/api/index.js";
import { diagnosisOf } from "../build/src/derivatives/diagnose.js";
import { agreementOf, verdictOf } from "../build/src/derivatives/diagnosis.js";
import { shakeInMemory } from "../build/src/derivatives/in-memory.js";
import { LapDrive } from "../build/src/derivatives/lap-drive.js";
import { ROUND } from "../build/src/derivatives/measured.js";
import { measuredConfig, partsOf } from "../build/src/derivatives/measured-run.js";
import { drivePlan, nominalFrom, planFor } from "../build/src/derivatives/predict.js";
import { PASSAGE } from "../build/src/derivatives/shake.js";
import { SimLink } from "../build/src/links/kinds/sim.js";
import { markdownTable } from "../build/src/report/markdown.js";
import { quantile } from "../build/src/statistics.js";
import { keptRows } from "./study.mjs";

const { values: options } = parseArgs({
  options: {
    part: { type: "string" },
    only: { type: "string", default: "" },
    seeds: { type: "string", default: "10" },
    first: { type: "string", default: "92000" },
    cache: { type: "string" },
  },
});
const [SEEDS, FIRST] = [options.seeds, options.first].map(Number);
const seeds = Array.from({ length: SEEDS }, (_, i) => FIRST + i);
const kept = keptRows(options.cache);
const isAsked = ([name]) => name.includes(options.only);

/** Size of the differences, in units of the parameters: as large as shakes are. */
const AMPLITUDE = 0.1;
/** 2 mm and 5 ms. */
const DISTURBED = { "plant-noise": [0.002], "control-jitter": 0.005 };
const BOUND = 0.25;
const DIRECT = { groups: ["gains", "trims"], knots: 3, minutes: 3, bound: BOUND };
const OFFSETS = { groups: ["offsets"], knots: 3, minutes: 5, bound: BOUND };

/**
 * The simulated plant that also knows the truth: before each lap that counts, central differences of its cost by every
 * parameter, from where the car is, without noise and jitter.
 */
class TruthLink extends SimLink {
  #core;
  #space;
  #laps = 0;

  constructor(core, space) {
    super();
    this.#core = core;
    this.#space = space;
    this.sum = new Float64Array(space.size);
    this.counted = 0;
  }

  async driveOn(core, index, segments, previous, kept) {
    // laps come in two calls, the last segment by itself; the first lap of all was begun by `drive`
    if (kept === 0 && ++this.#laps > 2) this.#difference(segments + 1, previous);
    return super.driveOn(core, index, segments, previous, kept);
  }

  #difference(segments, previous) {
    const core = this.#core;
    const regions = ["plantState", "plantMemory", "externalMemory", "random", "plantNoise", "jitter", "adjustment"];
    const saved = regions.map((name) => core.view(name).slice());
    const restore = () => {
      for (const [k, name] of regions.entries()) core.view(name).set(saved[k]);
    };
    const costWith = (i, change) => {
      restore();
      core.view("plantNoise").fill(0);
      core.view("jitter").fill(0);
      const values = new Float64Array(this.#space.size);
      values[i] = change;
      this.#space.apply(core, values);
      core.tryRollOut(2, segments, previous, 0);
      const [steps] = core.view("counts", 2);
      return core
        .view("stageCosts", 2)
        .subarray(0, steps)
        .reduce((sum, cost) => sum + cost, 0);
    };
    for (let i = 0; i < this.#space.size; i++)
      this.sum[i] += (costWith(i, AMPLITUDE) - costWith(i, -AMPLITUDE)) / (2 * AMPLITUDE);
    this.counted++;
    restore();
  }

  get truth() {
    return this.sum.map((value) => value / this.counted);
  }
}

/** One shake: what was measured, what is true, what is said of the model. */
async function shaken(given, shake) {
  let link;
  const made = await shakeInMemory({ ...DISTURBED, ...given }, shake, (core, space) => {
    link = new TruthLink(core, space);
    return link;
  });
  const diagnosis = diagnosisOf(made, made.laps, made.minutes);
  const { estimate, model } = diagnosis;
  const p = made.space.size;
  return {
    minutes: made.minutes,
    truth: [...link.truth],
    measured: [...estimate.gradient.values],
    errors: Array.from({ length: p }, (_, i) => Math.sqrt(estimate.gradient.covariance[i * p + i])),
    freedom: estimate.freedom,
    model: [...model],
    heldOut: estimate.heldOut,
    groups: made.space.parameters.map(({ group }) => group),
    verdict: diagnosis.verdict,
    all: diagnosis.all,
    responses: diagnosis.responses,
  };
}

/** Two-sided 90 % quantile of Student's t, to 1 %. */
const studentQuantile = (freedom) => 1.6449 + 1.53 / freedom + 1.5 / freedom ** 2;
const part = (row, values, group) => values.filter((_, i) => row.groups[i] === group);
const sorted = (values) => [...values].sort((a, b) => a - b);
const two = (value) => value.toFixed(2);
const three = (value) => value.toFixed(3);

async function accuracy() {
  const rows = [["plant", "delay [s]", "minutes", "group", "cosine: least", "median", "within 90 %", "held out"]];
  const plants = [
    ["nominal", 0],
    ["nominal", 0.06],
    ["identified", undefined],
    ["single-track", undefined],
  ];
  for (const [plant, delay] of plants.filter(isAsked))
    for (const shake of [DIRECT, OFFSETS]) {
      const given = { plant, ...(delay === undefined ? {} : { "plant-delay": [delay] }) };
      const found = [];
      for (const seed of seeds)
        found.push(await kept(["accuracy", given, shake, seed], () => shaken({ ...given, seed }, shake)));
      const inside = found.flatMap(({ truth, measured, errors, freedom }) =>
        truth.map((value, i) => Math.abs(measured[i] - value) <= studentQuantile(freedom) * errors[i]),
      );
      for (const group of shake.groups) {
        const cosines = sorted(
          found.map((row) => agreementOf(part(row, row.measured, group), part(row, row.truth, group)).cosine),
        );
        rows.push([
          plant,
          delay ?? "its own",
          two(Math.max(...found.map(({ minutes }) => minutes))),
          group,
          three(cosines[0]),
          three(quantile(cosines, 0.5)),
          `${Math.round((100 * inside.filter(Boolean).length) / inside.length)} %`,
          two(quantile(sorted(found.map(({ heldOut }) => heldOut)), 0.5)),
        ]);
      }
    }
  console.log(`${markdownTable(rows)}\n`);
}

/** Models, right and wrong: settings of each, and how it is shaken where that differs. */
const model = (parameters) => ({ parameters: { model: parameters } });
const CAR = { offset: 0.5, drag: 0.105, corneringDrag: 0.325, inverseGrip: 1 / 7.7, steeringBias: 0 };
const given = { plant: "identified", "model-fit": false, "model-scale": 1, "model-delay": 0.1 };
const MODELS = [
  ["right structure, fitted", { plant: "identified", "model-fit": true }],
  ["right structure, known", { ...given, ...model({ ...CAR, throttleGain: 6.6, steeringGain: 4.3 }) }],
  ["steering reversed", { ...given, ...model({ ...CAR, throttleGain: 6.6, steeringGain: -4.3 }) }],
  ["gains × 4", { ...given, ...model({ ...CAR, throttleGain: 26.4, steeringGain: 17.2 }) }],
  ["nominal plant, model × 4", { plant: "nominal", "model-fit": false, "model-scale": 4 }],
  ["limit of grip, the task's model", { plant: "single-track", "model-fit": false, "model-scale": 1 }],
  ["the same, longer", { plant: "single-track", "model-fit": false, "model-scale": 1 }, { ...DIRECT, minutes: 6 }],
  ["limit of grip, fitted", { plant: "single-track", "model-fit": true }],
];

/** What the verdict would be if the truth were known; an input that acts the other way round is known. */
function trueVerdict(name, { truth, model: ofModel }) {
  if (name === "steering reversed") return { cosine: Number.NaN, scale: Number.NaN, verdict: "sign" };
  const agreement = agreementOf(truth, ofModel);
  return { ...agreement, verdict: verdictOf(agreement.cosine, agreement.scale) };
}

async function diagnosis() {
  const rows = [["model", "true cosine", "true scale", "true verdict", "right", "verdicts", "minutes"]];
  for (const [name, settings, shake = DIRECT] of MODELS.filter(isAsked)) {
    const found = [];
    for (const seed of seeds)
      found.push(await kept(["diagnosis", settings, shake, seed], () => shaken({ ...settings, seed }, shake)));
    const truths = found.map((row) => trueVerdict(name, row));
    const right = found.filter(({ verdict }, i) => verdict === truths[i].verdict).length;
    const count = (verdicts) => {
      const counts = new Map();
      for (const verdict of verdicts) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
      return [...counts].map(([verdict, times]) => `${verdict} ${times}`).join(", ");
    };
    const spread = (values) => {
      const all = sorted(values.filter(Number.isFinite));
      return all.length === 0 ? "-" : `${two(all[0])} to ${two(all[all.length - 1])}`;
    };
    rows.push([
      name,
      spread(truths.map(({ cosine }) => cosine)),
      spread(truths.map(({ scale }) => scale)),
      count(truths.map(({ verdict }) => verdict)),
      `${right} of ${found.length}`,
      count(found.map(({ verdict }) => verdict)),
      two(Math.max(...found.map(({ minutes }) => minutes))),
    ]);
  }
  console.log(`${markdownTable(rows)}\n`);
}

/** A training without a model, ten minutes: costs of laps, and of the last of three laps with what was learned. */
async function learned(given, source, laps = LAPS) {
  const config = measuredConfig({ ...DISTURBED, ...given });
  const { core, space, learner } = await partsOf(config, source);
  const drive = new LapDrive(config, core, new SimLink(), space);
  const costs = [];
  let before;
  const lap = async (values, next) => {
    const { recording, stopped } = await drive.lap(values, next, costs.length + 1);
    costs.push(stopped ? Number.POSITIVE_INFINITY : recording.costs.reduce((sum, cost) => sum + cost, 0));
    return { recording, stopped };
  };
  const nominal = new Float64Array(space.size);
  for (let i = 0; i < PASSAGE; i++) before = (await lap(nominal, nominal)).recording;
  while (costs.length < laps) {
    const values = learner.next();
    const { recording, stopped } = await lap(values, learner.nextAfter(1));
    if (stopped) return { costs, final: Number.POSITIVE_INFINITY };
    learner.take({ values, recording, before });
    before = recording;
  }
  for (let i = 0; i < 3; i++) await lap(learner.best, learner.best);
  return { costs: costs.slice(0, laps), final: costs.at(-1) };
}

/** Ten minutes of the car. */
const LAPS = 108;

async function training() {
  const rows = [
    ["plant", "gradient", "update", "runs", "untrained", "after 2 min", "5 min", "10 min: median", "worst"],
  ];
  for (const plant of ["nominal", "identified", "single-track", "mujoco"].filter((name) => isAsked([name])))
    for (const [source, update] of [
      ["measured", "gauss-newton"],
      ["measured", "sgd"],
      ["both", "gauss-newton"],
    ]) {
      const found = [];
      for (const seed of seeds)
        found.push(
          await kept(["training", plant, source, update, seed], () => learned({ plant, update, seed }, source)),
        );
      const around = (costs, lap) => quantile(sorted(costs.slice(lap - 10, lap)), 0.5);
      const percent = (value) => `${Math.round(value)} %`;
      const parts = (of) => sorted(found.map((row) => (100 * of(row)) / row.costs[PASSAGE - 1]));
      const median = (of) => percent(quantile(parts(of), 0.5));
      rows.push([
        plant,
        source,
        update,
        found.length,
        two(quantile(sorted(found.map(({ costs }) => costs[PASSAGE - 1])), 0.5)),
        median(({ costs }) => around(costs, 22)),
        median(({ costs }) => around(costs, 55)),
        median(({ final }) => final),
        percent(parts(({ final }) => final).at(-1)),
      ]);
    }
  console.log(`${markdownTable(rows)}\n`);
}

/** From shakes at two lap times to a third, 5 % shorter, without driving there; and a training's first update there. */
async function shot(plant, seed) {
  const at = (lapTime) => ({ plant, seed, ...DISTURBED, parameters: { task: { lapTime } } });
  const everything = { groups: ["gains", "trims", "offsets"], knots: 3, minutes: 7, bound: BOUND };
  const library = [];
  for (const lapTime of [5.775, 5.5]) {
    const made = await shakeInMemory(at(lapTime), everything);
    library.push(nominalFrom(made, made.laps, `${lapTime} s`));
  }
  const plan = planFor(library, SHORTER);
  const unchanged = { ...plan, values: new Float64Array(plan.values.length) };
  const { costs } = await learned(at(SHORTER), "measured", PASSAGE + 2 * ROUND);
  const update = costs.slice(PASSAGE + ROUND).reduce((sum, cost) => sum + cost, 0) / ROUND;
  return {
    expected: plan.cost,
    predicted: plan.predicted,
    unchanged: await drivePlan(unchanged, SHORTER, {}, new SimLink()),
    driven: await drivePlan(plan, SHORTER, {}, new SimLink()),
    update,
  };
}

/** [s] */
const SHORTER = 5.225;

async function zeroShot() {
  const rows = [
    ["plant", "seed", "as it is: foreseen", "driven", "planned: foreseen", "driven", "one update", "ratio"],
  ];
  for (const plant of ["nominal", "identified"].filter((name) => isAsked([name])))
    for (const seed of seeds) {
      const row = await kept(["zero-shot", plant, seed], () => shot(plant, seed));
      const { expected, unchanged, predicted, driven, update } = row;
      rows.push([plant, seed, ...[expected, unchanged, predicted, driven, update, driven / update].map(two)]);
    }
  console.log(`${markdownTable(rows)}\n`);
}

/** Of ordinary trainings, ten laps each: laps in which the watch of ordinary laps raised an alarm. */
async function watch() {
  const rows = [["plant", "model", "trainings", "with an alarm"]];
  const right = ["nominal", "identified", "single-track"].map((plant) => [plant, "fitted", {}]);
  const wrong = [
    [
      "identified",
      "steering reversed, not fitted",
      { "model-fit": false, parameters: { model: { steeringGain: -2 } } },
    ],
  ];
  for (const [plant, model, given] of [...right, ...wrong].filter(isAsked)) {
    let alarms = 0;
    for (const seed of seeds)
      alarms += await kept(["watch", plant, model, seed], async () => {
        const out = await mkdtemp(join(tmpdir(), "lapgrad-watch-"));
        const settings = { ...DISTURBED, plant, seed, "stop-factor": 1e9, ...given };
        let raised = 0;
        for await (const event of train(settings, { out: join(out, "run"), laps: 10 }))
          if (event.kind === "rollout")
            raised += event.rollout.noticed.filter((text) => /^the response/.test(text)).length;
        await rm(out, { recursive: true });
        return Math.min(raised, 1);
      });
    rows.push([plant, model, seeds.length, alarms]);
  }
  console.log(`${markdownTable(rows)}\n`);
}

const PARTS = { accuracy, diagnosis, training, zeroShot, watch };
for (const name of options.part ? [options.part] : Object.keys(PARTS)) await PARTS[name]();
