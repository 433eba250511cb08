/**
 * One drive in pieces: how long they are, when new parameters act, what is promised of which segments, and that what
 * is said of a window is what was driven in it.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { completeConfig, type PartialConfig } from "../../src/config/config.js";
import type { Core } from "../../src/core/core.js";
import { SimLink } from "../../src/links/kinds/sim.js";
import type { DriveResult, Link } from "../../src/links/link.js";
import { readRecording } from "../../src/recording/reader.js";
import type { UpdateRule } from "../../src/rules/definition.js";
import gaussNewton from "../../src/rules/gauss-newton.js";
import { estimateGradient } from "../../src/rules/gradient.js";
import { type RuleName, updateRules } from "../../src/rules/rules.js";
import { initialisePolicy } from "../../src/session.js";
import { algorithm1 } from "../../src/training/algorithm1.js";
import { collectorFor, pieceAfter } from "../../src/training/collect.js";
import type { DriveEvent } from "../../src/training/rollout-source.js";
import { trainingFor } from "../../src/training/training.js";
import { fingerprint, newFolder, trainRun } from "../support/runs.js";

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

const LAP = 40;
/** Segments of the pieces of the first `laps` laps. */
function pieces(every: number, delay: number, laps = 2): number[] {
  const found: number[] = [];
  for (let driven = 0; driven < laps * LAP; driven += found.at(-1) as number)
    found.push(pieceAfter(driven, every, LAP, delay));
  return found;
}
const times = (count: number, ...values: number[]) => Array.from({ length: count }, () => values).flat();

test("pieces: 4 segments at least, then as asked for; what is left ends a lap", () => {
  expect(pieces(3, 1)).toEqual([4, ...times(12, 3), ...times(12, 3), 4]);
  expect(pieces(1, 0)).toEqual([4, ...times(34, 1), 2, ...times(38, 1), 2]);
  expect(pieces(2, 1)).toEqual([4, ...times(38, 2)]);
  expect(pieces(7, 1)).toEqual([...times(5, 7), 5, ...times(5, 7), 5]);
  expect(pieces(13, 1)).toEqual([13, 13, 14, 13, 13, 14]);
  expect(pieces(40, 1)).toEqual([40, 40]);
  expect(pieces(60, 1)).toEqual([40, 40]); // no piece crosses a lap's end
});

test("no piece is as short as new parameters are late", () => {
  expect(pieces(7, 5)).toEqual([7, 7, 7, 7, 12, 7, 7, 7, 7, 12]);
  expect(pieces(12, 10)).toEqual([12, 12, 16, 12, 12, 16]);
  for (let every = 1; every <= LAP; every++)
    for (let delay = 0; delay < every; delay++)
      for (const length of pieces(every, delay)) expect(length).toBeGreaterThan(delay);
});

/** Adds to every parameter, in the first `most` updates. */
const adds = (most: number): UpdateRule => ({
  name: "no file",
  learningRate: 1,
  needs: {},
  colour: "purple",
  expects: [],
  regions: [],
  start: (learningRate) => ({ learningRate, numbers: { turn: 0 }, arrays: {} }),
  outlook: () => ({}),
  estimate: estimateGradient,
  update: (core, _batch, { numbers }) => {
    if (numbers.turn++ >= most) return;
    const theta = core.view("parameters");
    for (let i = 0; i < theta.length; i++) theta[i] += 0.01;
  },
});
const table = updateRules as Record<string, UpdateRule>;

/** What the network said in the first two laps, with a policy that changes in the first `most` updates. */
async function outputsOf(most: number, given: PartialConfig): Promise<{ outputs: Float64Array; columns: number }> {
  table["no file"] = adds(most);
  const config = completeConfig({ hidden: [4], update: "no file" as RuleName, plant: "identified", ...given });
  const training = await trainingFor(config);
  initialisePolicy(training.core, config.seed);
  const outputs: number[] = [];
  for await (const event of algorithm1(training, new SimLink(), 0, 2))
    if (event.kind === "rollout") outputs.push(...event.recording.outputs);
  return { outputs: Float64Array.from(outputs), columns: outputs.length / (2 * LAP) };
}

test.each([
  ["3", 0, [4, 7, 10, 13]],
  ["3", 1, [5, 8, 11, 14]],
  ["3", 2, [6, 9, 12, 15]],
  ["3", 10, [6, 9, 12, 15]],
  ["8", 5, [13, 21, 29, 37]],
  ["lap", 1, [41]],
  ["lap", 3, [43]],
])("every %s, update-delay %d: new parameters act in segments %p, and not before", async (every, delay, acts) => {
  const given: PartialConfig = { "update-every": every, "update-delay": delay };
  let before = await outputsOf(0, given);
  for (const [updates, segment] of acts.entries()) {
    const after = await outputsOf(updates + 1, given);
    const first = after.outputs.findIndex((value, i) => value !== before.outputs[i]);
    expect(Math.floor(first / after.columns)).toBe(segment);
    before = after;
  }
});

/** Slows down with its first update. */
const slows: UpdateRule = {
  ...adds(1),
  update: (core, _batch, { numbers }) => {
    if (numbers.turn++ === 0) core.setPace(0.9);
  },
};

