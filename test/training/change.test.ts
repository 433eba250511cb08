/** A change of the world: what is one and what is not, what is forgotten then, and what is driven. */
import { cp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type Checkpoint, readCheckpoint, writeCheckpoint } from "../../src/checkpoint/checkpoint.js";
import { completeConfig, type PartialConfig } from "../../src/config/config.js";
import { SimLink } from "../../src/links/kinds/sim.js";
import { readRecording } from "../../src/recording/reader.js";
import { initialisePolicy } from "../../src/session.js";
import { algorithm1 } from "../../src/training/algorithm1.js";
import { forgetful, judgeWindow, type Window, whereGrown } from "../../src/training/change.js";
import { trainingFor } from "../../src/training/training.js";
import {
  checkpointAfter,
  fingerprint,
  metricsOf,
  newFolder,
  PIECES,
  trainedWhereGripIsLost,
  trainRun,
} from "../support/runs.js";

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

/** A window as those before it, and what is different in it. */
const usual: Window = { cost: 1, expected: 1, error: 0.06, fitted: 0.06, fired: false, isWhole: true, quarters: 1 };
const verdicts = (...windows: Partial<Window>[]) => {
  const memory = forgetful();
  return windows.map((window) => judgeWindow(memory, { ...usual, ...window }));
};
const settled = Array.from({ length: 7 }, () => ({}));

test("a window that costs more and is not what the model expects is a change, each alone is none", () => {
  const cost = 3.5;
  const error = 0.3;
  expect(verdicts(...settled, { cost, error }).at(-1)).toBe("changed");
  expect(verdicts(...settled, { cost }).at(-1)).toBe("same");
  expect(verdicts(...settled, { error }).at(-1)).toBe("same");
  expect(verdicts(...settled, { cost: 2.5, error }).at(-1)).toBe("same");
  expect(verdicts(...settled, { cost, error: 0.2 }).at(-1)).toBe("same");
  expect(verdicts(...settled, { cost: 2.5, error, fired: true }).at(-1)).toBe("changed");
  expect(verdicts(...settled, { cost: 1.4, error, fired: true }).at(-1)).toBe("same");
});

test("a window that has only begun must be further outside, teaches nothing, and its end is judged for itself", () => {
  const begun = { isWhole: false, cost: 4.5, error: 0.3 };
  expect(verdicts(...settled, {}, begun).at(-1)).toBe("changed");
  expect(verdicts(...settled, {}, { ...begun, cost: 3.5 }).at(-1)).toBe("same");
  expect(verdicts(...settled, {}, { ...begun, error: 0.25 }).at(-1)).toBe("same");
  expect(verdicts(...settled, {}, { ...begun, cost: 3.5, isWhole: true }).at(-1)).toBe("changed");
  const memory = forgetful();
  for (const window of [...settled, {}]) judgeWindow(memory, { ...usual, ...window });
  const before = { ...memory };
  judgeWindow(memory, { ...usual, ...begun, cost: 3.9, fired: false });
  expect(memory).toEqual(before);
  expect(before).toEqual({ windows: 8, costs: 1, errors: 1, fired: 0 });
});

test("the first seven windows, and those of which nothing was expected, are not judged", () => {
  const odd = { cost: 9, error: 0.9 };
  expect(verdicts(odd, odd, odd)).toEqual(["same", "same", "same"]);
  expect(new Set(verdicts(...settled, { ...odd, isWhole: false }))).toEqual(new Set(["same"]));
  expect(verdicts(...settled, { ...odd, expected: undefined }).at(-1)).toBe("same");
  expect(verdicts(...settled, { ...odd, fitted: Number.NaN }).at(-1)).toBe("same");
  const again = [...settled.map(() => "same"), "changed"];
  expect(verdicts(...Array.from({ length: 16 }, () => odd))).toEqual([...again, ...again]);
  const rollout = { ...odd, quarters: 4 }; // a lap is two windows of its own kind before
  expect(verdicts(rollout, rollout)).toEqual(["same", "changed"]);
});

