import { copyFile, open, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { McapStreamReader, McapWriter, type TypedMcapRecord } from "@mcap/core";
import { describe } from "../../src/recording/metadata.js";
import { encodeMetadata } from "../../src/recording/metadata-text.js";
import { readRecording } from "../../src/recording/reader.js";
import { type Recording, RecordingError } from "../../src/recording/recording.js";
import { writeRecording } from "../../src/recording/writer.js";
import { carRecording, expectPrefix, expectSame, newFolder, SEGMENT_ARRAYS, STEP_ARRAYS } from "./samples.js";

let folder: string;
let path: string;
const SEGMENTS = 24;
const STEPS = 7 * SEGMENTS;
const whole = carRecording(SEGMENTS);
beforeAll(async () => {
  folder = await newFolder();
  path = join(folder, "whole.mcap");
  await writeRecording(path, whole, { cost: 1 });
});
afterAll(() => rm(folder, { recursive: true }));

/** Reads a file that may be anything; undefined if it was refused in the way it must be. */
async function readOrRefuse(file: string): Promise<Recording | undefined> {
  try {
    return await readRecording(file);
  } catch (error) {
    expect(error).toBeInstanceOf(RecordingError);
    expect(String(error)).toContain(file);
    return undefined;
  }
}

function expectBeginning(part: Recording): void {
  for (const name of [...STEP_ARRAYS, ...SEGMENT_ARRAYS, "finalState"] as const)
    expectPrefix(part[name], whole[name], name);
  const { times, segmentTimes } = part;
  const lengths = [...STEP_ARRAYS, ...SEGMENT_ARRAYS].map((name) => part[name].length);
  expect(lengths).toEqual(
    [1, 4, 2, 6, 3, 1, 1].map((n) => n * times.length).concat([1, 1, 4, 10, 4, 6].map((n) => n * segmentTimes.length)),
  );
}

/** Writes an MCAP file of strange contents. */
async function strange(name: string, fill: (writer: McapWriter) => Promise<unknown>): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0n;
  const writable = {
    write: async (bytes: Uint8Array) => {
      parts.push(bytes);
      length += BigInt(bytes.length);
    },
    position: () => length,
  };
  const writer = new McapWriter({ writable });
  await writer.start();
  await fill(writer);
  await writer.end();
  const file = join(folder, name);
  await writeFile(file, Buffer.concat(parts));
  return file;
}

test("a file cut anywhere gives its beginning, and the longer the file the more of it", async () => {
  const cut = join(folder, "cut.mcap");
  await copyFile(path, cut);
  const { size } = await stat(cut);
  let steps = whole.times.length;
  let refusals = 0;
  for (let length = size - 1; length >= 0; length -= 997) {
    await truncate(cut, length);
    const part = await readOrRefuse(cut);
    if (!part) {
      refusals++;
      continue;
    }
    expect(refusals).toBe(0);
    expectBeginning(part);
    // A thousand bytes are about one step and its views: a cut must not cost the whole chunk.
    expect(part.times.length).toBeLessThanOrEqual(steps);
    expect(part.times.length).toBeGreaterThanOrEqual(steps - 3);
    steps = part.times.length;
    expect(part.segmentTimes.length).toBe(Math.ceil(steps / 7) + (part.segmentStarts.at(-1) === steps ? 1 : 0));
    const isWhole =
      steps === whole.times.length && part.segmentTimes.length === SEGMENTS && part.finalState.length === 4;
    expect(part.info.complete).toBe(isWhole);
    expect(part.info.note === "").toBe(isWhole);
    if (isWhole) expectSame(part, whole);
  }
  expect(steps).toBeLessThan(4);
  // Before the first step stand the schemas, the plan and the track: 60 kB.
  expect(refusals).toBeLessThan(70);
});

test("the note says what is missing", async () => {
  const half = join(folder, "half.mcap");
  await copyFile(path, half);
  await truncate(half, Math.round((await stat(half)).size * 0.6));
  const { info, times, segmentTimes } = await readRecording(half);
  const seconds = (whole.times[STEPS - 1] - (times.at(-1) ?? 0)).toFixed(1);
  expect(info.note).toBe(
    `ends after step ${times.length} of ${STEPS} and segment ${segmentTimes.length} of ${SEGMENTS}: ` +
      `the last ${seconds} s are missing`,
  );
  await writeRecording(half, await readRecording(half), {});
  expect((await readRecording(half)).info).toEqual(info);
});

