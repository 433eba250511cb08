/** updates.jsonl, and which checkpoints stay: of a whole run, of one that was stopped or killed, and of a robot. */
import { appendFile, cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { checkpointPath, listCheckpoints, readCheckpoint, writeCheckpoint } from "../../src/checkpoint/checkpoint.js";
import type { PartialConfig } from "../../src/config/config.js";
import { openPolicy } from "../../src/policy-file.js";
import { thinCheckpoints } from "../../src/training/checkpoints.js";
import { truncateUpdates } from "../../src/training/updates-file.js";
import { fingerprint, metricsOf, newFolder, SMALL, trainRun } from "../support/runs.js";

interface UpdateRow {
  readonly [name: string]: number;
}

async function linesIn(run: string, name = "updates.jsonl"): Promise<UpdateRow[]> {
  const text = await readFile(join(run, name), "utf8");
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as UpdateRow);
}

/** Segments with which the pieces of a lap of 40 end: three each, but four at the beginning of the drive. */
const FIRST_LAP = [4, 7, 10, 13, 16, 19, 22, 25, 28, 31, 34, 37, 40];
const LATER_LAP = [3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 33, 36, 40];
const LAPS = 21;
const GIVEN: PartialConfig = { plant: "identified", hidden: [4] };

let folder: string;
let whole: string;
beforeAll(async () => {
  folder = await newFolder();
  whole = join(folder, "whole");
  await trainRun({ given: GIVEN, laps: LAPS, out: whole });
});
afterAll(() => rm(folder, { recursive: true }));

describe("the lines of a run in laps", () => {
  test("are one for every update, with where it ended since standstill", async () => {
    const lines = await linesIn(whole);
    const ends = [...FIRST_LAP, ...LATER_LAP.map((end) => 40 + end)];
    expect(lines.slice(0, ends.length).map(({ segment }) => segment)).toStrictEqual(ends);
    expect(lines.map(({ update }) => update)).toStrictEqual(lines.map((_, i) => i + 1));
    expect(lines.at(-1)).toMatchObject({ lap: LAPS, segment: 40 * LAPS });
    for (const { segment, seconds } of lines) expect(seconds).toBeCloseTo(0.14 * segment, 6);
  });

  test("sum up to the laps' costs, and expect about what is then driven", async () => {
    const metrics = await metricsOf(whole);
    const lines = await linesIn(whole);
    for (const { index, cost } of metrics) {
      const ofLap = lines.filter(({ lap }) => lap === index);
      const before = (i: number) => (ofLap[i - 1]?.segment ?? 40 * (index - 1)) as number;
      const sum = ofLap.reduce((total, { meanCost, segment }, i) => total + meanCost * 7 * (segment - before(i)), 0);
      expect(sum).toBeCloseTo(cost, 9);
      expect(metrics[index - 1]).not.toHaveProperty("predictedCost");
    }
    expect(lines[0]).not.toHaveProperty("expectedCost");
    const ratios = lines.slice(1).map(({ windowCost, expectedCost }) => windowCost / expectedCost);
    const within = ratios.filter((ratio) => ratio > 0.5 && ratio < 2).length;
    expect(within / ratios.length).toBeGreaterThan(0.7);
  });
});

test("a run that was stopped has the same lines, checkpoints and all else, however it was stopped", async () => {
  const run = join(folder, "resumed");
  await trainRun({ given: GIVEN, laps: LAPS, out: run }, 12);
  // killed in the lap after: its metrics and a cut line of its updates are there, and a checkpoint that was removed
  const twelve = await linesIn(run);
  await appendFile(join(run, "metrics.jsonl"), (await readFile(join(whole, "metrics.jsonl"), "utf8")).split("\n")[12]);
  await appendFile(join(run, "updates.jsonl"), `{"update":${twelve.length + 1},"lap":13}\n{"update":${twelve.length}`);
  await cp(checkpointPath(run, 0), checkpointPath(run, 1));
  await writeCheckpoint(checkpointPath(run, 1), { ...(await readCheckpoint(checkpointPath(run, 0))), rollouts: 1 });
  await trainRun({ given: {}, laps: LAPS, resume: run }, 20);
  await trainRun({ given: {}, resume: run });
  expect(await fingerprint(run)).toStrictEqual(await fingerprint(whole));
});

