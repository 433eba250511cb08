/** Training at another pace: resumed bit for bit, recorded at every step, replayed, and told of. */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import driveCommand from "../../src/cli/commands/drive.js";
import { completeConfig } from "../../src/config/config.js";
import { readRecording } from "../../src/recording/reader.js";
import { taskTimes } from "../../src/recording/recording.js";
import { collectorFor } from "../../src/training/collect.js";
import { replayRecordings } from "../../src/training/replay.js";
import { Captured, fingerprint, newFolder, trainRun } from "../support/runs.js";

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

test.each(["car-figure8", "quadruped-figure8"])(
  "%s at pace 0.8: resumed as uninterrupted; recorded, replayed",
  async (task) => {
    const given = { task, rollouts: 3, hidden: [6], pace: 0.8 };
    const [whole, resumed] = [join(folder, `${task}-whole`), join(folder, `${task}-resumed`)];
    await trainRun({ given, out: whole });
    await trainRun({ given, out: resumed }, 2);
    await trainRun({ given: {}, resume: resumed });
    expect(await fingerprint(resumed)).toStrictEqual(await fingerprint(whole));

    const path = join(whole, "rollouts", "0002.mcap");
    const recording = await readRecording(path);
    const steps = recording.times.length;
    expect(Array.from(recording.paces)).toEqual(Array.from({ length: steps }, () => 0.8));
    const times = taskTimes(recording);
    for (const [j, t] of recording.segmentStarts.entries()) expect(times[t]).toBeCloseTo(recording.segmentTimes[j], 9);
    const before = await readRecording(join(whole, "rollouts", "0001.mcap"));
    expect(recording.info.startTime).toBeCloseTo(
      (taskTimes(before).at(-1) ?? 0) + 0.8 * (before.times[1] - before.times[0]),
      9,
    );

    const [replayed] = await replayRecordings(path, { hidden: [6] }, undefined);
    const lines = (await readFile(join(whole, "metrics.jsonl"), "utf8")).trim().split("\n");
    const metrics = lines.map((line) => JSON.parse(line));
    expect(replayed.commandError.largest).toBe(0);
    expect(replayed.cost).toBeCloseTo(metrics[1].cost, 9);
    expect(metrics[1].slowSeconds).toBeCloseTo(metrics[1].seconds, 9);
  },
);

test("a lap at pace 0.8 is a quarter longer, a drive's laps are whole ones of the task", async () => {
  // the longest that is kept: two laps before a lap, and twice the one segment that new parameters are late
  const segments = (pace: number) => collectorFor(completeConfig({ pace })).room.segments - 2;
  expect([segments(0.8), segments(1)]).toEqual([3 * 50, 3 * 40]);
  const driven = new Captured();
  const usual = { startTime: 0, checkpoint: "best", withoutNetwork: true };
  await driveCommand.run({ ...usual, given: { pace: 0.8 }, laps: 2, out: join(folder, "drive.mcap") }, driven);
  const [{ laps, slowSeconds }] = driven.results as {
    laps: { seconds: number; meanSpeed: number }[];
    slowSeconds: number;
  }[];
  expect(laps.map(({ seconds }) => seconds)).toEqual([expect.closeTo(7, 9), expect.closeTo(7, 9)]);
  expect(slowSeconds).toBeCloseTo(14, 9);
});

test("what is driven at pace 1 is recorded without a pace", async () => {
  const out = join(folder, "usual");
  await trainRun({ given: { rollouts: 1, hidden: [6], "least-pace": 1 }, out });
  expect((await readRecording(join(out, "rollouts", "0001.mcap"))).paces).toHaveLength(0);
  expect(JSON.parse(await readFile(join(out, "metrics.jsonl"), "utf8")).slowSeconds).toBe(0);
});