test("a damaged file gives what stands before the damage", async () => {
  const damaged = join(folder, "damaged.mcap");
  const bytes = await readFile(path);
  const firstStep = bytes.indexOf('"t":0,');
  for (let at = firstStep; at < bytes.length * 0.85; at += 9973) {
    await copyFile(path, damaged);
    const file = await open(damaged, "r+");
    await file.write(Buffer.of(bytes[at] ^ 1), 0, 1, at);
    await file.close();
    const part = await readOrRefuse(damaged);
    if (part) expectBeginning(part);
    if (part && !part.info.complete) expect(part.info.note).toMatch(/^ends after step .*the file is damaged there: /);
  }
});

test("a file that another tool has sorted otherwise is whole; one with a step left out ends before it", async () => {
  const reader = new McapStreamReader();
  reader.append(await readFile(path));
  const records: TypedMcapRecord[] = [];
  for (let record = reader.nextRecord(); record; record = reader.nextRecord()) records.push(record);
  const channels = new Map(records.flatMap((record) => (record.type === "Channel" ? [[record.id, record]] : [])));
  const rewritten = (isKept: (topic: string, sequence: number) => boolean) =>
    strange("rewritten.mcap", async (writer) => {
      const ids = new Map<number, number>();
      for (const { id, topic, messageEncoding, metadata } of channels.values())
        ids.set(id, await writer.registerChannel({ topic, messageEncoding, metadata, schemaId: 0 }));
      for (const record of records.toReversed()) {
        if (record.type === "Metadata") await writer.addMetadata(record);
        if (record.type === "Message" && isKept(channels.get(record.channelId)?.topic ?? "", record.sequence))
          await writer.addMessage({ ...record, channelId: ids.get(record.channelId) ?? 0 });
      }
    });
  expectSame(await readRecording(await rewritten(() => true)), whole);
  const part = await readRecording(await rewritten((topic, sequence) => topic !== "/rl/step" || sequence !== 50));
  expectBeginning(part);
  expect([part.times.length, part.info.complete]).toEqual([50, false]);
});

test("what is no recording is refused with a remedy", async () => {
  const text = join(folder, "text.mcap");
  await writeFile(text, "once upon a time");
  await expect(readRecording(text)).rejects.toThrow(/text\.mcap is not an MCAP file .*give a recording/);
  const empty = join(folder, "empty.mcap");
  await writeFile(empty, "");
  await expect(readRecording(empty)).rejects.toThrow(/it is empty/);
  await expect(readRecording(folder)).rejects.toThrow(/it is a folder/);
  await expect(readRecording(join(folder, "none"))).rejects.toThrow(/no such file/);

  const foreign = await strange("foreign.mcap", async () => {});
  await expect(readRecording(foreign)).rejects.toThrow(/no metadata record "lapgrad".*give a recording/);
});

test("metadata of another version, or spoilt, is refused by key", async () => {
  const good = encodeMetadata(describe(whole));
  const cases: [string, string, RegExp][] = [
    ["format", "4", /recording format 4; .* up to 3: update lapgrad/],
    ["format", "one", /metadata "format" is "one"; allowed is/],
    ["steps", "-1", /metadata "steps" is "-1"; allowed is a whole number/],
    ["widths", "{}", /metadata "widths"/],
    ["columns", '{"state":[1]}', /metadata "columns" .* list of names for "state"/],
    ["kind", "walk", /metadata "kind" is "walk"; allowed is rollout or drive/],
    ["timing", "soon", /allowed is simulation or hardware/],
  ];
  for (const [key, value, message] of cases) {
    const metadata = new Map(good).set(key, value);
    const file = await strange("spoilt.mcap", (writer) => writer.addMetadata({ name: "lapgrad", metadata }));
    await expect(readRecording(file)).rejects.toThrow(RecordingError);
    await expect(readRecording(file)).rejects.toThrow(message);
  }
  const file = await strange("stepless.mcap", (writer) => writer.addMetadata({ name: "lapgrad", metadata: good }));
  await expect(readRecording(file)).rejects.toThrow(`holds none of its ${STEPS} steps`);
});
