/**
 * The numbers of a run for other programs. Event files are read by a reader of their own, written from the documents:
 * TFRecord's framing with CRC-32C bit by bit, protobuf's wire format, and the field numbers of event.proto and
 * summary.proto.
 */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import exportCommand from "../../src/cli/commands/export.js";
import { csvOf } from "../../src/export/tables/csv.js";
import { jsonLinesOf } from "../../src/export/tables/json-lines.js";
import type { RunNumbers } from "../../src/export/tables/numbers.js";
import { tables } from "../../src/export/tables/tables.js";
import { eventsOf } from "../../src/export/tables/tensorboard.js";
import { withNotices } from "../../src/training/metrics.js";
import { RunFolder } from "../../src/training/run-folder.js";
import { Captured, newFolder, trainRun } from "../support/runs.js";

let folder: string;
let run: string;
beforeAll(async () => {
  folder = await newFolder();
  run = join(folder, "run");
  await trainRun({ given: { task: "scalar", rollouts: 3 }, out: run });
});
afterAll(() => rm(folder, { recursive: true }));

/** CRC-32C (RFC 3720, appendix B.4) of bytes, bit by bit. */
function checksum(bytes: Uint8Array): number {
  let crc = 0xffffffffn;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ 0x82f63b78n : crc >> 1n;
  }
  return Number(crc ^ 0xffffffffn);
}

const masked = (crc: number) => Number((((BigInt(crc) >> 15n) | (BigInt(crc) << 17n)) + 0xa282ead8n) & 0xffffffffn);

/** The data of all records; throws if a length or a checksum is wrong. */
function recordsIn(file: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let at = 0; at < file.length; ) {
    const length = Number(file.readBigUInt64LE(at));
    const data = file.subarray(at + 12, at + 12 + length);
    if (file.readUInt32LE(at + 8) !== masked(checksum(file.subarray(at, at + 8)))) throw new Error("length damaged");
    if (file.readUInt32LE(at + 12 + length) !== masked(checksum(data))) throw new Error("data damaged");
    records.push(data);
    at += length + 16;
  }
  return records;
}

/** Fields of a message: number, and its bytes or number. */
function fieldsOf(data: Buffer): [field: number, value: Buffer | number][] {
  const fields: [number, Buffer | number][] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = data[at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < data.length) {
    const key = varint();
    const [field, type] = [key >> 3, key & 7];
    if (![0, 1, 2, 5].includes(type)) throw new Error(`wire type ${type}`);
    if (type === 0) fields.push([field, varint()]);
    else {
      const length = type === 1 ? 8 : type === 5 ? 4 : varint();
      const bytes = data.subarray(at, at + length);
      fields.push([field, type === 1 ? bytes.readDoubleLE() : type === 5 ? bytes.readFloatLE() : bytes]);
      at += length;
    }
  }
  return fields;
}

interface ReadEvent {
  readonly wallTime: number;
  readonly step: number;
  readonly version?: string;
  readonly values: Readonly<Record<string, number>>;
}

function eventIn(data: Buffer): ReadEvent {
  const fields = new Map(fieldsOf(data));
  const summary = fields.get(5);
  const values = summary === undefined ? [] : fieldsOf(summary as Buffer).map(([, value]) => fieldsOf(value as Buffer));
  return {
    wallTime: fields.get(1) as number,
    step: fields.get(2) as number,
    ...(fields.has(3) && { version: String(fields.get(3)) }),
    values: Object.fromEntries(values.map((value) => [String(value[0][1]), value[1][1] as number])),
  };
}

/** What the command writes, and says as JSON. */
async function exported(format: string, out?: string) {
  const output = new Captured();
  const values = { run, format, what: "policy", checkpoint: "best", ...(out && { out }) };
  await exportCommand.run(values as never, output);
  const [result] = output.results as { file: string }[];
  return { result, bytes: await readFile(result.file) };
}

test("checksums are those of the standard", () => {
  expect(checksum(Buffer.from("123456789"))).toBe(0xe3069283);
  expect(checksum(Buffer.alloc(32))).toBe(0x8a9136aa); // RFC 3720, B.4
});

