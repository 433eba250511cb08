/**
 * The training loop: the same seed gives the same bits, it learns, and it goes on after any stop as if there had been
 * none.
 */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { checkpointPath, readCheckpoint, writeCheckpoint } from "../../src/checkpoint/checkpoint.js";
import type { PartialConfig } from "../../src/config/config.js";
import { checkpointNamed } from "../../src/policy-file.js";
import { bestOf } from "../../src/training/metrics.js";
import { fingerprint, metricsOf, newFolder, PIECES, SMALL, trainRun } from "../support/runs.js";

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

let count = 0;
/** Trains a new run until rollout `until` and says where it is. */
async function trained(given: PartialConfig, until?: number): Promise<string> {
  const run = join(folder, `run-${++count}`);
  await trainRun({ given, out: run }, until);
  return run;
}

test("the same seed gives the same files, bit for bit; another seed other weights and starts", async () => {
  const runs = [await trained(SMALL), await trained(SMALL), await trained({ ...SMALL, seed: 2 })];
  const [first, again, other] = await Promise.all(runs.map(fingerprint));
  // config.yaml, metrics.jsonl, updates.jsonl, 7 checkpoints, 6 recordings
  expect(Object.keys(first ?? {})).toHaveLength(16);
  expect(again).toStrictEqual(first);
  expect(Object.keys(other ?? {})).toStrictEqual(Object.keys(first ?? {}));
  for (const [name, hash] of Object.entries(other ?? {})) expect(hash).not.toBe(first?.[name]);
});

describe("learns with the defaults: the best of 10 rollouts costs less than a third of the first", () => {
  // measured on seeds 1 to 10: 0.08 to 0.15 of it with Adam, 0.11 to 0.26 with SGD
  const cases = (["adam", "sgd"] as const).flatMap((update) => [1, 2, 3].map((seed) => [update, seed] as const));
  test.each(cases)("%s, seed %d", async (update, seed) => {
    const metrics = await metricsOf(await trained({ update, seed, rollouts: 10 }));
    const costs = metrics.map(({ windowCost }) => windowCost);
    expect(metrics).toHaveLength(10);
    expect(Math.min(...costs)).toBeLessThan((costs[0] ?? 0) / 3);
    expect(bestOf(metrics)?.windowCost).toBe(Math.min(...costs));
    // it drives closer to the track and keeps up with it
    expect(metrics.at(-1)?.rmsRadialError).toBeLessThan(0.6 * (metrics[0]?.rmsRadialError ?? 0));
    expect(metrics.at(-1)?.meanSpeed).toBeGreaterThan(metrics[0]?.meanSpeed ?? 0);
  });
});

test("a batch of three is one update; the last one takes what is left", async () => {
  const run = await trained({ ...SMALL, rollouts: 7, batch: 3 });
  const metrics = await metricsOf(run);
  expect(metrics.map(({ index }) => index)).toStrictEqual([1, 2, 3, 4, 5, 6, 7]);
  const files = Object.keys(await fingerprint(run));
  expect(files.filter((name) => name.endsWith(".ckpt"))).toHaveLength(4);
  expect(files.filter((name) => name.endsWith(".mcap"))).toHaveLength(7);
  const last = await readCheckpoint(checkpointPath(run, 3));
  expect([last.updates, last.rollouts]).toStrictEqual([3, 7]);
  expect(last.best.windowCost).toBe(Math.min(...metrics.map(({ windowCost }) => windowCost)));
  // the rollouts of a batch are driven by the same policy from different starts
  const single = await metricsOf(await trained({ ...SMALL, rollouts: 1 }));
  expect(metrics[0]).toStrictEqual(single[0]);
  expect(metrics[1]?.windowCost).not.toBe(metrics[0]?.windowCost);
});

describe("stopped after any rollout and resumed, a run ends as the uninterrupted one, bit for bit", () => {
  const cases: [string, PartialConfig][] = [
    ["adam", { update: "adam" }],
    ["sgd", { update: "sgd" }],
    ["adam, batch 2", { update: "adam", batch: 2 }],
    ["gauss-newton", { update: "gauss-newton" }],
    ["gauss-newton, batch 2, no fit", { update: "gauss-newton", batch: 2, "model-fit": false }],
    [
      "gauss-newton, one drive with delay, noise and jitter",
      {
        update: "gauss-newton",
        "update-every": "30",
        plant: "single-track",
        "plant-noise": [0.002],
        "control-jitter": 4e-5,
        "network-jitter": 0.005,
      },
    ],
    ["adam, one drive", { update: "adam", "update-every": "25" }],
    [
      "gauss-newton, one drive, in the middle of a change",
      {
        update: "gauss-newton",
        "update-every": "30",
        plant: "single-track",
        "plant-change": ["grip=1..0.8@seconds6..20", "throttle=0.9@place:1,0,1"],
      },
    ],
    ["adam, in the middle of a change", { update: "adam", "plant-change": ["throttle=1..0.8@seconds3..10"] }],
  ];
  test.each(cases)("%s", async (_, change) => {
    const given = { ...SMALL, ...change };
    const whole = await fingerprint(await trained(given));
    for (let until = 1; until <= 4; until++) {
      const run = await trained(given, until);
      expect(await fingerprint(run)).not.toStrictEqual(whole);
      await trainRun({ given: {}, resume: run });
      expect(await fingerprint(run)).toStrictEqual(whole);
    }
  });

  test("stopped and resumed after every rollout", async () => {
    const whole = await fingerprint(await trained(SMALL));
    const run = await trained(SMALL, 1);
    for (let until = 2; until <= 6; until++) await trainRun({ given: {}, resume: run }, until);
    expect(await fingerprint(run)).toStrictEqual(whole);
  });

  test("more rollouts asked for later", async () => {
    const whole = await trained(SMALL);
    const run = await trained({ ...SMALL, rollouts: 2 });
    await trainRun({ given: { rollouts: 6 }, resume: run });
    expect(await fingerprint(run)).toStrictEqual(await fingerprint(whole));
  });
});

