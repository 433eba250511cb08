import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { readAuthors } from "../../src/recording/authors.js";
import { readLayers, readMismatchLosses } from "../../src/recording/layers.js";
import { openRecording } from "../../src/recording/open.js";
import { RecordingError, segmentCount, stepCount } from "../../src/recording/recording.js";
import { writeRecording } from "../../src/recording/writer.js";
import { dataTest, referenceData } from "../reference-data.js";
import { carRecording, newFolder } from "./samples.js";

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

async function fileOf(value: unknown, name = "file.json"): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, JSON.stringify(value));
  return path;
}

const rows = (count: number, width: number): number[][] =>
  Array.from({ length: count }, (_, i) => Array.from({ length: width }, (_, j) => i + j / 8));

/** A rollout of the authors' form: 6 steps of `period` seconds, 3 network calls of which steps followed two. */
const rollout = (period: number, scatter = 0) => ({
  ts: Array.from({ length: 6 }, (_, i) => i * period + scatter * (i % 2)),
  xs: rows(6, 4),
  us: rows(6, 2),
  taskT0: 0.25,
  segmentStart: [0, 3],
  segmentTimes: [0.25, 0.35, 0.45],
  segmentStates: rows(3, 4),
  setpoints: rows(3, 4),
  gainOffsets: rows(3, 6),
  references: rows(6, 6),
  finalState: [0, 0, 0, 0],
  loss: 0,
});

test("robot and timing follow from the times; zeros that stand for nothing are nothing", async () => {
  const car = await readAuthors(await fileOf({ ...rollout(0.02), loss: 3.5, finalState: [1, 2, 3, 4] }));
  expect(car).toMatchObject({
    robot: "jetracer",
    kind: "rollout",
    costs: [],
    totalCosts: [3.5],
    gainsAreOffsets: true,
  });
  expect(car.recordings[0].info).toMatchObject({
    task: "car-figure8",
    timing: "simulation",
    startTime: 0.25,
    rollout: 1,
  });
  expect([...car.recordings[0].finalState]).toEqual([1, 2, 3, 4]);
  expect([...car.recordings[0].gains.subarray(6, 12)]).toEqual([1, 1.125, 1.25, 1.375, 1.5, 1.625]);

  const training = { learningRate: 0.001, losses: [2, 1], rollouts: [rollout(0.1, 1e-5), rollout(0.1, 1e-5)] };
  const go1 = await readAuthors(await fileOf(training));
  expect(go1).toMatchObject({ robot: "go1", kind: "training", costs: [2, 1], settings: { learningRate: 0.001 } });
  expect(go1.totalCosts).toEqual([undefined, undefined]);
  expect(go1.recordings[1].info).toMatchObject({ timing: "hardware", rollout: 2 });
  expect([go1.recordings[1].finalState.length, stepCount(go1.recordings[1]), segmentCount(go1.recordings[1])]).toEqual([
    0, 6, 3,
  ]);
});

test("a spoilt file is refused by key", async () => {
  const good = rollout(0.02);
  const cases: [unknown, RegExp][] = [
    [[], /the file is a list of 0; allowed is an object/],
    [{ layers: [] }, /the keys layers; allowed is a rollout .* or a training run/],
    [{ ...good, us: undefined }, /us is missing; allowed is a list of 6/],
    [{ ...good, xs: rows(5, 4) }, /xs is a list of 5; allowed is a list of 6/],
    [{ ...good, xs: rows(6, 3) }, /xs\[0\] is a list of 3; allowed is a list of 4/],
    [{ ...good, ts: [0, 1, 2, 2, 3, 4] }, /ts\[3\] is 2; allowed is a time after/],
    [{ ...good, ts: [] }, /ts is a list of 0/],
    [{ ...good, segmentStart: [0] }, /segmentStart is a list of 1; allowed is a list of 3/],
    [{ ...good, segmentStart: [3, 2] }, /segmentStart\[1\] is 2; allowed is the index of a step, .* not below the one/],
    [{ ...good, segmentStart: [0, 7] }, /segmentStart\[1\] is 7; allowed is the index of a step, 0 to 6/],
    [{ ...good, taskT0: null }, /taskT0 is null; allowed is a finite number/],
    [{ rollouts: [] }, /rollouts is a list of 0; allowed is a list of at least one/],
    [{ rollouts: [good], losses: [1, 2] }, /losses is a list of 2; allowed is a list of 1/],
    [{ rollouts: [good, { ...good, us: [[1, "2"]] }] }, /rollouts\[1\]\.us/],
  ];
  for (const [value, message] of cases) {
    const path = await fileOf(value);
    await expect(readAuthors(path)).rejects.toThrow(RecordingError);
    await expect(readAuthors(path)).rejects.toThrow(message);
  }
});

