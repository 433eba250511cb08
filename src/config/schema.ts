/**
 * Every setting of a run, once: its type and allowed values, what it means, and its default where that does not depend
 * on the task. The command line, the configuration file and the generated example are all made from this table.
 */
import * as v from "valibot";
import { ARITHMETICS } from "../core/module.js";
import { LEAST_PACE, MOST_PACE } from "../core/pace.js";
import { ruleNames, updateRules } from "../rules/rules.js";
import { TRACK_FEATURES } from "../tasks/definition.js";
import { linkMeanings, linkNames } from "./links.js";
import { plantChanges } from "./plant-change.js";
import { robotSettings } from "./robot-settings.js";
import { clearanceOf, speedPlanOf, TRACK_LINE, TRACK_SPEED } from "./track.js";
import { finite, notNegative, positive } from "./values.js";

const count = v.pipe(
  v.number("a whole number"),
  v.safeInteger("a whole number"),
  v.minValue(1, "a whole number of 1 or more"),
);
const flag = v.boolean("true or false");
const text = v.pipe(v.string("a text"), v.minLength(1, "a text that is not empty"));

function oneOf<const T extends readonly string[]>(...choices: T) {
  return v.picklist(choices, `one of ${choices.join(", ")}`);
}

const WINDOW = "start:length[:stride] in segments, e.g. 40:116 or 40:30:1; length 0: to the end";
const window = v.pipe(v.string(WINDOW), v.regex(/^\d+:\d+(:\d+)?$/, WINDOW));
const trackSpeed = v.pipe(
  v.string(TRACK_SPEED),
  v.check((value) => speedPlanOf(value) !== null, TRACK_SPEED),
);
const PACE = `a number from ${LEAST_PACE} to ${MOST_PACE}`;
const PART = "a number from 0.5 to 1";
const trackLine = v.pipe(
  v.string(TRACK_LINE),
  v.check((value) => clearanceOf(value) !== null, TRACK_LINE),
);
const DELAY = "a whole number from 0 to 10";
const listOfNumbers = v.array(finite, "a list of numbers");
const perComponent = v.array(notNegative, "a list of numbers of 0 or more");
const UPDATE_EVERY = "rollout, lap, or a number of segments";
const updateEvery = v.pipe(v.string(UPDATE_EVERY), v.regex(/^(rollout|lap|[1-9]\d*)$/, UPDATE_EVERY));
const parameters = v.record(
  v.string(),
  v.record(v.string(), finite, "names with numbers"),
  "parts with their parameters",
);

const otherRates = Object.values(updateRules)
  .filter(({ learningRateMeaning }) => learningRateMeaning !== undefined)
  .map(({ name, learningRateMeaning }) => `for ${name} ${learningRateMeaning}`);