test("windows that scatter raise what is too far, for a while", () => {
  const restless = { cost: 3.5, error: 0.1 };
  const far = { cost: 4, error: 0.3 };
  expect(verdicts(...settled, restless, far).at(-1)).toBe("same");
  expect(verdicts(...settled, restless, {}, {}, {}, {}, {}, far).at(-1)).toBe("changed");
});

test("a firing is judged by its window and a lap of them, then it was nothing", () => {
  const fired = { fired: true };
  const dismissed = ["same", "same", "same", "dismissed"];
  expect(verdicts(...settled, fired, {}, {}, {}, {}).slice(8)).toEqual(dismissed);
  expect(verdicts(...settled, fired, fired, {}, {}, {}, {}).slice(9)).toEqual(dismissed);
  const worse = { cost: 2, error: 0.2 };
  expect(verdicts(...settled, fired, worse).at(-1)).toBe("changed");
  expect(verdicts(...settled, fired, {}, {}, {}, worse).at(-1)).toBe("changed");
  expect(verdicts(...settled, fired, {}, {}, {}, {}, worse).at(-1)).toBe("same");
});

test("where errors grew is found; not in the last quarter, which is too short to fit", () => {
  const at = (from: number) => Float64Array.from({ length: 100 }, (_, i) => (i >= from ? 3 : 1));
  expect(whereGrown(at(40), 1)).toBe(40);
  expect(whereGrown(at(0), 1)).toBe(0);
  expect(whereGrown(at(90), 1)).toBe(0);
});

/** A run that loses grip in its ninth lap, which was stopped in the midst of that, and as it is uninterrupted. */
let lost: Awaited<ReturnType<typeof trainedWhereGripIsLost>>;
beforeAll(async () => {
  lost = await trainedWhereGripIsLost(folder, 12, [9, 10]);
});

test("grip that is lost in a lap is noticed by the reflex, in metrics and recording", async () => {
  const { whole } = lost;
  const lines = await metricsOf(whole);
  for (const { noticed, slowSeconds } of lines.slice(0, 8)) expect([noticed, slowSeconds]).toEqual([[], 0]);
  const [{ noticed, slowSeconds }] = lines.slice(8);
  expect(noticed[0]).toMatch(
    /^reflex: it turned [12]\d % less than the fitted model expects; grip left 0\.[78]\d, pace 0\.8/,
  );
  expect(slowSeconds).toBeGreaterThan(4);

  const { events, paces, times } = await readRecording(join(whole, "rollouts", "0009.mcap"));
  expect(events.map(({ name, level, message }) => [name, level, message])).toEqual(
    noticed.map((text: string) => ["noticed", "warning", text]),
  );
  expect(times[paces.findIndex((pace) => pace < 0.94)]).toBeCloseTo(events[0].time, 9);
  const { arrays } = await readCheckpoint(checkpointAfter(whole, 9));
  // the learner, which saw the whole lap, has taken the pace over
  expect([arrays.reflex[0], arrays.pace[0] < 1]).toEqual([1, true]);
});

test("less grip: drives before forgotten, pace lowered, cost back; resumed in its midst", async () => {
  const { whole, resumed } = lost;
  expect(await fingerprint(resumed)).toStrictEqual(await fingerprint(whole));

  const lines = await metricsOf(whole);
  const noticed = lines.map((line) => line.noticed);
  expect(noticed.slice(0, 8).flat()).toEqual([]);
  expect(noticed[8].join()).toMatch(/the world changed: the window cost .* times what was expected.*rad\/s/);
  expect(noticed[8].join()).toMatch(/policy is driven on, at pace 0\.\d\d/);
  expect(lines[10].windowCost).toBeLessThan(0.15 * lines[8].windowCost);
  // grip as it is, not as it was: 7.7 m/s² times 0.8
  for (const line of lines.slice(9)) expect(1 / line.model.inverseGrip.value).toBeCloseTo(0.8 * 7.7, 1);
  const { recordings, optimiser } = await readCheckpoint(checkpointAfter(whole, 9));
  expect(recordings).toHaveLength(1);
  expect(optimiser["change.rollout"]).toBe(9);
});

