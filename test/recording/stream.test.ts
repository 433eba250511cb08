/** Drives recorded as they happen: what comes back, what is on disk when, and what a failing disk leaves. */
import { access, mkdir, open, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { McapIndexedReader } from "@mcap/core";
import { UserError } from "../../src/errors.js";
import { readRecording } from "../../src/recording/reader.js";
import { type Recording, RecordingError } from "../../src/recording/recording.js";
import { DriveRecorder } from "../../src/recording/stream.js";
import { writeRecording } from "../../src/recording/writer.js";
import { randomNumbers } from "../support/cores.js";
import { carDrive, expectBeginning } from "./drive-samples.js";
import { infoOf, recordStep, recordSteps, testDisk } from "./recorders.js";
import { expectSame, newFolder } from "./samples.js";

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));
const newPath = () => join(folder, `${++count}.mcap`);
const drive = carDrive(60);

async function recorded(path = newPath(), given = drive): Promise<string> {
  const recorder = await DriveRecorder.create(path, infoOf(given));
  recordSteps(recorder, given);
  await recorder.close();
  expect(recorder.failure).toBeUndefined();
  return path;
}

test("a drive comes back bit for bit, with its events and the time it began", async () => {
  const special = carDrive(2);
  special.states.set([-0, Number.NaN, Infinity, -Infinity, 5e-324, -Number.MAX_VALUE, 0.1 + 0.2, 2 ** 53 + 2]);
  special.costs[3] = Number.NaN;
  for (const given of [drive, special]) {
    const read = await readRecording(await recorded(newPath(), given));
    expectSame(read, given);
    expect(read.events).toEqual(given.events);
    expect(read.info).toMatchObject({ began: "2026-03-01T12:34:56.789Z", complete: true, note: "" });
  }
});

test("a viewer finds every message by the index", async () => {
  const bytes = await readFile(await recorded());
  const readable = {
    size: async () => BigInt(bytes.length),
    read: async (offset: bigint, size: bigint) => bytes.subarray(Number(offset), Number(offset + size)),
  };
  const reader = await McapIndexedReader.Initialize({ readable });
  const counts: Partial<Record<string, number>> = {};
  const levels: unknown[] = [];
  for await (const { channelId, data } of reader.readMessages({ validateCrcs: true })) {
    const topic = reader.channelsById.get(channelId)?.topic ?? "";
    counts[topic] = (counts[topic] ?? 0) + 1;
    if (topic === "/events") levels.push(JSON.parse(new TextDecoder().decode(data)).level);
  }
  expect(counts).toEqual({
    "/tf": 421,
    "/pose": 420,
    "/drive": 420,
    "/rl/step": 420,
    "/rl/segment": 60,
    "/events": 20,
  });
  expect(levels.slice(0, 3)).toEqual([2, 3, 2]);
  expect([...reader.schemasById.values()].map(({ name }) => name)).toContain("foxglove.Log");
  expect(reader.chunkIndexes.length).toBeGreaterThan(5);
});

test("what is not recorded is empty, and a drive read back can be written as a rollout", async () => {
  const path = newPath();
  const recorder = await DriveRecorder.create(path, { ...infoOf(drive), widths: { residuals: 0, costs: 0 } });
  recorder.step({
    time: 0,
    state: drive.states.subarray(0, 4),
    input: drive.inputs.subarray(0, 2),
    reference: drive.references.subarray(0, 6),
    residuals: [],
    cost: undefined,
  });
  await recorder.close();
  const { times, costs, residuals, references } = await readRecording(path);
  expect([times.length, costs.length, residuals.length, references.length]).toEqual([1, 0, 0, 6]);

  const read = await readRecording(await recorded());
  await writeRecording(path, read, {});
  const { began: _, ...info } = read.info;
  expectSame(await readRecording(path), { ...read, info });
});

test("a file cut anywhere gives its beginning", async () => {
  const path = await recorded();
  const bytes = await readFile(path);
  const random = randomNumbers(11);
  const offsets = Array.from({ length: 300 }, () => Math.floor((bytes.length * (random() + 1)) / 2));
  const cut = newPath();
  await writeFile(cut, bytes);
  let least = drive.times.length;
  let refusals = 0;
  for (const offset of offsets.sort((a, b) => b - a)) {
    await truncate(cut, offset);
    const part = await readRecording(cut).catch((error: unknown) => {
      expect(error).toBeInstanceOf(RecordingError);
      return undefined;
    });
    if (!part) {
      refusals++;
      continue;
    }
    expect(refusals).toBe(0);
    expectBeginning(part, drive);
    expect(part.times.length).toBeLessThanOrEqual(least);
    // 300 cuts over 540 kB are 1.8 kB apart on average, 15 kB at most; a step and its views are 1.3 kB.
    expect(part.times.length).toBeGreaterThanOrEqual(least - 15);
    least = part.times.length;
    const isWhole = least === drive.times.length && part.info.complete;
    expect(part.info.note).toMatch(isWhole ? /^$/ : /^ends after step \d+ and segment \d+: the drive was not closed$/);
  }
  expect([least < 20, refusals > 0]).toEqual([true, true]);
});

