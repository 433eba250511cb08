/** A change of the world: what is one and what is not, what is forgotten then, and what is driven. */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { readCheckpoint } from "../../src/checkpoint/checkpoint.js";
import { forgetful, judgeWindow, type Window, whereGrown } from "../../src/training/change.js";
import { fingerprint, metricsOf, newFolder, trainedWhereGripIsLost, trainRun } from "../support/runs.js";

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

/** A window as those before it, and what is different in it. */
const usual: Window = { cost: 1, expected: 1, error: 0.06, fitted: 0.06, fired: false, isWhole: true };
const verdicts = (...windows: Partial<Window>[]) => {
  const memory = forgetful();
  return windows.map((window) => judgeWindow(memory, { ...usual, ...window }));
};
const settled = [{}, {}];

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

test("the first two windows, and those of which nothing was expected, are not judged", () => {
  const odd = { cost: 9, error: 0.9 };
  expect(verdicts(odd, odd)).toEqual(["same", "same"]);
  expect(verdicts(...settled, { ...odd, expected: undefined }).at(-1)).toBe("same");
  expect(verdicts(...settled, { ...odd, fitted: Number.NaN }).at(-1)).toBe("same");
  expect(verdicts(...settled, odd, odd, odd, odd)).toEqual(["same", "same", "changed", "same", "same", "changed"]);
});

test("windows that scatter raise what is too far, for a while", () => {
  const restless = { cost: 3.5, error: 0.1 };
  const far = { cost: 4, error: 0.3 };
  expect(verdicts(...settled, restless, far).at(-1)).toBe("same");
  expect(verdicts(...settled, restless, {}, {}, {}, {}, {}, far).at(-1)).toBe("changed");
});

test("a firing is judged by its window and the next, then it was nothing", () => {
  expect(verdicts(...settled, { fired: true }, {})).toEqual(["same", "same", "same", "dismissed"]);
  expect(verdicts(...settled, { fired: true }, { fired: true }, {}).at(-1)).toBe("dismissed");
  expect(verdicts(...settled, { fired: true }, { cost: 2, error: 0.2 }).at(-1)).toBe("changed");
});

test("where errors grew is found; not in the last quarter, which is too short to fit", () => {
  const at = (from: number) => Float64Array.from({ length: 100 }, (_, i) => (i >= from ? 3 : 1));
  expect(whereGrown(at(40), 1)).toBe(40);
  expect(whereGrown(at(0), 1)).toBe(0);
  expect(whereGrown(at(90), 1)).toBe(0);
});

test("less grip: noticed, drives before forgotten, pace lowered, cost back; resumed in its midst", async () => {
  const { whole, resumed } = await trainedWhereGripIsLost(folder, 14, [9, 10]);
  expect(await fingerprint(resumed)).toStrictEqual(await fingerprint(whole));

  const lines = await metricsOf(whole);
  const noticed = lines.map((line) => line.noticed);
  expect(noticed.slice(0, 8).flat()).toEqual([]);
  expect(noticed[8].join()).toMatch(/the world changed: the window cost .* times what was expected.*rad\/s/);
  expect(noticed[9].join()).toMatch(/policy was driven on, improved in the model, at pace 0\.\d\d/);
  const [untrained] = lines;
  expect(lines[10].windowCost).toBeLessThan(0.15 * untrained.windowCost);
  expect(lines[13].windowCost).toBeLessThan(0.1 * untrained.windowCost);
  // grip as it is, not as it was: 7.7 m/s² times 0.8
  expect(1 / lines[13].model.inverseGrip.value).toBeCloseTo(0.8 * 7.7, 0);
  const { recordings, optimiser } = await readCheckpoint(join(whole, "checkpoints", "0009.ckpt"));
  expect(recordings).toHaveLength(1);
  expect(optimiser["change.rollout"]).toBe(9);
});

test("a quadruped that turns less than it did: noticed, and walked on with", async () => {
  const out = join(folder, "quadruped");
  const given = { hidden: [8], rollouts: 13, "plant-change": ["turnGain=0.6@lap10"], "stop-factor": 1e6 };
  await trainRun({ given: { task: "quadruped-figure8", ...given }, out });
  const lines = (await readFile(join(out, "metrics.jsonl"), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.flatMap(({ noticed }, i) => (noticed.length > 0 ? [i] : []))).toEqual([8, 9]);
  expect(lines[8].noticed[0]).toMatch(/^the world changed/);
  expect(lines[12].model.turnGain.value).toBeCloseTo(0.6, 2);
  expect(lines[12].windowCost).toBeLessThan(0.1 * lines[8].windowCost);
});
