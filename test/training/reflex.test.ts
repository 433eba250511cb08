/** The reflex in a training: noticed in metrics and recording, and gone on with after a stop in its midst. */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { readCheckpoint } from "../../src/checkpoint/checkpoint.js";
import { completeConfig } from "../../src/config/config.js";
import { firingCount } from "../../src/core/firings.js";
import { readRecording } from "../../src/recording/reader.js";
import { trainingInMemory } from "../../src/training/in-memory.js";
import {
  checkpointAfter,
  fingerprint,
  metricsOf,
  newFolder,
  trainedWhereGripIsLost,
  trainRun,
} from "../support/runs.js";

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

test("grip that is lost in a lap is noticed; a run resumed in the midst of it ends as uninterrupted", async () => {
  const { whole, resumed } = await trainedWhereGripIsLost(folder, 10, [9]);
  expect(await fingerprint(resumed)).toStrictEqual(await fingerprint(whole));

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

test.each([
  ["nominal", []],
  ["identified", []],
  ["single-track", []],
  ["identified", [0.005]],
  ["single-track", [0.005]],
])("where nothing changes it rests: %s, noise %p (all seeds: node scripts/reflex-study.mjs)", async (plant, noise) => {
  const { core, rollouts } = await trainingInMemory(completeConfig({ plant, seed: 4, "plant-noise": noise }));
  for await (const { index } of rollouts()) if (index === 8) break;
  expect(core.view("modelFitted")[0]).toBe(1);
  expect(core.view("reflex")[core.exports.Reflex.seen]).toBeGreaterThan(60);
  expect(firingCount(core)).toBe(0);
  expect(core.pace).toBe(core.askedPace);
  expect(core.pace).toBeGreaterThanOrEqual(0.95);
});

test("it can be turned off", async () => {
  const out = join(folder, "off");
  const given = { plant: "identified", hidden: [8], rollouts: 9, "plant-change": ["grip=0.8@lap8"], reflex: false };
  await trainRun({ given: { ...given, "update-every": "lap", "stop-factor": 1e6 }, out });
  const last = JSON.parse((await readFile(join(out, "metrics.jsonl"), "utf8")).trim().split("\n")[8]);
  expect(last.noticed.join()).not.toContain("reflex");
  expect(last.slowSeconds).toBe(0);
});
