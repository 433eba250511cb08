/** Recordings that went through other programs: compressed, renumbered, joined, or only partly there. */
import { spawnSync } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { McapStreamReader, McapWriter, type TypedMcapRecord } from "@mcap/core";
import { openRecording } from "../../src/recording/open.js";
import { readRecording } from "../../src/recording/reader.js";
import { RecordingError } from "../../src/recording/recording.js";
import { writeRecording } from "../../src/recording/writer.js";
import { tool } from "../support/tools.js";
import { carRecording, expectSame, newFolder } from "./samples.js";

type Compress = (chunk: Uint8Array) => { compression: string; compressedData: Uint8Array };
type MessageRecord = Extract<TypedMcapRecord, { type: "Message" }>;
interface Change {
  readonly compress?: Compress;
  /** what becomes of a message; undefined: left out */
  readonly message?: (message: MessageRecord, topic: string) => MessageRecord | undefined;
  /** more messages, of the recording that a second file holds */
  readonly times?: number;
  readonly metadata?: number;
}

const SEGMENTS = 12;
const whole = carRecording(SEGMENTS);
let folder: string;
let records: TypedMcapRecord[];
beforeAll(async () => {
  folder = await newFolder();
  const path = join(folder, "original.mcap");
  await writeRecording(path, whole, { cost: 1 });
  const reader = new McapStreamReader();
  reader.append(await readFile(path));
  records = [];
  for (let record = reader.nextRecord(); record; record = reader.nextRecord()) records.push(record);
});
afterAll(() => rm(folder, { recursive: true }));

/** The recording as the library's own writer writes it, changed. */
async function rewritten({ compress, message = (same) => same, times = 1, metadata = 1 }: Change): Promise<string> {
  const parts: Uint8Array[] = [];
  const writable = {
    write: async (bytes: Uint8Array) => void parts.push(bytes),
    position: () => BigInt(parts.reduce((sum, { length }) => sum + length, 0)),
  };
  const writer = new McapWriter({ writable, ...(compress ? { compressChunk: compress } : {}), chunkSize: 20_000 });
  await writer.start({ profile: "", library: "another program" });
  for (const record of records)
    if (record.type === "Metadata") for (let i = 0; i < metadata; i++) await writer.addMetadata(record);
  const ids = new Map<number, { id: number; topic: string }>();
  for (const record of records)
    if (record.type === "Channel")
      ids.set(record.id, { id: await writer.registerChannel({ ...record, schemaId: 0 }), topic: record.topic });
  for (let i = 0; i < times; i++) {
    for (const record of records) {
      const channel = record.type === "Message" ? ids.get(record.channelId) : undefined;
      const kept = record.type === "Message" && channel && message(record, channel.topic);
      if (kept) await writer.addMessage({ ...kept, channelId: channel.id });
    }
  }
  await writer.end();
  const path = join(folder, "rewritten.mcap");
  await writeFile(path, Buffer.concat(parts));
  return path;
}

/** A compression by the program of that name, as other writers do it. */
function byProgram(program: string, ...options: string[]): Compress {
  return (input) => {
    const { status, stdout } = spawnSync(program, ["-c", "-q", ...options], { input, maxBuffer: 2 ** 26 });
    if (status !== 0) throw new Error(`${program} failed`);
    return { compression: program, compressedData: stdout };
  };
}

/** An LZ4 frame of blocks of literals that are stored, or compressed to one sequence, with a checksum behind each. */
const handmadeLz4: Compress = (input) => {
  const blocks: Buffer[] = [];
  for (let at = 0; at < input.length; at += 5000) {
    const literals = Buffer.from(input.subarray(at, at + 5000));
    const isStored = blocks.length % 2 === 0;
    const rest = literals.length - 15;
    const long = rest < 0 ? [] : [...Array(Math.floor(rest / 255)).fill(255), rest % 255];
    const token = [Math.min(15, literals.length) << 4, ...long];
    const block = isStored ? literals : Buffer.concat([Buffer.from(token), literals]);
    const size = Buffer.alloc(4);
    size.writeUInt32LE((block.length | (isStored ? 0x80000000 : 0)) >>> 0);
    blocks.push(Buffer.concat([size, block, Buffer.from("sum.")]));
  }
  const head = Buffer.of(0x04, 0x22, 0x4d, 0x18, 0x70, 0x40, 0);
  return { compression: "lz4", compressedData: Buffer.concat([head, ...blocks, Buffer.alloc(4)]) };
};

/** A zstd frame of blocks that are stored. */
const handmadeZstd: Compress = (input) => {
  const blocks: Buffer[] = [];
  for (let at = 0; at < input.length; at += 100_000) {
    const block = Buffer.from(input.subarray(at, at + 100_000));
    const isLast = at + 100_000 >= input.length;
    const head = Buffer.alloc(3);
    head.writeUIntLE((block.length << 3) | (isLast ? 1 : 0), 0, 3);
    blocks.push(head, block);
  }
  const size = Buffer.alloc(4);
  size.writeUInt32LE(input.length);
  return {
    compression: "zstd",
    compressedData: Buffer.concat([Buffer.of(0x28, 0xb5, 0x2f, 0xfd, 0xa0), size, ...blocks]),
  };
};

const zstd = tool("zstd");
const lz4 = tool("lz4");
const intoChunks = async (compress: Compress) => expectSame(await readRecording(await rewritten({ compress })), whole);

