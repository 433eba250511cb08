/** A drive recorded as it happened is replayed and reported like a rollout. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { readRecording } from "../../src/recording/reader.js";
import type { Recording } from "../../src/recording/recording.js";
import { DriveRecorder } from "../../src/recording/stream.js";
import { writeReport } from "../../src/report/from-run.js";
import { carFigure8 } from "../../src/tasks/car-figure8.js";
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

/** A recording in the authors' form, with gains as offsets to `nominal`. */
function asAuthors(recording: Recording, nominal: readonly number[]): string {
  const rows = (values: Float64Array, width: number) =>
    Array.from({ length: values.length / width }, (_, i) => Array.from(values.subarray(i * width, (i + 1) * width)));
  return JSON.stringify({
    ts: [...recording.times],
    xs: rows(recording.states, 4),
    us: rows(recording.inputs, 2),
    taskT0: recording.info.startTime,
    segmentStart: [...recording.segmentStarts],
    segmentTimes: [...recording.segmentTimes],
    segmentStates: rows(recording.segmentStates, 4),
    setpoints: rows(recording.setpoints, 4),
    gainOffsets: rows(recording.gains, 6).map((row) => row.map((gain, i) => gain - nominal[i])),
    references: rows(recording.references, 6),
    finalState: [...recording.finalState],
    loss: 0,
  });
}

const NOMINAL = carFigure8.nominalGains;

test("gains recorded as offsets are added to the nominal gains that are given", async () => {
  const other = NOMINAL.map((gain, i) => gain + 0.1 * (i + 1));
  const path = join(folder, "offsets.json");
  await writeFile(path, asAuthors(await readRecording(rollout), other));
  const [replayed] = await replayRecordings(path, { "nominal-gains": other }, undefined);
  expect(replayed.commandError.largest).toBeLessThan(1e-12);
  const [wrong] = await replayRecordings(path, {}, undefined);
  expect(wrong.commandError.largest).toBeGreaterThan(0.1);
  await expect(replayRecordings(path, { "nominal-gains": [1, 2] }, undefined)).rejects.toThrow(
    /nominal-gains has 2 numbers; allowed for car-figure8 is 6 numbers: k_x/,
  );
});

test("two network calls before one step: the second acts, its reference begins at the first", async () => {
  const recording = await readRecording(rollout);
  const path = join(folder, "calls.json");
  await writeFile(path, asAuthors(recording, NOMINAL));
  const [once] = await replayRecordings(path, {}, undefined);
  // call 5 comes twice: at first with the setpoint and gains of call 4
  const twice = <K extends keyof Recording>(key: K, width: number, from: number) => {
    const values = recording[key] as Float64Array;
    const added = values.subarray(from * width, (from + 1) * width);
    return { [key]: Float64Array.of(...values.subarray(0, 5 * width), ...added, ...values.subarray(5 * width)) };
  };
  const calls = {
    ...twice("segmentStarts", 1, 5),
    ...twice("segmentTimes", 1, 5),
    ...twice("segmentStates", 4, 5),
    ...twice("setpoints", 4, 4),
    ...twice("gains", 6, 4),
  };
  await writeFile(path, asAuthors({ ...recording, ...calls }, NOMINAL));
  const [replayed] = await replayRecordings(path, {}, undefined);
  const { outputGradientNorm: norm, ...others } = replayed;
  const { outputGradientNorm: before, ...expected } = once;
  expect(others).toEqual(expected);
  expect(others.commandError.largest).toBeLessThan(1e-12);
  expect(Math.abs(norm / before - 1)).toBeLessThan(0.1);
});

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