test("resumed after the lap in which a change was noticed, while the fit is held to the model before", async () => {
  const { whole, resumed } = await trainedWhereGripIsLost(join(folder, "late"), 11, [9, 10], "seconds49.4");
  expect(await fingerprint(resumed)).toStrictEqual(await fingerprint(whole));

  const [before, noticed, after] = await Promise.all(
    [8, 9, 10].map((laps) => readCheckpoint(checkpointAfter(whole, laps))),
  );
  expect((await metricsOf(whole))[8].noticed.join()).toContain("the world changed");
  const heldTo = ({ optimiser }: Checkpoint) => Object.keys(optimiser).filter((name) => name.startsWith("before."));
  expect([before, noticed, after].map((checkpoint) => heldTo(checkpoint).length)).toEqual([0, 11, 0]);
  expect([before, noticed, after].map(({ optimiser }) => optimiser.fresh)).toEqual([0, 5, 1]);
  // the model before, as it was: 7.7 m/s²
  expect(1 / noticed.optimiser["before.inverseGrip"]).toBeCloseTo(7.7, 1);
  // without it a resumed run would go elsewhere
  const other = join(folder, "late", "other");
  await cp(whole, other, { recursive: true });
  for (const laps of [10, 11]) await rm(checkpointAfter(other, laps));
  const free = Object.entries(noticed.optimiser).filter(([name]) => !name.startsWith("before."));
  await writeCheckpoint(checkpointAfter(other, 9), { ...noticed, optimiser: Object.fromEntries(free) });
  await trainRun({ given: {}, resume: other });
  // the first update of the next lap, when less than a lap of the changed world is known
  const errorOf = async (run: string) => {
    const lines = (await readFile(join(run, "updates.jsonl"), "utf8")).trim().split("\n");
    return lines.map((line) => JSON.parse(line)).find(({ lap }) => lap === 10)["modelError.turnRate"];
  };
  const [held, unheld] = await Promise.all([whole, other].map(errorOf));
  expect(held).toBeGreaterThan(0);
  expect(Math.abs(unheld / held - 1)).toBeGreaterThan(1e-4);
});

