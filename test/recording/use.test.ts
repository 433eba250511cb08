/** A drive recorded as it happened is replayed and reported like a rollout. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { readRecording } from "../../src/recording/reader.js";
import { DriveRecorder } from "../../src/recording/stream.js";
import { writeReport } from "../../src/report/from-run.js";
import { replayRecordings } from "../../src/training/replay.js";
import { newFolder, SMALL, trainRun } from "../support/runs.js";
import { infoOf, recordSteps } from "./recorders.js";

let folder: string;
let run: string;
let rollout: string;
beforeAll(async () => {
  folder = await newFolder();
  run = join(folder, "run");
  await trainRun({ given: { ...SMALL, rollouts: 2 }, out: run });
  rollout = join(run, "rollouts", "0001.mcap");
});
afterAll(() => rm(folder, { recursive: true }));

test("replay and report of a drive are those of its rollout; of a torn one, those of its beginning", async () => {
  const recording = await readRecording(rollout);
  const [expected] = await replayRecordings(rollout, {}, undefined);
  const report = await readFile((await writeReport(run)).path, "utf8");

  const path = join(folder, "drive.mcap");
  const recorder = await DriveRecorder.create(path, infoOf(recording));
  recordSteps(recorder, { ...recording, events: [] });
  await recorder.close();
  const bytes = await readFile(path);
  const [replayed] = await replayRecordings(path, {}, undefined);
  expect(replayed).toEqual(expected);
  expect([replayed.commandError.largest, replayed.commandError.compared > 200]).toEqual([0, true]);
  await writeFile(rollout, bytes);
  const { path: again, missing } = await writeReport(run);
  expect(missing).toEqual([]);
  expect(await readFile(again, "utf8")).toBe(report);

  await writeFile(rollout, bytes.subarray(0, bytes.length / 2));
  const [torn] = await replayRecordings(rollout, {}, undefined);
  expect(torn.steps).toBeGreaterThan(50);
  expect(torn.steps).toBeLessThan(140);
  expect([torn.commandError.largest, torn.note]).toEqual([0, expect.stringMatching(/the drive was not closed$/)]);
  expect((await writeReport(run)).missing).toEqual([`${rollout} ${torn.note}`]);
});
