/** Killed drives: what the file holds, and what recovery makes of it. */
import { type ChildProcess, spawn } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { McapIndexedReader } from "@mcap/core";
import { recoverDrives } from "../../src/recording/drives.js";
import { readRecording } from "../../src/recording/reader.js";
import { DriveRecorder } from "../../src/recording/stream.js";
import { writeRecording } from "../../src/recording/writer.js";
import { randomNumbers } from "../support/cores.js";
import { carDrive, expectBeginning } from "./drive-samples.js";
import { infoOf, recordSteps } from "./recorders.js";
import { expectSame, newFolder } from "./samples.js";

let folder: string;
let path: string;
let whole: Buffer;
const drive = carDrive(60);
beforeAll(async () => {
  folder = await newFolder();
  path = join(folder, "whole.mcap");
  const recorder = await DriveRecorder.create(path, infoOf(drive));
  recordSteps(recorder, drive);
  await recorder.close();
  whole = await readFile(path);
});
afterAll(() => rm(folder, { recursive: true }));
const newDrives = () => mkdtemp(join(folder, "drives-"));

const module = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
const IMPORTS = `
  import { copyFile } from "node:fs/promises";
  import { writeSync } from "node:fs";
  import { recoverDrives } from ${module("../../src/recording/drives.js")};
  import { DriveRecorder } from ${module("../../src/recording/stream.js")};
  import { infoOf, recordStep, recordSteps } from ${module("./recorders.js")};
  import { readRecording } from ${module("../../src/recording/reader.js")};
  const [, , from, to] = process.argv;`;

