/** Checkpoints: what goes in comes out, and of a file that is not whole nothing comes out. */
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  type Checkpoint,
  checkpointPath,
  latestCheckpoint,
  listCheckpoints,
  readCheckpoint,
  writeCheckpoint,
} from "../../src/checkpoint/checkpoint.js";
import { completeConfig } from "../../src/config/config.js";
import { UserError } from "../../src/errors.js";
import { initialisePolicy } from "../../src/session.js";
import { checkpointOf, restore } from "../../src/training/checkpoints.js";
import { START } from "../../src/training/judgement.js";
import { trainingFor } from "../../src/training/training.js";
import { newFolder, SMALL } from "../support/runs.js";

let folder: string;
let path: string;
let bytes: Buffer;
const sample: Checkpoint = {
  task: "car-figure8",
  layers: [6, 8, 10],
  update: "adam",
  updates: 3,
  rollouts: 5,
  best: { rollout: 4, windowCost: 12.5, updates: 2 },
  firstWindowCost: 137.25,
  optimiser: { power1: 0.729, power2: 0.997002999 },
  arrays: {
    parameters: Float64Array.of(0.1, -0, Number.MIN_VALUE, Number.MAX_VALUE),
    random: Float64Array.of(Number.NaN, 1e-310),
    none: new Float64Array(),
  },
};

beforeAll(async () => {
  folder = await newFolder();
  path = join(folder, "sample.ckpt");
  await writeCheckpoint(path, sample);
  bytes = await readFile(path);
});
afterAll(() => rm(folder, { recursive: true }));

const bits = (values: Float64Array | undefined) => Buffer.from((values ?? new Float64Array()).slice().buffer);

async function expectRefused(content: Uint8Array, what: string): Promise<string> {
  const spoilt = join(folder, "spoilt.ckpt");
  await writeFile(spoilt, content);
  try {
    await readCheckpoint(spoilt);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.message).toContain(spoilt);
    return error.message;
  }
  throw new Error(`a checkpoint was read in spite of ${what}`);
}

test("comes back as it was written, bit for bit", async () => {
  const read = await readCheckpoint(path);
  expect({ ...read, arrays: {} }).toStrictEqual({ ...sample, arrays: {} });
  expect(Object.keys(read.arrays)).toStrictEqual(Object.keys(sample.arrays));
  for (const [name, array] of Object.entries(sample.arrays))
    expect(bits(read.arrays[name]).equals(bits(array))).toBe(true);
});

test("numbers that JSON has not come back: the best cost may be infinite", async () => {
  const optimiser = { best: Infinity, worst: -Infinity, none: Number.NaN, zero: -0 };
  const file = join(folder, "special.ckpt");
  await writeCheckpoint(file, { ...sample, optimiser, firstWindowCost: Number.NaN });
  const read = await readCheckpoint(file);
  expect([read.optimiser, read.firstWindowCost]).toStrictEqual([optimiser, Number.NaN]);
});

/** A file with a valid checksum, whatever its header says. */
function fileWith(header: string, numbers = bytes.subarray(-32 - 8 * 6, -32)): Buffer {
  const padded = header + " ".repeat((8 - (Buffer.byteLength(header) % 8)) % 8);
  const prefix = Buffer.from(bytes.subarray(0, 16));
  prefix.writeUInt32LE(Buffer.byteLength(padded), 12);
  const content = Buffer.concat([prefix, Buffer.from(padded), numbers]);
  return Buffer.concat([content, createHash("sha256").update(content).digest()]);
}

test("with a valid checksum and a header that is none it is refused", async () => {
  const header = JSON.parse(bytes.toString("utf8", 16, 16 + bytes.readUInt32LE(12)));
  const refused = (change: object) => expectRefused(fileWith(JSON.stringify({ ...header, ...change })), "its header");
  expect(await expectRefused(fileWith("{"), "its header")).toContain("is not JSON: resume from an earlier checkpoint");
  expect(await expectRefused(fileWith("[]"), "its header")).toContain('lacks "task": resume from');
  const text = await expectRefused(fileWith(JSON.stringify("a\nb")), "its header");
  expect(text).toMatch(/^the header of \S+ is "a\\nb"; allowed is an object: resume from an earlier checkpoint$/);
  expect(await refused({ best: "a\nb" })).toContain('has "a\\nb" for "best"; allowed is an object: resume');
  expect(await refused({ updates: -1 })).toContain('has -1 for "updates"');
  expect(await refused({ layers: "6" })).toContain('has "6" for "layers"; allowed is a list of widths');
  expect(await refused({ best: { ...header.best, windowCost: "low" } })).toContain('has "low" for "best.windowCost"');
  expect(await refused({ optimiser: { power1: "much" } })).toContain('for "optimiser"; allowed is numbers by name');
  expect(await refused({ recordings: [{ file: "../../etc/passwd", sha256: "" }] })).toContain("the name of a file");
  expect(await refused({ arrays: { parameters: 1e9 } })).toContain(
    "holds 48 bytes of numbers, its header says 8000000",
  );
  expect(await refused({ arrays: { parameters: -1 } })).toContain('for "arrays"; allowed is lengths by name');
  await writeFile(path, bytes);
  expect((await readCheckpoint(path)).updates).toBe(3);
});

test.each([Number.NaN, Infinity])("with a weight that is %d it is refused", async (weight) => {
  const numbers = Buffer.from(bytes.subarray(-32 - 8 * 6, -32));
  numbers.writeDoubleLE(weight, 16);
  const header = bytes.toString("utf8", 16, 16 + bytes.readUInt32LE(12));
  const message = await expectRefused(fileWith(header, numbers), "its weights");
  expect(message).toContain(`holds a policy whose weight 2 is ${weight}, allowed are finite numbers: name another`);
});