test("a file with a hole of zeros, as a power cut leaves it, gives what stands before", async () => {
  const bytes = await readFile(await recorded());
  const holed = newPath();
  const random = randomNumbers(12);
  let kept = 0;
  for (let i = 0; i < 40; i++) {
    const from = 4096 * Math.floor((bytes.length * (random() + 1)) / 2 / 4096);
    const copy = Buffer.from(bytes);
    copy.fill(0, from, Math.min(copy.length, from + 4096 * (1 + (i % 20))));
    await writeFile(holed, i % 2 === 0 ? copy : copy.subarray(0, from + 4096));
    const part = await readRecording(holed).catch((error: unknown) => {
      expect(error).toBeInstanceOf(RecordingError);
      return undefined;
    });
    if (!part) continue;
    expectBeginning(part, drive);
    kept += part.times.length;
  }
  expect(kept / 40).toBeGreaterThan(0.3 * drive.times.length); // half of it on average, less the chunk of the hole
});

test("every second what is new is written and flushed, a fault at once, and nothing when nothing is new", async () => {
  jest.useFakeTimers({ doNotFake: ["nextTick", "queueMicrotask", "setImmediate"] });
  try {
    const disk = testDisk();
    const path = newPath();
    const recorder = await DriveRecorder.create(path, infoOf(drive), disk);
    const onDisk = async (syncs: number): Promise<Recording> => {
      await recorder.flush(); // nothing is new for it: waits for what is under way
      expect(disk.syncs).toBe(syncs);
      return readRecording(path);
    };
    expect(disk.syncs).toBe(1);
    recordSteps(recorder, drive, 0, 3);
    jest.advanceTimersByTime(999);
    expect(disk.syncs).toBe(1);
    await expect(readRecording(path)).rejects.toThrow(/holds no step that can be used: it is cut/);
    jest.advanceTimersByTime(1);
    expect((await onDisk(2)).times.length).toBe(3);
    jest.advanceTimersByTime(10_000);
    expect((await onDisk(2)).times.length).toBe(3);
    recordStep(recorder, drive, 3);
    recorder.event({ time: 0.08, level: "fault", name: "pose lost", message: "no pose for 0.2 s" });
    const { times, events } = await onDisk(3);
    expect(times.length).toBe(4);
    expect(events.at(-1)).toEqual({ time: 0.08, level: "fault", name: "pose lost", message: "no pose for 0.2 s" });
    await recorder.close();
  } finally {
    jest.useRealTimers();
  }
});

test("a full disk ends the recording: what was whole stays, it is told once, and closing does not throw", async () => {
  const whole = (await stat(await recorded())).size;
  const random = randomNumbers(13);
  for (const code of ["ENOSPC", "EIO", "EFBIG", "ENOSPC", "ENOSPC", "ENOSPC"]) {
    const room = Math.floor(60_000 + ((whole - 70_000) * (random() + 1)) / 2);
    const disk = testDisk({ room, code });
    const failures: UserError[] = [];
    const path = newPath();
    const recorder = await DriveRecorder.create(path, infoOf(drive), {
      ...disk,
      onFailure: (failure) => failures.push(failure),
    });
    let flushed = 0;
    for (let i = 0; i < drive.times.length; i++) {
      recordStep(recorder, drive, i);
      if (i % 20 !== 0) continue;
      await recorder.flush();
      if (!recorder.failure) flushed = i + 1;
    }
    await recorder.close();
    await recorder.close();
    recordSteps(recorder, drive);
    await recorder.flush();
    expect(failures).toEqual([recorder.failure]);
    expect(failures[0]).toBeInstanceOf(UserError);
    expect(failures[0].message).toContain(`cannot record ${path}: `);
    expect(failures[0].message).toMatch(/the disk is full: free|the disk does not work: check|check `ulimit -f`/);
    const part = await readRecording(path);
    expectBeginning(part, drive);
    expect([part.times.length, part.info.complete]).toEqual([flushed, false]);
    expect((await stat(path)).size).toBeLessThanOrEqual(room);
  }
});

test("a flush that fails ends the recording too", async () => {
  const disk = testDisk({ code: "EIO" });
  const path = newPath();
  const told: UserError[] = [];
  const recorder = await DriveRecorder.create(path, infoOf(drive), { ...disk, onFailure: (f) => told.push(f) });
  recordSteps(recorder, drive, 0, 10);
  disk.isSyncBroken = true;
  await recorder.flush();
  expect(told).toEqual([recorder.failure]);
  expect(told[0].message).toMatch(/the disk does not work: .*\. Recorded are at most 10 steps \(0\.2 s\)$/);
  await recorder.close();
  expect((await readRecording(path)).times.length).toBe(10); // whether the disk has it is not known
});

