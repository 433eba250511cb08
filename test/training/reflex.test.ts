/** The reflex in a training whose plant does not change, and turned off; where grip is lost: change.test.ts. */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { completeConfig } from "../../src/config/config.js";
import { firingCount } from "../../src/core/firings.js";
import { trainingInMemory } from "../../src/training/in-memory.js";
import { newFolder, trainRun } from "../support/runs.js";

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

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