/** Runs a script in a process of its own; `watch` sees all that it has printed, each time it prints. */
async function run(
  script: string,
  args: readonly string[],
  watch: (child: ChildProcess, printed: string) => void = () => {},
  limit = "unlimited",
): Promise<{ printed: string; code: number | null; signal: string | null }> {
  const file = join(folder, "script.mjs");
  await writeFile(file, IMPORTS + script);
  const shell = `ulimit -f ${limit}; exec "$0" "$@"`;
  const child = spawn("bash", ["-c", shell, process.execPath, file, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  child.stdout.on("data", (data) => {
    printed += data;
    watch(child, printed);
  });
  return new Promise((resolve) => child.on("close", (code, signal) => resolve({ printed, code, signal })));
}

async function expectWhole(file: string): Promise<void> {
  const bytes = await readFile(file);
  const readable = {
    size: async () => BigInt(bytes.length),
    read: async (offset: bigint, size: bigint) => bytes.subarray(Number(offset), Number(offset + size)),
  };
  const reader = await McapIndexedReader.Initialize({ readable });
  let messages = 0n;
  for await (const _ of reader.readMessages({ validateCrcs: true })) messages++;
  expect(messages).toBe(reader.statistics?.messageCount);
}

test("after kill -9 everything flushed is there and nothing else; recovery makes the file whole", async () => {
  const script = `
    const drive = await readRecording(from);
    const recorder = await DriveRecorder.create(to, infoOf(drive));
    for (let i = 0; i < drive.times.length; i++) {
      recordStep(recorder, drive, i);
      if (i % 2 === 1) await new Promise((resolve) => setTimeout(resolve, 2));
      if (i % 13 === 12) recorder.flush().then(() => writeSync(1, \`\${i + 1}\\n\`));
    }
    await new Promise((resolve) => setTimeout(resolve, 60_000));`;
  const drives = await newDrives();
  const random = randomNumbers(21);
  const flushed: number[] = [];
  for (let k = 0; k < 6; k++) {
    const [least, wait] = [50 * k + 20 * (random() + 1), 10 * (random() + 1)];
    let last = 0;
    const { signal } = await run(script, [path, join(drives, `${k}.mcap`)], (child, printed) => {
      const isEarly = last < least;
      last = Number(printed.trim().split("\n").at(-1));
      if (isEarly && last >= least) setTimeout(() => child.kill("SIGKILL"), wait);
    });
    expect(signal).toBe("SIGKILL");
    const part = await readRecording(join(drives, `${k}.mcap`));
    expectBeginning(part, drive);
    expect(part.times.length).toBeGreaterThanOrEqual(last);
    expect(part.info).toMatchObject({ complete: false, note: expect.stringMatching(/the drive was not closed$/) });
    flushed.push(last);
  }
  expect(Math.min(...flushed)).toBeGreaterThan(0);
  expect(Math.max(...flushed)).toBeGreaterThan(250);

  const before = await Promise.all(flushed.map((_, k) => readRecording(join(drives, `${k}.mcap`))));
  const recovered = await recoverDrives(drives);
  expect(recovered.map(({ isRecovered, steps }) => [isRecovered, steps])).toEqual(
    before.map(({ times }) => [true, times.length]),
  );
  for (const [k, { events, ...part }] of before.entries()) {
    const { events: after, info, ...rest } = await readRecording(join(drives, `${k}.mcap`));
    expectSame({ ...rest, events, info: part.info }, { ...part, events });
    expect(after.slice(0, -1)).toEqual(events);
    expect(after.at(-1)).toMatchObject({ level: "warning", name: "recovered" });
    expect(info).toMatchObject({ complete: false, note: "the drive was not closed" });
    await expectWhole(join(drives, `${k}.mcap`));
  }
  expect(await recoverDrives(drives)).toEqual([]);
});

test("cut anywhere, a drive keeps all that could be read before", async () => {
  const drives = await newDrives();
  const file = join(drives, "0001.mcap");
  const random = randomNumbers(22);
  for (let k = 0; k < 40; k++) {
    const bytes = whole.subarray(0, Math.floor((whole.length * (random() + 1)) / 2));
    await writeFile(file, bytes);
    const before = await readRecording(file).catch(() => undefined);
    const [result, ...others] = await recoverDrives(drives);
    expect(others).toEqual([]);
    expect(await readdir(drives)).toEqual(["0001.mcap"]);
    if (!result.isRecovered) {
      expect(before).toBeUndefined();
      expect((await readFile(file)).equals(bytes)).toBe(true);
      continue;
    }
    await expectWhole(file);
    expect(result.steps).toBe(before?.times.length ?? 0);
    if (!before) continue;
    const seconds = before.times[before.times.length - 1].toFixed(1);
    expect(result.message).toBe(
      `${file} was not closed: ${result.steps} steps (${seconds} s) and ${result.segments} segments are kept`,
    );
    const after = await readRecording(file);
    expectBeginning({ ...after, events: before.events }, drive);
    expect(after.times.length).toBe(before.times.length);
    expect(after.events.map(({ name }) => name)).toEqual([...before.events.map(({ name }) => name), "recovered"]);
    expect(after.events.at(-1)?.time).toBeCloseTo(before.times[before.times.length - 1], 1);
  }
});

test("a drive killed while its index was written is complete afterwards", async () => {
  const drives = await newDrives();
  const file = join(drives, "0001.mcap");
  await writeFile(file, whole.subarray(0, whole.length - 100));
  expect(await recoverDrives(drives)).toMatchObject([{ isRecovered: true, steps: 420, segments: 60 }]);
  const { info, events } = await readRecording(file);
  expect(info).toEqual(drive.info);
  expect(events.length).toBe(drive.events.length + 1);
  await expectWhole(file);
});

test("closed drives are left alone, and so is what is no drive", async () => {
  const drives = await newDrives();
  expect(await recoverDrives(join(drives, "none"))).toEqual([]);
  await expect(recoverDrives(path)).rejects.toThrow(/cannot read the folder .*whole\.mcap/);
  await copyFile(path, join(drives, "1.mcap"));
  await writeRecording(join(drives, "2.mcap"), drive, {});
  await writeFile(join(drives, "notes.txt"), "torn");
  expect(await recoverDrives(drives)).toEqual([]);

  const rollout = (await readFile(join(drives, "2.mcap"))).subarray(0, -50);
  const torn = { "3.mcap": rollout, "4.mcap": whole.subarray(0, 40), "5.mcap": Buffer.alloc(0), "6.mcap": "a text" };
  for (const [name, bytes] of Object.entries(torn)) await writeFile(join(drives, name), bytes);
  await mkdir(join(drives, "7.mcap"));
  const results = await recoverDrives(drives);
  expect(results.map(({ isRecovered }) => isRecovered)).toEqual([false, false, false, false, false]);
  for (const [i, reason] of [
    /is a rollout, not a drive/,
    /no metadata record/,
    /it is empty/,
    /begins otherwise/,
    /it is a folder/,
  ].entries())
    expect(results[i].message).toMatch(reason);
  for (const [name, bytes] of Object.entries(torn))
    expect((await readFile(join(drives, name))).equals(Buffer.from(bytes))).toBe(true);
  expect((await readFile(join(drives, "1.mcap"))).equals(whole)).toBe(true);
  expect((await readdir(drives)).length).toBe(8);
});

test("a recovery that is killed leaves the torn file or the whole one", async () => {
  const drives = await newDrives();
  const torn = join(folder, "torn.mcap");
  const file = join(drives, "0001.mcap");
  await writeFile(torn, whole.subarray(0, 300_000));
  const { times } = await readRecording(torn);
  const script = `
    for (;;) {
      await copyFile(from, to + ".copy");
      await (await import("node:fs/promises")).rename(to + ".copy", to);
      writeSync(1, "recovering\\n");
      await recoverDrives(to.slice(0, to.lastIndexOf("/")));
    }`;
  for (const wait of [0, 3, 6, 11, 17]) {
    const { signal } = await run(script, [torn, file], (child) => {
      setTimeout(() => child.kill("SIGKILL"), wait);
    });
    expect(signal).toBe("SIGKILL");
    expect((await readRecording(file)).times.length).toBe(times.length);
    await recoverDrives(drives);
    await expectWhole(file);
    expect((await readRecording(file)).times.length).toBe(times.length);
    expect((await readdir(drives)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  }
});

test("a file that may not grow further: recording ends with what fits, recovery leaves the torn file", async () => {
  const drives = await newDrives();
  const file = join(drives, "0001.mcap");
  const script = `
    const drive = await readRecording(from);
    const onFailure = ({ message }) => writeSync(1, message);
    const recorder = await DriveRecorder.create(to, infoOf(drive), { onFailure });
    recordSteps(recorder, drive);
    await recorder.close();`;
  // bash counts in 1024 bytes; the drive has some 600 kB
  const recording = await run(script, [path, file], undefined, "300");
  expect(recording.code).toBe(0);
  expect(recording.printed).toMatch(/^cannot record .*0001\.mcap: the file would be larger than .*check `ulimit -f`/);
  const part = await readRecording(file);
  expectBeginning(part, drive);
  expect(part.times.length).toBeGreaterThan(100);
  expect(part.times.length).toBeLessThan(250);

  const torn = await readFile(file);
  const recovering = `writeSync(1, JSON.stringify(await recoverDrives(from)));`;
  const { printed } = await run(recovering, [drives], undefined, "100");
  expect(JSON.parse(printed)).toMatchObject([
    { isRecovered: false, message: expect.stringMatching(/check `ulimit -f`/) },
  ]);
  expect((await readFile(file)).equals(torn)).toBe(true);
  expect(await readdir(drives)).toEqual(["0001.mcap"]);
  expect(await recoverDrives(drives)).toMatchObject([{ isRecovered: true, steps: part.times.length }]);
});