test("a folder that is removed under a drive is noticed at the next flush", async () => {
  const removed = join(folder, "removed");
  await mkdir(removed);
  const told: UserError[] = [];
  const onFailure = (failure: UserError) => told.push(failure);
  const recorder = await DriveRecorder.create(join(removed, "0001.mcap"), infoOf(drive), { onFailure });
  recordSteps(recorder, drive, 0, 10);
  await recorder.flush();
  expect(recorder.failure).toBeUndefined();
  await rm(removed, { recursive: true });
  recordSteps(recorder, drive, 10, 20);
  await recorder.flush();
  expect(told.map(({ message }) => message)).toEqual([
    `cannot record ${recorder.path}: it was removed while it was written. Recorded are at most 20 steps (0.4 s)`,
  ]);
  await recorder.close();
});

test("a flush that never returns ends the recording, and closing it does not wait either", async () => {
  const disk = testDisk();
  const recorder = await DriveRecorder.create(newPath(), infoOf(drive), { ...disk, answersWithin: 1 });
  disk.syncStall = new Promise(() => {});
  recordSteps(recorder, drive, 0, 10);
  await recorder.flush();
  expect(recorder.failure?.message).toMatch(/the disk has not answered for 1 s: check it and its cable\. Recorded are/);
  await recorder.close();
});

test("a file that cannot be made is refused, and nothing is left", async () => {
  const path = await recorded();
  const before = await readFile(path);
  await expect(DriveRecorder.create(path, infoOf(drive))).rejects.toThrow(/it exists already: choose another name/);
  expect((await readFile(path)).equals(before)).toBe(true);
  await expect(DriveRecorder.create(join(folder, "no", "a.mcap"), infoOf(drive))).rejects.toThrow(/there is no folder/);

  const full = newPath();
  const told: UserError[] = [];
  const onFailure = (failure: UserError) => told.push(failure);
  const device = { open: () => open("/dev/full", "w"), onFailure };
  const refused = DriveRecorder.create(full, infoOf(drive), device);
  await expect(refused).rejects.toThrow(/cannot record .*: the disk is full: free some space/);
  await expect(refused).rejects.toMatchObject({ name: "UserError", exitCode: 1 });
  await expect(DriveRecorder.create(full, infoOf(drive), testDisk({ room: 100 }))).rejects.toThrow(/the disk is full/);
  await expect(access(full)).rejects.toThrow(/ENOENT/);
  expect(told).toEqual([]);
});

test("a disk that stands still for 5 s costs nothing; one that is 16 MiB behind ends the recording", async () => {
  let goOn = () => {};
  const stall = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  for (const repeats of [1, 40]) {
    const disk = testDisk();
    const path = newPath();
    const told: UserError[] = [];
    const recorder = await DriveRecorder.create(path, infoOf(drive), { ...disk, onFailure: (f) => told.push(f) });
    disk.stall = stall;
    // 420 steps are 8.4 s at 50 Hz and 540 kB: 40 times that is more than may wait.
    for (let i = 0; i < repeats; i++) recordSteps(recorder, drive);
    const { steps, failure } = recorder;
    expect(failure === undefined).toBe(repeats === 1);
    goOn();
    await recorder.close();
    const part = await readRecording(path);
    expect(part.times.length).toBe(steps);
    expect(part.info.complete).toBe(repeats === 1);
    expect(part.info.note).toBe(failure?.message ?? "");
    expect(told.length).toBe(repeats === 1 ? 0 : 1);
    if (!failure) continue;
    expect(failure.message).toMatch(/the disk is 16 MiB behind: use a faster one/);
    const { size } = await stat(path);
    expect(size).toBeGreaterThan(2 ** 24);
    expect(size).toBeLessThan(2 ** 24 + 2 ** 20); // what waited, a chunk more, and the index
  }
});

test("a row of other columns ends the recording and says which", async () => {
  const path = newPath();
  const recorder = await DriveRecorder.create(path, infoOf(drive));
  recordSteps(recorder, drive, 0, 12);
  recorder.step({ time: 1, state: [1, 2, 3], input: [0, 0], reference: [], residuals: [], cost: 1 });
  recordSteps(recorder, drive, 12);
  expect(recorder.failure?.message).toMatch(/state of step 12 has 3 numbers; allowed are 4/);
  await recorder.close();
  const part = await readRecording(path);
  expect([part.times.length, part.info.complete]).toEqual([12, false]);
  expect(part.info.note).toBe(recorder.failure?.message);
  expectBeginning(part, drive);
});