test("truncated JSON and gzip are refused, and 1e999 is no number", async () => {
  const path = join(folder, "truncated");
  const text = JSON.stringify(rollout(0.02));
  const zipped = gzipSync(text);
  for (const bytes of [
    text.slice(0, 700),
    zipped.subarray(0, 200),
    zipped.subarray(0, 5),
    gzipSync(text.slice(0, 700)),
  ]) {
    await writeFile(path, bytes);
    await expect(openRecording(path)).rejects.toThrow(RecordingError);
    await expect(openRecording(path)).rejects.toThrow(/truncated .* is not (a whole gzip file|whole JSON): .* again/);
  }
  await writeFile(path, text.replace('"taskT0":0.25', '"taskT0":1e999'));
  await expect(readAuthors(path)).rejects.toThrow(/taskT0 is null|taskT0 is Infinity/);
});

test("what a file is follows from what is in it", async () => {
  const path = join(folder, "nameless");
  await writeRecording(path, carRecording(2), {});
  expect((await openRecording(path)).authors).toBeUndefined();
  for (const bytes of [gzipSync(JSON.stringify(rollout(0.02))), `\ufeff\n ${JSON.stringify(rollout(0.02))}`]) {
    await writeFile(path, bytes);
    expect((await openRecording(path)).authors?.recordings).toHaveLength(1);
  }
  for (const bytes of ["", "[1]", "\x89PNG"]) {
    await writeFile(path, bytes);
    await expect(openRecording(path)).rejects.toThrow(/not a recording; give an MCAP file/);
  }
});

test("layers come nested or flat, and must fit together", async () => {
  const nested = {
    W: [
      [1, 2, 3],
      [4, 5, 6],
    ],
    b: [7, 8],
    activation: "tanh",
  };
  const flat = { in: 2, out: 1, W: [9, 10], b: [11] };
  const layers = await readLayers(await fileOf({ layers: [nested, flat] }));
  expect(layers.map(({ inputs, outputs }) => [inputs, outputs])).toEqual([
    [3, 2],
    [2, 1],
  ]);
  expect([...layers[0].weights, ...layers[0].bias]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  const cases: [unknown, RegExp][] = [
    [{}, /layers is missing/],
    [{ layers: [] }, /at least one layer/],
    [{ layers: [{ ...nested, W: [[1, 2], [3]] }] }, /layers\[0\]\.W\[1\] is a list of 1; allowed is a list of 2/],
    [{ layers: [{ ...nested, b: [1] }] }, /layers\[0\]\.W is a list of 2; allowed is a list of 1/],
    [{ layers: [{ ...nested, activation: "relu" }] }, /activation is "relu"; allowed is "tanh"/],
    [{ layers: [{ ...flat, out: 2 }] }, /out is 2; allowed is 1/],
    [{ layers: [{ ...flat, in: undefined }] }, /in is missing; allowed is a whole number/],
    [{ layers: [{ ...flat, W: [9] }] }, /W is a list of 1; allowed is a list of 2/],
    [{ layers: [flat, nested] }, /layers\[1\]\.W is 3; allowed is 1 columns/],
  ];
  for (const [value, message] of cases) await expect(readLayers(await fileOf(value))).rejects.toThrow(message);
});

dataTest("all of the authors' recordings can be read", async () => {
  const authors = join(String(referenceData), "authors");
  const summaries: Record<string, unknown> = {};
  for (const name of (await readdir(authors)).filter((file) => /-(rollout|run|train)-?/.test(file))) {
    const { robot, kind, recordings, costs } = await readAuthors(join(authors, name));
    const timings = new Set(recordings.map(({ info }) => info.timing));
    summaries[name.replace(".json.gz", "")] = [robot, kind, ...timings, recordings.length, costs.length];
  }
  expect(summaries).toEqual({
    "go1-hw-run-with-network": ["go1", "rollout", "hardware", 1, 0],
    "go1-hw-run-without-network": ["go1", "rollout", "hardware", 1, 0],
    "go1-hw-train": ["go1", "training", "hardware", 10, 10],
    "jetracer-hw-run-with-network": ["jetracer", "rollout", "hardware", 1, 0],
    "jetracer-hw-run-without-network": ["jetracer", "rollout", "hardware", 1, 0],
    "jetracer-hw-train-1": ["jetracer", "training", "hardware", 15, 15],
    "jetracer-hw-train-2": ["jetracer", "training", "hardware", 15, 15],
    "jetracer-sim-rollout-with-network": ["jetracer", "rollout", "simulation", 1, 0],
    "jetracer-sim-rollout-without-network": ["jetracer", "rollout", "simulation", 1, 0],
    "mismatch-0.5-rollout-with-network": ["jetracer", "rollout", "simulation", 1, 0],
    "mismatch-1.0-rollout-with-network": ["jetracer", "rollout", "simulation", 1, 0],
  });
});

dataTest("the networks and the mismatch study can be read", async () => {
  for (const name of ["authors/jetracer-sim-model", "authors/go1-hw-model", "golden/matched-full"]) {
    const layers = await readLayers(join(String(referenceData), `${name}.json.gz`));
    expect(layers.map(({ inputs, outputs }) => [inputs, outputs])).toEqual([
      [6, 64],
      [64, 64],
      [64, 10],
    ]);
  }
  const losses = await readMismatchLosses(join(String(referenceData), "authors", "mismatch-losses.json.gz"));
  expect([losses.length, losses[3].length, losses[3][9].length]).toEqual([4, 10, 25]);
});
