/** Driving that says nothing about a car, or nothing true, is refused or cut; files of all kinds are read. */
import { access, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { runCommand } from "../../src/cli/command.js";
import identifyCommand from "../../src/cli/commands/identify.js";
import { completeConfig, readConfig } from "../../src/config/config.js";
import { resolveTask } from "../../src/config/resolve.js";
import { CAR_KNOWN, type CarParameters, outOfBounds } from "../../src/identification/car-fit.js";
import { spansOf } from "../../src/identification/spans.js";
import type { Recording } from "../../src/recording/recording.js";
import { writeRecording } from "../../src/recording/writer.js";
import { carFigure8 } from "../../src/tasks/car-figure8.js";
import { dataTest, referenceData } from "../reference-data.js";
import { Captured, newFolder } from "../support/runs.js";
import { driveOf, OTHER } from "./simulated.js";

let folder = "";
let drive: Recording;
let files = 0;

beforeAll(async () => {
  folder = await newFolder();
  drive = await driveOf(OTHER, 1);
});
afterAll(() => rm(folder, { recursive: true }));

/** Writes a recording and identifies it. */
async function identifyOne(recording: Recording, options: Readonly<Record<string, string>> = {}): Promise<Captured> {
  const path = join(folder, `${++files}.mcap`);
  await writeRecording(path, recording, {});
  const output = new Captured();
  await runCommand(identifyCommand, { recordings: [path], ...options }, output);
  return output;
}

const mapped = (values: Float64Array, columns: number, column: number, to: (value: number, row: number) => number) =>
  values.map((value, i) => (i % columns === column ? to(value, Math.floor(i / columns)) : value));

test("inputs that do not vary: which, by how much, and how much is needed", async () => {
  const throttle = { ...drive, inputs: mapped(drive.inputs, 2, 0, () => 0.4) };
  await expect(identifyOne(throttle)).rejects.toThrow(
    /the throttle varies by 0 \(standard deviation\), at least 0.01 is needed/,
  );
  const steering = { ...drive, inputs: mapped(drive.inputs, 2, 1, (_, t) => 0.1 + 1e-3 * Math.sin(t)) };
  await expect(identifyOne(steering)).rejects.toThrow(/the steering varies by 0.0007 .* at least 0.03 is needed/);
});

test("a car at rest", async () => {
  const still = { ...drive, states: mapped(drive.states, 4, 2, () => 0.01) };
  await expect(identifyOne(still)).rejects.toThrow(/moves at 0.3 m\/s or more in 0 % of the steps; at least 50 %/);
});

test("too little driving, or too much of it skipped", async () => {
  const short = await driveOf(OTHER, 2, 20);
  await expect(identifyOne(short)).rejects.toThrow(/2\.5 s of driving without interruption; at least 5 s are needed/);
  await expect(identifyOne(drive, { "skip-segments": "150" })).rejects.toThrow(/0\.8 s of driving .*--skip-segments/);
  await expect(identifyOne(drive, { "skip-segments": "999" })).rejects.toThrow(/0\.0 s of driving/);
  await expect(identifyOne(drive, { "skip-segments": "-1" })).rejects.toThrow(
    /--skip-segments is -1; allowed is a whole/,
  );
});

test("another robot", async () => {
  const info = { ...drive.info, task: "quadruped-figure8" };
  await expect(identifyOne({ ...drive, info })).rejects.toThrow(
    /rollout 1 is a recording of quadruped-figure8; identify fits a car: allowed are recordings of car-figure8/,
  );
});

dataTest("another robot, recorded by the authors", async () => {
  const recordings = [join(referenceData ?? "", "authors", "go1-hw-train.json.gz")];
  await expect(identifyCommand.run({ recordings, check: [] }, new Captured())).rejects.toThrow(
    /recording of quadruped-figure8/,
  );
});

test("steering of the wrong sign would turn the gain's sign", async () => {
  const turned = { ...drive, inputs: mapped(drive.inputs, 2, 1, (u) => -u) };
  await expect(identifyOne(turned)).rejects.toThrow(/steeringGain would be -.* 1\/m; allowed is 0.2 to 30/);
});

test("bounds: the task's models are within, another sign, a number out of range or none at all is not", () => {
  const model = carFigure8.model.parameters as CarParameters;
  expect(outOfBounds({ parameters: model })).toBeUndefined();
  expect(outOfBounds({ parameters: carFigure8.model.raw as CarParameters })).toBeUndefined();
  for (const [name, { low, high }] of Object.entries(CAR_KNOWN)) {
    for (const value of [low - 1e-3, high + 1e-3, Number.NaN])
      expect(outOfBounds({ parameters: { ...model, [name]: value } })).toContain(`${name} would be`);
  }
});

test("a gap in time or a number that is none cuts the drive in two, and is told", async () => {
  const gap = { ...drive, times: drive.times.map((time, t) => (t > 500 ? time + 0.1 : time)) };
  const broken = { ...drive, states: mapped(drive.states, 4, 3, (phi, t) => (t === 700 ? Number.NaN : phi)) };
  for (const [recording, at, what] of [
    [gap, 500, /step 500 \(10\.00 s\): lasts 0\.12 s, the control period is 0\.02 s; the drive is cut there/],
    [broken, 699, /step 699 \(13\.98 s\): a state or input is not a finite number/],
  ] as const) {
    const { spans, notes } = spansOf(recording, 0);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(what);
    expect(spans.map(({ periods }) => periods.length)[0]).toBe(at - 14);
    expect(spans).toHaveLength(2);
    const { lines } = await identifyOne(recording);
    expect(lines.join("\n")).toMatch(what);
  }
});

test("headings may be wrapped", () => {
  const wrapped = mapped(drive.states, 4, 3, (phi) => Math.atan2(Math.sin(phi), Math.cos(phi)));
  const [span] = spansOf({ ...drive, states: wrapped }, 0).spans;
  const headings = span?.states.filter((_, i) => i % 4 === 3) ?? [];
  for (let t = 1; t < headings.length; t++) expect(Math.abs(headings[t] - headings[t - 1])).toBeLessThan(0.2);
});

test("a run's folder gives all its rollouts, and the configuration written drives that car", async () => {
  const run = join(folder, "run");
  await mkdir(join(run, "rollouts"), { recursive: true });
  await writeRecording(join(run, "rollouts", "0001.mcap"), drive, {});
  await writeRecording(join(run, "rollouts", "0002.mcap"), await driveOf(OTHER, 2), {});
  const output = new Captured();
  const out = join(folder, "car.yaml");
  await identifyCommand.run({ recordings: [run], check: [run], out }, output);
  const [result] = output.results as { fittedTo: { rollouts: number; seconds: number }; plant: { delays: number[] } }[];
  expect(result?.fittedTo.rollouts).toBe(2);
  expect(result?.fittedTo.seconds).toBeCloseTo(2 * (156 * 0.14 - 14 * 0.02), 6);
  const { plant } = resolveTask(completeConfig(await readConfig(out)));
  expect(plant.kind).toBe("identified");
  expect(Math.abs((plant.parameters.steeringGain ?? 0) / 5 - 1)).toBeLessThan(0.02);
  const rounded = result?.plant.delays.map((delay) => Number(delay.toPrecision(4)));
  expect(plant.delays).toStrictEqual(rounded);
  await expect(identifyCommand.run({ recordings: [run], check: [], out }, output)).rejects.toThrow(/exists already/);
});

test("folders that are no runs, files that are not there, places that cannot be written", async () => {
  const identifyPath = (path: string, out?: string) =>
    identifyCommand.run({ recordings: [path], check: [], ...(out === undefined ? {} : { out }) }, new Captured());
  await expect(identifyPath(folder)).rejects.toThrow(/is a folder without rollouts\/\*\.mcap: give a run/);
  await expect(identifyPath(join(folder, "none"))).rejects.toThrow(/cannot read .*none: there is no such file/);
  const text = join(folder, "text");
  await writeFile(text, "hello");
  await expect(identifyPath(text)).rejects.toThrow(/is not a recording/);
  const nowhere = join(folder, "nowhere", "car.yaml");
  await expect(identifyPath(text, nowhere)).rejects.toThrow(
    /cannot write .*car\.yaml: there is no folder .*nowhere: mkdir -p/,
  );
  await expect(access(nowhere)).rejects.toThrow();
});