zstd.test("zstd", () => intoChunks(byProgram("zstd")));
zstd.test("zstd, strongly compressed", () => intoChunks(byProgram("zstd", "-19")));
test("zstd that is only stored", () => intoChunks(handmadeZstd));
lz4.test("lz4", () => intoChunks(byProgram("lz4")));
lz4.test("lz4 in linked blocks with checksums", () => intoChunks(byProgram("lz4", "-9", "-BX", "-BD", "-B4")));
test("lz4 that is only stored, or of literals", () => intoChunks(handmadeLz4));

test("a damaged chunk, one that claims too much and an unknown compression are named, never called cut", async () => {
  const programs = [zstd, lz4].flatMap(({ absent, command }) => (absent ? [] : [byProgram(command)]));
  for (const compress of [handmadeZstd, handmadeLz4, ...programs]) {
    const path = await rewritten({ compress });
    const bytes = await readFile(path);
    const first = bytes.indexOf(compress(Buffer.from("a")).compression); // what stands before it has no checksum
    for (let at = first; at < bytes.length - 100; at += 1999) {
      bytes[at] ^= 0x10;
      await writeFile(path, bytes);
      const outcome = await readRecording(path).catch((error) => error);
      if (outcome instanceof Error) {
        expect(outcome).toBeInstanceOf(RecordingError);
        expect(outcome.message).not.toMatch(/it is cut before the first/);
      } else if (outcome.info.complete) expectSame(outcome, whole);
      bytes[at] ^= 0x10;
    }
  }
  const path = await rewritten({ compress: handmadeLz4 });
  const bytes = await readFile(path);
  bytes.writeBigUInt64LE(2n ** 40n, bytes.indexOf("lz4") - 4 - 4 - 8); // length of the name, checksum, size
  await writeFile(path, bytes);
  await expect(readRecording(path)).rejects.toThrow(/a chunk says that it holds 1099511627776 bytes; allowed are/);
  const claims: Compress = (chunk) => ({ ...handmadeLz4(chunk), compression: "brotli" });
  await expect(readRecording(await rewritten({ compress: claims }))).rejects.toThrow(
    /none of its 84 steps .*it cannot be read there; the MCAP reader says: Unsupported compression brotli/,
  );
});

test("messages without numbers, or counted over all topics, come in the order of log time", async () => {
  const unnumbered = await rewritten({ message: (message) => ({ ...message, sequence: 0 }) });
  expectSame(await readRecording(unnumbered), whole);
  let count = 0;
  const counted = await rewritten({ message: (message) => ({ ...message, sequence: ++count }) });
  expectSame(await readRecording(counted), whole);
  // backwards: the times tell
  records.reverse();
  const sorted = await rewritten({ message: (message) => ({ ...message, sequence: 7 }) });
  expectSame(await readRecording(sorted), whole);
  records.reverse();
});

test("steps without numbers of which some are missing: the end is said to be missing only where it is", async () => {
  const without = (isLost: (sequence: number) => boolean) =>
    rewritten({
      message: (message, topic) =>
        topic === "/rl/step" && isLost(message.sequence) ? undefined : { ...message, sequence: 0 },
    });
  const { info, times } = await readRecording(await without((sequence) => sequence >= 70));
  expect(times.length).toBe(70);
  expect(info.note).toMatch(/^ends after step 70 of 84 .*the last 0\.3 s are missing/);
  await expect(readRecording(await without((sequence) => sequence === 40))).rejects.toThrow(
    /holds 83 of 84 steps, and as they are not numbered nobody can tell which are missing; use another copy/,
  );
});

test("a step that is missing, spoilt or of another width is named, and never called the end", async () => {
  const at40 = (change: (message: MessageRecord) => MessageRecord | undefined) =>
    rewritten({
      message: (message, topic) => (topic === "/rl/step" && message.sequence === 40 ? change(message) : message),
    });
  const cases: [RegExp, (message: MessageRecord) => MessageRecord | undefined][] = [
    [/step 41 is missing \(the next has the number 41\): 43 of them cannot be used/, () => undefined],
    [/step 41 is not a JSON object: 44 of them/, (message) => ({ ...message, data: Buffer.from("nothing") })],
    [
      /step 41 does not have 4 numbers as "state": 44 of them/,
      (message) => ({ ...message, data: Buffer.from('{"t":0.8,"state":[1]}') }),
    ],
  ];
  for (const [note, change] of cases) {
    const { info, times } = await readRecording(await at40(change));
    expect([times.length, info.complete]).toStrictEqual([40, false]);
    expect(info.note).toMatch(note);
    expect(info.note).not.toMatch(/ s are missing/);
  }
});

test("two recordings in one file are refused", async () => {
  const twice = /holds more than one recording \(.*\); give each in a file of its own/;
  await expect(readRecording(await rewritten({ metadata: 2, times: 2 }))).rejects.toThrow(twice);
  await expect(readRecording(await rewritten({ times: 2 }))).rejects.toThrow(twice);
  const unnumbered = { times: 2, message: (message: MessageRecord) => ({ ...message, sequence: 0 }) };
  await expect(readRecording(await rewritten(unnumbered))).rejects.toThrow(twice);
  const bytes = await readFile(join(folder, "original.mcap"));
  const behind = join(folder, "behind.mcap");
  await writeFile(behind, Buffer.concat([bytes, bytes]));
  await expect(openRecording(behind)).rejects.toThrow(/a second MCAP file behind the first/);
});