test("any numbers and names come back", async () => {
  const arrays = fc.dictionary(fc.string({ unit: "grapheme", maxLength: 8 }), fc.float64Array({ maxLength: 9 }), {
    noNullPrototype: true,
    maxKeys: 4,
  });
  const file = join(folder, "any.ckpt");
  await fc.assert(
    fc.asyncProperty(arrays, fc.string({ unit: "grapheme" }), async (arrays, task) => {
      await writeCheckpoint(file, { ...sample, task, arrays });
      const read = await readCheckpoint(file);
      expect(read.task).toBe(task);
      for (const [name, array] of Object.entries(arrays))
        expect(bits(read.arrays[name]).equals(bits(array))).toBe(true);
    }),
    { numRuns: 40, seed: 2 },
  );
});

test("with any byte changed it is refused", async () => {
  for (let at = 0; at < bytes.length; at++) {
    const spoilt = Buffer.from(bytes);
    spoilt[at] ^= 1 << (at % 8);
    await expectRefused(spoilt, `a flipped bit in byte ${at}`);
  }
});

test("cut at any length, or with something behind it, it is refused", async () => {
  for (let length = 0; length < bytes.length; length++)
    await expectRefused(bytes.subarray(0, length), `a cut to ${length} bytes`);
  await expectRefused(Buffer.concat([bytes, Buffer.alloc(8)]), "eight more bytes");
  await expectRefused(Buffer.concat([bytes, bytes]), "a second copy behind it");
});

test("says what it is if it is something else", async () => {
  expect(await expectRefused(Buffer.from("once upon a time"), "a text")).toContain("not a lapgrad checkpoint");
  const newer = Buffer.from(bytes);
  newer.writeUInt32LE(7, 8);
  expect(await expectRefused(newer, "version 7")).toMatch(/version 7, this lapgrad reads version \d/);
  await expect(readCheckpoint(folder)).rejects.toThrow("it is a folder");
  await expect(readCheckpoint(join(folder, "none"))).rejects.toThrow("no such file");
});

test("the newest that can be used is taken; what was passed over is said", async () => {
  const run = join(folder, "run");
  await mkdir(join(run, "checkpoints"), { recursive: true });
  expect(await latestCheckpoint(run)).toStrictEqual({ checkpoint: undefined, passedOver: [] });
  for (let updates = 0; updates < 12; updates++)
    await writeCheckpoint(checkpointPath(run, updates), { ...sample, updates, rollouts: 2 * updates });
  await writeFile(join(run, "checkpoints", "0012.ckpt.7.tmp"), "half");
  expect(await listCheckpoints(run)).toStrictEqual(Array.from({ length: 12 }, (_, i) => i));
  expect((await latestCheckpoint(run)).checkpoint?.updates).toBe(11);
  await writeFile(checkpointPath(run, 11), bytes.subarray(0, 60));
  await writeFile(checkpointPath(run, 10), "");
  const latest = await latestCheckpoint(run);
  expect(latest.checkpoint?.updates).toBe(9);
  expect(latest.passedOver.map((text) => /0011|0010/.exec(text)?.[0])).toStrictEqual(["0011", "0010"]);
  await writeCheckpoint(checkpointPath(run, 9), { ...sample, updates: 4, rollouts: 8 });
  expect((await latestCheckpoint(run)).checkpoint?.updates).toBe(8);
  const early = await latestCheckpoint(run, 7);
  expect(early.checkpoint?.updates).toBe(3);
  expect(early.passedOver.at(-1)).toContain("counts 8 rollouts");
  for (const updates of await listCheckpoints(run)) await writeFile(checkpointPath(run, updates), "x");
  await expect(latestCheckpoint(run)).rejects.toThrow(/none of the 12 checkpoints of .* can be used/);
  await expect(latestCheckpoint(join(folder, "none"))).rejects.toThrow("is not a run of lapgrad");
});

test("one of another task, network or update rule is refused, and nothing of it is taken over", async () => {
  const config = completeConfig({ ...SMALL, update: "adam" });
  const run = await trainingFor(config);
  const { core } = run;
  initialisePolicy(core, 1);
  const own = checkpointOf(run, START);
  const before = core.view("parameters").slice();
  const strange: [Partial<Checkpoint>, string][] = [
    [{ task: "quadruped-figure8" }, '1.ckpt is a checkpoint of task "quadruped-figure8", the run is of "car-figure8"'],
    [{ layers: [6, 9, 9, 10] }, "1.ckpt holds a 6-9-9-10 network, the configuration asks for 6-8-8-10"],
    [{ update: "sgd" }, '1.ckpt was made by update "sgd", the configuration says "adam"'],
    [{ arrays: { ...own.arrays, parameters: new Float64Array(3) } }, "holds a 6-8-8-10 network"],
  ];
  for (const [difference, message] of strange)
    expect(() => restore(run, { ...own, ...difference }, "1.ckpt")).toThrow(message);
  expect(core.view("parameters")).toStrictEqual(before);
  for (const name of ["random", "firstMoment", "secondMoment"]) {
    const { [name]: _, ...others } = own.arrays;
    expect(() => restore(run, { ...own, arrays: others }, "1.ckpt")).toThrow(`0 numbers of "${name}"`);
    const short = { ...others, [name]: new Float64Array(1) };
    expect(() => restore(run, { ...own, arrays: short }, "1.ckpt")).toThrow(`1 numbers of "${name}"`);
  }
});