test("of a robot the lines of a lap that was stopped are kept elsewhere, once", async () => {
  const run = join(folder, "robot");
  await cp(whole, run, { recursive: true });
  const lines = await linesIn(run);
  const until = lines.filter(({ lap }) => lap < LAPS).length;
  for (let times = 0; times < 2; times++) {
    await cp(join(whole, "updates.jsonl"), join(run, "updates.jsonl"));
    await truncateUpdates(run, until, true);
    expect(await linesIn(run)).toStrictEqual(lines.slice(0, until));
    expect(await linesIn(run, "stopped-updates.jsonl")).toStrictEqual(lines.slice(until));
  }
});

test("a line that is not the next update is refused, with its number and a remedy", async () => {
  const run = join(folder, "edited");
  await cp(whole, run, { recursive: true });
  const text = (await readFile(join(run, "updates.jsonl"), "utf8")).split("\n");
  await writeFile(join(run, "updates.jsonl"), [...text.slice(0, 4), ...text.slice(5)].join("\n"));
  await expect(truncateUpdates(run, 9, false)).rejects.toThrow(
    "updates.jsonl, line 5 is not the update after the one before: put the line back, or remove the file",
  );
  await rm(join(run, "updates.jsonl")); // a run of an older version
  await truncateUpdates(run, 9, false);
  expect(await linesIn(run)).toStrictEqual([]);
});

test("separate rollouts have a line per batch, with what was promised for it", async () => {
  const run = join(folder, "rollouts");
  await trainRun({ given: { ...SMALL, rollouts: 4, batch: 2, update: "adam" }, out: run });
  const metrics = await metricsOf(run);
  const lines = await linesIn(run);
  expect(lines.map(({ rollout, segment }) => [rollout, segment])).toStrictEqual([
    [2, 40],
    [4, 80],
  ]);
  const mean = (a: number, b: number) => (metrics[a].windowCost + metrics[b].windowCost) / 2;
  expect(lines.map(({ windowCost }) => windowCost)).toStrictEqual([mean(0, 1), mean(2, 3)]);
});

describe("checkpoints", () => {
  test("the last ten, every tenth and the best stay, one per lap", async () => {
    const best = (await metricsOf(whole)).reduce((a, b) => (b.windowCost < a.windowCost ? b : a)).index - 1;
    const numbers = await listCheckpoints(whole);
    const newest = Array.from({ length: 10 }, (_, i) => LAPS - 9 + i);
    expect(numbers.filter((number) => number > LAPS - 10)).toStrictEqual(newest);
    expect(numbers).toEqual(expect.arrayContaining([0, 10, best]));
    expect((await readCheckpoint(checkpointPath(whole, 10))).rollouts).toBe(10);
    const policy = await openPolicy(whole, "best");
    expect(policy.updates).toBe((await readCheckpoint(checkpointPath(whole, best))).updates);
    const others = numbers.filter((number) => number < LAPS - 9 && number % 10 > 0 && number !== best);
    const named = await Promise.all(newest.map((number) => readCheckpoint(checkpointPath(whole, number))));
    for (const number of others) expect(named.map((one) => one.best.rollout - 1)).toContain(number);
  });

  test("what the newest ones but the last call the best stays too: the last may be damaged", async () => {
    const run = join(folder, "damaged");
    await cp(whole, run, { recursive: true });
    const sample = await readCheckpoint(checkpointPath(run, LAPS));
    for (const number of [3, 7, 12])
      await writeCheckpoint(checkpointPath(run, number), { ...sample, rollouts: number });
    const calling = (number: number, rollout: number) =>
      writeCheckpoint(checkpointPath(run, number), { ...sample, rollouts: number, best: { ...sample.best, rollout } });
    for (let number = LAPS - 9; number <= LAPS; number++) await calling(number, number === LAPS ? LAPS : 8);
    await thinCheckpoints(run, LAPS);
    const old = (await listCheckpoints(run)).filter((number) => number < LAPS - 9);
    expect(old).toStrictEqual([0, 7, 10]);
    await writeFile(checkpointPath(run, LAPS), "");
    expect((await openPolicy(run, "best")).updates).toBe(sample.updates);
  });

  test("none is removed while one of the newest cannot be read", async () => {
    const run = join(folder, "unread");
    await cp(whole, run, { recursive: true });
    const sample = await readCheckpoint(checkpointPath(run, 10));
    await writeCheckpoint(checkpointPath(run, 4), { ...sample, rollouts: 4 });
    await writeFile(checkpointPath(run, LAPS), "cut");
    await thinCheckpoints(run, LAPS);
    expect(await listCheckpoints(run)).toContain(4);
  });
});