test("the best of laps in pieces names the checkpoint that it began with, which can be driven", async () => {
  const run = await trained({ hidden: [8], plant: "identified", rollouts: 4 });
  const costs = (await metricsOf(run)).map(({ windowCost }) => windowCost);
  const { best } = await checkpointNamed(run, "last");
  expect(best.windowCost).toBe(Math.min(...costs));
  expect(best.rollout).toBe(costs.indexOf(best.windowCost) + 1);
  expect(best.updates).toBe(PIECES * (best.rollout - 1));
  expect((await checkpointNamed(run, "best")).rollouts).toBe(best.rollout - 1);
});

test("a change acts at its time in one drive and in separate rollouts, and nothing before it differs", async () => {
  const changed = { plant: "identified", "plant-change": ["throttle=0.8@seconds9"] };
  for (const [every, length, seconds] of [
    ["20", 5.6, [0, 5.6, 11.2]], // of one drive a rollout is a lap
    ["rollout", 2.8, [0, 2.8, 5.6, 8.4]],
  ] as const) {
    const given: PartialConfig = { ...SMALL, update: "adam", "update-every": every, rollouts: seconds.length };
    const [before, after] = [await trained({ ...given, plant: "identified" }), await trained({ ...given, ...changed })];
    const costs = (await metricsOf(before)).map(({ cost }) => cost);
    const changedMetrics = await metricsOf(after);
    for (const [i, { start }] of changedMetrics.entries()) expect(start).toBeCloseTo(seconds[i], 10);
    const same = seconds.filter((start) => start + length < 9).length;
    expect(changedMetrics.slice(0, same).map(({ cost }) => cost)).toEqual(costs.slice(0, same));
    expect(changedMetrics[same].cost).not.toBe(costs[same]);
  }
});

test("what a checkpoint holds beside the weights matters: without it a resumed run would go elsewhere", async () => {
  const config = { ...SMALL, update: "adam" } as const;
  const whole = await trained(config);
  const end = await readCheckpoint(checkpointPath(whole, 6));
  const start = await readCheckpoint(checkpointPath(whole, 0));
  const middle = await readCheckpoint(checkpointPath(whole, 3));
  const zero = (name: string) => ({ [name]: middle.arrays[name]?.map(() => 0) ?? new Float64Array() });
  const changes = {
    random: { ...middle, arrays: { ...middle.arrays, random: start.arrays.random ?? new Float64Array() } },
    firstMoment: { ...middle, arrays: { ...middle.arrays, ...zero("firstMoment") } },
    secondMoment: { ...middle, arrays: { ...middle.arrays, ...zero("secondMoment") } },
    powers: { ...middle, optimiser: start.optimiser },
  };
  for (const changed of [middle, ...Object.values(changes)]) {
    const run = await trained(config, 3);
    await writeCheckpoint(checkpointPath(run, 3), changed);
    await trainRun({ given: {}, resume: run });
    const { arrays } = await readCheckpoint(checkpointPath(run, 6));
    const isSame = arrays.parameters?.every((value, i) => value === end.arrays.parameters?.[i]);
    expect(isSame).toBe(changed === middle);
  }
});

test("every cut of the last lines of metrics.jsonl is mended by driving again", async () => {
  const whole = await trained(SMALL);
  const wanted = await fingerprint(whole);
  const text = await readFile(join(whole, "metrics.jsonl"));
  for (const cut of [1, 2, 90, 200, 333, text.length - 1, text.length]) {
    await writeFile(join(whole, "metrics.jsonl"), text.subarray(0, text.length - cut));
    await trainRun({ given: {}, resume: whole });
    expect(await fingerprint(whole)).toStrictEqual(wanted);
  }
});

test("damaged checkpoints are passed over, and missing ones made again", async () => {
  const run = await trained(SMALL);
  const wanted = await fingerprint(run);
  await writeFile(checkpointPath(run, 6), (await readFile(checkpointPath(run, 6))).subarray(0, 700));
  await writeFile(checkpointPath(run, 5), "");
  await trainRun({ given: {}, resume: run });
  expect(await fingerprint(run)).toStrictEqual(wanted);
  for (let updates = 0; updates <= 6; updates++) await rm(checkpointPath(run, updates));
  await trainRun({ given: {}, resume: run });
  expect(await fingerprint(run)).toStrictEqual(wanted);
});