/** Settings in the order in which the example lists them. */
export const settings = {
  task: { schema: text, default: "car-figure8", describe: "what to learn" },
  link: {
    schema: oneOf(...linkNames),
    default: "sim",
    describe: `where the robot is; ${linkMeanings.join("; ")}`,
  },
  plant: { schema: text, default: "nominal", describe: "which simulated robot drives" },
  "plant-model": {
    schema: v.string("an MJCF file, or its text as a run has it"),
    default: "",
    describe:
      "of the plant mujoco, an MJCF file in place of the car's own, with the same joints, actuators and sensors " +
      "(docs/tasks/mujoco-car.md); a run keeps its text",
  },
  track: {
    schema: v.string("a file, or the points that a run has of it"),
    default: "",
    describe:
      "of a task on a track, the file with its closed path: CSV with widths or speeds, or YAML (docs/tracks.md); " +
      "a run keeps the points themselves",
  },
  "track-line": {
    schema: trackLine,
    default: "file",
    describe: `line along the track: ${TRACK_LINE}; racing is the fastest within its room by the limits`,
  },
  "track-speed": {
    schema: trackSpeed,
    default: "file",
    describe: `speed along the track: ${TRACK_SPEED}`,
  },
  "track-limits": {
    schema: v.string("the folder of a run"),
    default: "",
    describe: "folder of a run whose fitted model says what fastest:usage uses a part of; empty: the file's limits",
  },
  features: {
    schema: oneOf(...TRACK_FEATURES),
    default: "place",
    describe:
      "what the network sees of a track: its places, or the path beside and before the robot, so that what it learns " +
      "holds on other tracks too (docs/tracks.md)",
  },
  "start-from": {
    schema: v.string("a run, or a network as JSON"),
    default: "",
    describe:
      "run whose best policy is the first one here, e.g. one that learned another track with features path; " +
      "empty: random weights",
  },
  race: {
    schema: flag,
    default: false,
    describe:
      "lap time is what counts: the part of the limits that is driven rises lap by lap while the robot stays beside " +
      "its track's edges, and falls at once when it does not (docs/race.md)",
  },
  "race-margin": {
    schema: notNegative,
    default: 0.1,
    describe: "of a race, room that is left between the robot and the track's edges [m]",
  },
  "plant-change": {
    schema: plantChanges,
    default: [],
    describe:
      "parameters of the simulated robot that change while it drives, e.g. grip=0.8@lap10, " +
      "throttle=1..0.7@seconds0..60, grip=0.6@place:1,0,0.5 (docs/training.md)",
  },
  pace: {
    schema: v.pipe(v.number(PACE), v.minValue(LEAST_PACE, PACE), v.maxValue(MOST_PACE, PACE)),
    default: 1,
    describe:
      "how fast the task is driven, task time per time; below 1 slower, e.g. 0.8 for a first lap on a new floor; " +
      "the cost still asks for the speed at pace 1",
  },
  "least-pace": {
    schema: v.pipe(v.number(PART), v.minValue(0.5, PART), v.maxValue(1, PART)),
    default: 0.95,
    describe:
      "in laps without stops, how far the learner may lower the pace where that is cheaper, as a part of it; 1: not " +
      "at all",
  },
  reflex: {
    schema: flag,
    default: true,
    describe: "slow down within a lap, at once, where the car turns much less than the fitted model expects",
  },
  "plant-delay": {
    schema: perComponent,
    default: [],
    describe: "transport delay of the plant's inputs [s], one for all or one each; empty: the plant's own",
  },
  "plant-lag": {
    schema: perComponent,
    default: [],
    describe: "first-order lag of the plant's inputs [s], one for all or one each; empty: the plant's own",
  },
  "plant-noise": {
    schema: perComponent,
    default: [],
    describe: "standard deviation of the measured position [m], or one per state component; empty: the plant's own",
  },
  "control-jitter": {
    schema: notNegative,
    default: 0,
    describe: "standard deviation of the simulated control period [s]",
  },
  "network-jitter": {
    schema: notNegative,
    default: 0,
    describe: "standard deviation of the simulated network period [s]",
  },
  seed: {
    schema: v.pipe(
      v.number("a whole number"),
      v.safeInteger("a whole number"),
      v.minValue(0, "a whole number of 0 or more"),
    ),
    default: 1,
    describe: "random numbers of weights and starts; the same seed gives the same bits",
  },
  rollouts: { schema: count, describe: "rollouts in all; of one drive without stops its laps (train --laps)" },
  batch: { schema: count, default: 1, describe: "rollouts per update" },
  "batch-reduction": {
    schema: oneOf("mean", "sum"),
    default: "mean",
    describe: "gradient of a batch: mean over its rollouts (paper eq. 8), or sum",
  },
  "rollout-segments": { schema: count, describe: "network calls per rollout" },
  "update-every": {
    schema: updateEvery,
    describe: `when parameters change: ${UPDATE_EVERY} (pieces of a lap); after a lap or a piece the car drives on`,
  },
  "update-delay": {
    schema: v.pipe(v.number(DELAY), v.safeInteger(DELAY), v.minValue(0, DELAY), v.maxValue(10, DELAY)),
    default: 1,
    describe:
      "network calls from the end of what was learned from until new parameters act, in one drive: in simulation " +
      "they act then, on a robot when they are ready, and are planned for then",
  },
  update: {
    schema: oneOf(...ruleNames),
    default: "gauss-newton",
    describe: "update rule; train takes peers too, in simulation: docs/compare.md",
  },
  "learning-rate": { schema: positive, describe: ["step size of the update rule", ...otherRates].join("; ") },
  truncation: {
    schema: oneOf("none", "segment"),
    default: "none",
    describe: "none: full co-state; segment: gradients flow only within a segment (the authors' published runs)",
  },
  window: { schema: window, describe: `segments that count: ${WINDOW}` },
  "network-state-feedback": {
    schema: flag,
    default: true,
    describe: "differentiate the network's input with respect to the state too",
  },
  "model-fit": {
    schema: flag,
    describe: "fit the model's few parameters to the last rollouts before every update",
  },
  model: {
    schema: oneOf("raw", "nominal"),
    describe: "where the model starts: raw is the paper's model (11), all gains 1; nominal has the gains of the task",
  },
  "model-scale": { schema: positive, describe: "factor on the model's parameters: how wrong the model is on purpose" },
  "model-delay": { schema: notNegative, default: 0, describe: "transport delay of the inputs in the model [s]" },
  arithmetic: {
    schema: oneOf(...ARITHMETICS),
    default: "strict",
    describe:
      "strict: the same bits on every machine; fused: quicker where the processor multiplies and adds at once, other " +
      "bits, and Node 22 or newer",
  },
  revectorise: {
    schema: flag,
    default: false,
    describe:
      "let V8 compute in vectors twice as wide, on x64 with Node 23.5 or newer: the same bits, which is checked when " +
      "it starts",
  },
  "control-period": { schema: positive, describe: "time between control steps [s]" },
  "network-period": { schema: positive, describe: "nominal time between network calls [s]" },
  "steps-per-segment": { schema: count, describe: "control steps per network call in simulation" },
  hidden: {
    schema: v.pipe(v.array(count, "a list of widths"), v.maxLength(4, "a list of at most 4 widths")),
    describe: "widths of the network's hidden layers",
  },
  "nominal-gains": {
    schema: listOfNumbers,
    default: [],
    describe: "the controller's gains that the network's are added to; empty: the task's own",
  },
  "robot-traits": {
    schema: flag,
    default: false,
    describe:
      "of several robots that learn together, tell them apart: the network is given the gains and delays that were " +
      "fitted to each (docs/several-robots.md)",
  },
  "stop-factor": {
    schema: v.pipe(v.number("a number"), v.finite("a finite number"), v.gtValue(1, "a number above 1")),
    default: 20,
    describe: "stop when a rollout costs this many times the first one",
  },
  parameters: {
    schema: parameters,
    default: {},
    describe:
      "parameters of model, plant, controller, reward, reference and task by name, where they differ from the task's",
  },
  ...robotSettings,
} as const satisfies Record<string, Setting>;

interface Setting {
  readonly schema: v.GenericSchema;
  readonly default?: unknown;
  readonly describe: string;
}

export type SettingName = keyof typeof settings;

/** A complete configuration, as it stands in a run's config.yaml. */
export type RunConfig = { readonly [K in SettingName]: v.InferOutput<(typeof settings)[K]["schema"]> };