test("event files hold all numbers of laps and updates, at their steps", async () => {
  const { result, bytes } = await exported("tensorboard");
  expect(result.file).toBe(join(run, "tensorboard", "events.out.tfevents.0.lapgrad"));
  const [first, ...events] = recordsIn(bytes).map(eventIn);
  expect(first).toEqual({ wallTime: 0, step: 0, version: "brain.Event:2", values: {} });
  const laps = events.filter(({ values }) => "lap/windowCost" in values);
  const metrics = await new RunFolder(run).readMetrics();
  expect(laps.map(({ step }) => step)).toEqual([1, 2, 3]);
  for (const [i, { wallTime, values }] of laps.entries()) {
    const { noticed: _, index: __, ...numbers } = metrics[i];
    expect(wallTime).toBe(numbers.start + numbers.seconds);
    for (const [name, value] of Object.entries(numbers))
      expect([name, values[`lap/${name}`]]).toEqual([name, Math.fround(value)]);
  }
  const updates = events.filter(({ values }) => "update/windowCost" in values);
  const lines = (await readFile(join(run, "updates.jsonl"), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(updates.map(({ step }) => step)).toEqual(lines.map(({ update }) => update));
  expect(updates.map(({ values }) => values["update/meanCost"])).toEqual(
    lines.map(({ meanCost }) => Math.fround(meanCost)),
  );
  expect((await exported("tensorboard", join(folder, "other", "events"))).bytes.equals(bytes)).toBe(true);
});

/** Numbers of a run with everything that is awkward. */
const AWKWARD: RunNumbers = {
  unit: "lap",
  rollouts: [
    { index: 1, seconds: 5.5, cost: 1e300, windowCost: Number.NaN, meanCost: -0, slowSeconds: 0, start: 2 ** 40 },
    { index: 2 ** 33, seconds: 1, cost: 5e-324, windowCost: 2, meanCost: 0.1, slowSeconds: 0, start: 0, 'ä, "x"': 7 },
  ].map((metrics, i) => withNotices(metrics, i === 0 ? ['it "turned", and', "slipped"] : [])),
  updates: [{ windowCost: 3 }, { update: 1 }, {}],
};

test("what is awkward stays readable", () => {
  const [, one, two, ...others] = recordsIn(Buffer.from(eventsOf(AWKWARD))).map(eventIn);
  expect(others).toEqual([]); // an update without number, or without values, is none
  expect(one.wallTime).toBe(2 ** 40 + 5.5);
  expect(one.values).toEqual(expect.objectContaining({ "lap/cost": 3.4028234663852886e38, "lap/meanCost": -0 }));
  expect(one.values).not.toHaveProperty("lap/windowCost");
  expect([two.step, two.values['lap/ä, "x"']]).toEqual([2 ** 33, 7]);

  const names = 'index,seconds,cost,windowCost,meanCost,slowSeconds,start,"ä, ""x""",noticed';
  expect(csvOf(AWKWARD)).toBe(
    `${names}\n1,5.5,1e+300,,0,0,1099511627776,,"it ""turned"", and; slipped"\n8589934592,1,5e-324,2,0.1,0,0,7,\n`,
  );
  const [first] = jsonLinesOf(AWKWARD).split("\n");
  expect(JSON.parse(first)).toMatchObject({ windowCost: null, noticed: 'it "turned", and; slipped' });
});

test("tables have a row per lap", async () => {
  const csv = (await exported("csv")).bytes
    .toString()
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  const metrics = await new RunFolder(run).readMetrics();
  const at = csv[0].indexOf("windowCost");
  expect(csv.slice(1).map((row) => Number(row[at]))).toEqual(metrics.map(({ windowCost }) => windowCost));
  expect(csv.every((row) => row.length === csv[0].length)).toBe(true);
  const rows = (await exported("jsonl")).bytes
    .toString()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(rows.map(({ index, windowCost }) => [index, windowCost])).toEqual(
    metrics.map(({ index, windowCost }) => [index, windowCost]),
  );
  for (const row of rows) for (const value of Object.values(row)) expect(typeof value).not.toBe("object");
});

test("what cannot be written is said", async () => {
  const write = (more: object) =>
    exportCommand.run({ run, format: "csv", what: "policy", checkpoint: "best", ...more } as never, new Captured());
  await expect(write({ precision: "float64" })).rejects.toThrow(
    /--precision is of a policy, and --format csv has none/,
  );
  await expect(write({ what: "network" })).rejects.toThrow(/--what network is of a policy, and --format csv has none/);
  await expect(write({ run: folder })).rejects.toThrow(/is not a run of lapgrad/);
  const empty = join(folder, "empty");
  await trainRun({ given: { task: "scalar", rollouts: 1 }, out: empty });
  await writeFile(join(empty, "metrics.jsonl"), "");
  await expect(write({ run: empty })).rejects.toThrow(/has no finished lap or rollout yet: there is nothing to export/);
  await mkdir(join(folder, "in the way"));
  await expect(write({ out: join(folder, "in the way") })).rejects.toThrow(/cannot write/);
  expect(Object.keys(tables)).toEqual(["tensorboard", "csv", "jsonl"]);
});