test.each([
  ["3", 0, 4],
  ["3", 1, 5],
  ["8", 5, 13],
  ["lap", 3, 43],
])("every %s, update-delay %d: a new pace acts in segment %d, in a resumed run too", async (every, delay, acts) => {
  const given: PartialConfig = {
    hidden: [4],
    update: "adam",
    "update-every": every,
    "update-delay": delay,
    rollouts: 2,
    "stop-factor": 1e6,
  };
  const [whole, resumed] = [1, 2].map((i) => join(folder, `${every}-${delay}-${i}`));
  const { adam } = table;
  table.adam = slows; // under a name that a configuration may have
  await trainRun({ given, out: whole });
  await trainRun({ given, out: resumed }, 1);
  await trainRun({ given: {}, resume: resumed });
  table.adam = adam;
  expect(await fingerprint(resumed)).toStrictEqual(await fingerprint(whole));
  const laps = await Promise.all([1, 2].map((i) => readRecording(join(whole, "rollouts", `000${i}.mcap`))));
  const paces = laps.flatMap(({ paces, times }) => (paces.length > 0 ? [...paces] : [...times].map(() => 1)));
  expect(paces.findIndex((pace) => pace < 1)).toBe(7 * acts);
});

/** Counts the segments that it is asked for. */
class Counting extends SimLink {
  readonly segments: number[] = [];
  override drive(core: Core, index: number, segments: number): Promise<DriveResult> {
    this.segments.push(segments);
    return super.drive(core, index, segments);
  }
  override driveOn(core: Core, index: number, segments: number, previous: number, kept: number): Promise<DriveResult> {
    this.segments.push(segments);
    return super.driveOn(core, index, segments, previous, kept);
  }
}

test("a robot drives a piece in one: there parameters act when they are ready", async () => {
  const driven = async (link: "sim" | "serial") => {
    const config = completeConfig({ hidden: [4], link, "update-every": "3" });
    const { core } = await trainingFor({ ...config, link: "sim" });
    const collector = collectorFor(config);
    const counting = new Counting();
    for (let i = 0; i < 3; i++) await collector.drive(core, counting as Link, 0);
    return counting.segments;
  };
  expect(await driven("sim")).toEqual([4, 1, 2, 1, 2]);
  expect(await driven("serial")).toEqual([4, 3, 3]);
});

/** A piece that was driven, its cost, and what the rule expected when it had learned from it. */
interface Expectation {
  readonly drive: DriveEvent;
  readonly cost: number;
  /** a window is over with it */
  readonly isJudged: boolean;
  /** cost of the next piece, and of the segments of the window that is being driven, or begins */
  readonly expected: number;
  readonly window: Float64Array;
  readonly state: ReturnType<typeof gaussNewton.start>;
}

/** The pieces of the first laps of the car. */
async function expectations(given: PartialConfig, laps: number) {
  const config = completeConfig({ hidden: [8], plant: "identified", ...given });
  const training = await trainingFor(config);
  initialisePolicy(training.core, config.seed);
  const { collector } = training;
  const found: Expectation[] = [];
  let drive: DriveEvent | undefined;
  for await (const event of algorithm1(training, new SimLink(), 0, laps)) {
    if (event.kind === "piece" || event.kind === "rollout") drive = event;
    if (event.kind !== "estimate" || !drive) continue;
    const state = structuredClone(training.ruleState as ReturnType<typeof gaussNewton.start>);
    const { isJudged } = collector.batch(1);
    const { expected } = state.numbers;
    found.push({ drive, cost: event.loss, isJudged, expected, window: state.arrays.expectedWindow, state });
  }
  return found;
}

test("windows: ten segments at least, and the rest of a lap; without those in which old parameters drive", async () => {
  const found = await expectations({}, 2);
  // segments of the window so far that count, and of what the next window was expected
  const four = [2, 5, 8, 11];
  expect(found.map(({ drive }) => drive.inWindow)).toEqual([4, 7, 10, ...four, ...four, 2, 5, ...times(3, ...four), 3]);
  const ends = [2, 6, 10, 12, 16, 20, 24, 25];
  expect(found.flatMap(({ isJudged }, i) => (isJudged ? [i] : []))).toEqual(ends);
  expect(ends.map((i) => found[i].window.length)).toEqual([11, 11, 5, 11, 11, 11, 3, 11]);
  for (const [i, { drive, window }] of found.entries()) {
    const first = drive.counted - drive.from;
    expect(first).toBe(i > 0 && drive.inWindow <= 3 ? 1 : 0);
    // what was expected of a window stands until the next begins
    if (i > 0 && !ends.includes(i)) expect(window).toEqual(found[i - 1].window);
  }
});

test("what is expected of a window's segments adds up to what is expected of its first piece", async () => {
  const found = await expectations({}, 2);
  for (const i of [2, 6, 10, 12, 16, 20, 25]) {
    const [first, second] = found[i].window;
    expect(first + second).toBeCloseTo(found[i].expected, 12);
    expect(gaussNewton.expectedCost(found[i].state, 2)).toBeCloseTo(found[i].expected, 12);
    expect(gaussNewton.expectedCost(found[i].state, 99)).toBeCloseTo(
      found[i].window.reduce((sum, cost) => sum + cost, 0),
      12,
    );
  }
});

test("a policy that rests costs what was expected of it, from where new parameters would act", async () => {
  const given: PartialConfig = { plant: "nominal", model: "nominal", "model-fit": false, "least-pace": 1 };
  const found = await expectations({ ...given, "update-every": "10", "learning-rate": 1e-9 }, 3);
  expect(found).toHaveLength(12);
  // what the model does not explain is known after a lap; measured: 1.6 %
  for (let i = 5; i < found.length; i++) {
    expect(found[i].drive.inWindow).toBe(9);
    expect(found[i].cost).toBeGreaterThan(3);
    expect(Math.abs(found[i].cost / found[i - 1].expected - 1)).toBeLessThan(0.02);
  }
});