test("a quadruped that turns less than it did: noticed, and walked on with", async () => {
  const out = join(folder, "quadruped");
  const given = { hidden: [8], rollouts: 12, "plant-change": ["turnGain=0.6@lap8"], "stop-factor": 1e6 };
  await trainRun({ given: { task: "quadruped-figure8", ...given }, out });
  const lines = (await readFile(join(out, "metrics.jsonl"), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const told = lines.map(
    ({ noticed }) => noticed.filter((text: string) => text.startsWith("the world changed")).length,
  );
  expect(told.flatMap((count, i) => (count > 0 ? [i] : []))).toEqual([8]);
  for (const line of lines.slice(9)) expect(line.model.turnGain.value).toBeCloseTo(0.6, 3);
  expect(lines[10].windowCost).toBeLessThan(0.1 * lines[8].windowCost);
});

test("where 40 % of the grip is lost the car does not hurry after its task, until the new world is known", async () => {
  const changes = { "plant-change": ["grip=0.6@lap5"], "stop-factor": 1e6 };
  const config = completeConfig({ plant: "single-track", hidden: [8], ...changes });
  const training = await trainingFor(config);
  initialisePolicy(training.core, config.seed);
  const limits: number[] = [];
  const costs: number[] = [];
  for await (const event of algorithm1(training, new SimLink(), 0, 9)) {
    if (event.kind === "update") limits.push(training.core.view("controllerParameters")[0]);
    if (event.kind === "rollout") costs.push(event.windowCost);
  }
  const limited = limits.flatMap((limit, i) => (limit < 0.75 ? [i] : []));
  // from a piece of the sixth lap on, without a gap, for the six windows in which the world is new
  expect(limited[0]).toBeGreaterThanOrEqual(5 * 13);
  expect(limited.at(-1)).toBe(limited[0] + limited.length - 1);
  expect(limited.length).toBeGreaterThan(12);
  expect(limited.length).toBeLessThan(24);
  expect(new Set(limits.slice(limited[0] + limited.length))).toEqual(new Set([0.75]));
  // a lap needed a throttle of .6, and the grip that is left gives three quarters of the speed
  for (const i of limited) expect(Math.abs(limits[i] - 0.45)).toBeLessThan(0.06);
  expect(costs[8]).toBeLessThan(0.3 * Math.max(...costs.slice(5, 7)));
});

/** A training whose pieces are watched as they are judged. */
async function watched(given: PartialConfig, laps: number) {
  const config = completeConfig({ hidden: [8], plant: "identified", reflex: false, "least-pace": 1, ...given });
  const training = await trainingFor(config);
  initialisePolicy(training.core, config.seed);
  const { modelFitter, ruleState } = training;
  const notice = modelFitter.notice.bind(modelFitter);
  const seen: Seen[] = [];
  modelFitter.notice = (core, piece, batch) => {
    const fitted = modelFitter.numbers()["modelError.turnRate"];
    const window = ruleState.arrays.expectedWindow.slice();
    const noticed = notice(core, piece, batch);
    seen.push({ ...piece, ...batch, fitted, window, text: noticed?.text, step: noticed?.step });
    return noticed;
  };
  for await (const _ of algorithm1(training, new SimLink(), 0, laps));
  return { seen, training };
}

/** What is judged of a piece: its cost, what was expected of its window so far, what the fit before it left. */
interface Seen {
  readonly cost: number;
  readonly expected: number | undefined;
  readonly isJudged: boolean;
  readonly fitted: number;
  readonly window: Float64Array;
  readonly text: string | undefined;
  readonly step: number | undefined;
}

test("a begun window is judged by what was expected of its first segments, by the fit before it", async () => {
  const { seen, training } = await watched({ "plant-change": ["grip=0.7@seconds47.1"] }, 9);
  const at = seen.findIndex(({ text }) => text !== undefined);
  expect(seen.filter(({ text }) => text !== undefined)).toHaveLength(1);
  expect(Math.floor(at / PIECES)).toBe(8); // in the ninth lap
  expect(seen[at].isJudged).toBe(false); // before its window was over
  const begins = seen.slice(0, at).findLastIndex(({ isJudged }) => isJudged) + 1;
  const pieces = seen.slice(begins, at + 1);
  expect(pieces.length).toBeGreaterThan(1);
  const sum = (values: Iterable<number>) => [...values].reduce((a, b) => a + b, 0);
  for (const [i, { expected, window }] of pieces.entries()) {
    expect(window).toEqual(pieces[0].window);
    expect(expected).toBeCloseTo(sum(window.subarray(0, 2 + 3 * i)), 12);
  }
  const times = sum(pieces.map(({ cost }) => cost)) / (seen[at].expected as number);
  const [, said, left] = /cost ([\d.e+]+) times .* its fit left ([\d.]+);/.exec(seen[at].text as string) ?? [];
  expect(said).toBe(times.toPrecision(2));
  expect(left).toBe(pieces[0].fitted.toPrecision(2));
  // the fits within the window have seen some of the change
  expect(seen[at].fitted).toBeGreaterThan(1.05 * pieces[0].fitted);
  // where it changed in the lap: 47.1 s less the eight laps before it, in steps of 20 ms
  expect(Math.abs((seen[at].step as number) - (47.1 - 8 * 5.6) / 0.02)).toBeLessThan(10);
  expect(training.modelFitter.recordings).toHaveLength(1);
});

test("while the world is new the pace does not rise before the cost falls", async () => {
  const config = completeConfig({ plant: "single-track", seed: 70000, "plant-change": ["grip=0.6@lap4"] });
  const training = await trainingFor(config);
  const { core, ruleState } = training;
  initialisePolicy(core, config.seed);
  const seen: { cost: number; pace: number; fresh: number }[] = [];
  for await (const event of algorithm1(training, new SimLink(), 0, 6))
    if (event.kind === "piece" || event.kind === "rollout")
      seen.push({ cost: core.windowCost(event.slot), pace: core.pace, fresh: ruleState.numbers.fresh });
  const rises = seen.filter(({ pace }, i) => i > 0 && pace > seen[i - 1].pace);
  expect(rises.length).toBeGreaterThan(0);
  for (const [i, { fresh }] of seen.entries()) {
    const [earlier, last] = [seen[i - 2], seen[i - 1]];
    if (fresh > 0 && earlier?.fresh > 0 && last.cost > earlier.cost)
      expect(seen[i].pace).toBeLessThanOrEqual(last.pace);
  }
});
