import { spawn } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { McapIndexedReader } from "@mcap/core";
import fc from "fast-check";
import { readRecording } from "../../src/recording/reader.js";
import { type Recording, RecordingError } from "../../src/recording/recording.js";
import { writeRecording } from "../../src/recording/writer.js";
import { carRecording, expectSame, newFolder } from "./samples.js";

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

async function indexedReader(path: string): Promise<McapIndexedReader> {
  const bytes = await readFile(path);
  const readable = {
    size: async () => BigInt(bytes.length),
    read: async (offset: bigint, size: bigint) => bytes.subarray(Number(offset), Number(offset + size)),
  };
  return McapIndexedReader.Initialize({ readable });
}

/** The part of JSON Schema that the schemas of a recording use; the first fault, or nothing. */
function fault(schema: Record<string, unknown>, value: unknown, key = "message"): string | undefined {
  const types: Record<string, (x: unknown) => boolean> = {
    object: (x) => typeof x === "object" && x !== null && !Array.isArray(x),
    array: Array.isArray,
    string: (x) => typeof x === "string",
    boolean: (x) => typeof x === "boolean",
    number: (x) => typeof x === "number",
    integer: Number.isInteger,
  };
  const { type, required, properties, items, oneOf, minimum, maximum } = schema;
  if (typeof type === "string" && !types[type](value)) return `${key} is ${JSON.stringify(value)}, not ${type}`;
  if (Array.isArray(oneOf) && !oneOf.some((option) => option.const === value)) return `${key} is none of its constants`;
  if (typeof value === "number" && (value < Number(minimum ?? value) || value > Number(maximum ?? value)))
    return `${key} is ${value}, out of range`;
  if (Array.isArray(value)) {
    const faults = value.map((item, i) => fault(Object(items), item, `${key}[${i}]`));
    return faults.find((found) => found !== undefined);
  }
  for (const name of Array.isArray(required) ? required : [])
    if (!(name in Object(value))) return `${key} has no ${name}`;
  for (const [name, member] of Object.entries(Object(properties)))
    if (name in Object(value)) {
      const found = fault(Object(member), Object(value)[name], `${key}.${name}`);
      if (found) return found;
    }
  return undefined;
}

test("an independent reader finds every message by the index, each valid by its schema", async () => {
  const path = join(folder, "indexed.mcap");
  await writeRecording(path, carRecording(80), { cost: 12.5 });
  const reader = await indexedReader(path);
  const decoder = new TextDecoder();
  const counts = new Map<string, number>();
  const times = new Set<bigint>();
  const faults = new Set<string | undefined>();
  const encodings = new Set<string>();
  for await (const message of reader.readMessages({ validateCrcs: true })) {
    const channel = reader.channelsById.get(message.channelId);
    const schema = reader.schemasById.get(channel?.schemaId ?? 0);
    const topic = channel?.topic ?? "";
    const body = JSON.parse(decoder.decode(message.data));
    faults.add(fault(JSON.parse(decoder.decode(schema?.data)), body, topic));
    encodings.add(`${channel?.messageEncoding} ${schema?.encoding}`);
    const stamp = (body.timestamp ?? body.entities[0].timestamp) as { sec: number; nsec: number };
    const nanoseconds = BigInt(stamp.sec) * 1_000_000_000n + BigInt(stamp.nsec);
    if (nanoseconds !== message.logTime) faults.add(`${topic} is stamped ${nanoseconds} at ${message.logTime}`);
    counts.set(topic, (counts.get(topic) ?? 0) + 1);
    if (topic === "/rl/step") times.add(message.logTime);
  }
  expect(Object.fromEntries(counts)).toEqual({
    "/tf": 561,
    "/pose": 560,
    "/drive": 560,
    "/plan": 1,
    "/track": 1,
    "/rl/step": 560,
    "/rl/segment": 80,
    "/rl/rollout": 1,
  });
  expect([...faults]).toEqual([undefined]);
  expect([...encodings]).toEqual(["json jsonschema"]);
  expect(times.size).toBe(560);
  expect(reader.statistics?.messageCount).toBe([...counts.values()].reduce((sum, n) => sum + BigInt(n), 0n));
  expect(reader.chunkIndexes.length).toBeGreaterThan(5);
  for (const chunk of reader.chunkIndexes) expect(chunk.uncompressedSize).toBeLessThan(2n * 65536n);
  expect([...reader.schemasById.values()].map(({ name }) => name).sort()).toEqual([
    "foxglove.FrameTransform",
    "foxglove.PoseInFrame",
    "foxglove.PosesInFrame",
    "foxglove.SceneUpdate",
    "lapgrad.Input",
    "lapgrad.Rollout",
    "lapgrad.Segment",
    "lapgrad.Step",
  ]);
});

test("inputs are named, and the frames hang together", async () => {
  const path = join(folder, "named.mcap");
  const recording = carRecording(2);
  await writeRecording(path, recording, { cost: Number.NaN });
  const reader = await indexedReader(path);
  const bodies = new Map<string, Record<string, unknown>[]>();
  for await (const message of reader.readMessages()) {
    const topic = reader.channelsById.get(message.channelId)?.topic ?? "";
    bodies.set(topic, [...(bodies.get(topic) ?? []), JSON.parse(new TextDecoder().decode(message.data))]);
  }
  expect(bodies.get("/drive")?.[3]).toMatchObject({ throttle: recording.inputs[6], steering: recording.inputs[7] });
  const frames = bodies.get("/tf")?.map((body) => `${body.parent_frame_id} > ${body.child_frame_id}`);
  expect([...new Set(frames)]).toEqual(["map > odom", "odom > base_link"]);
  expect(bodies.get("/pose")?.[1]).toMatchObject({
    frame_id: "map",
    pose: { position: { x: recording.states[4], y: recording.states[5] } },
  });
  expect(bodies.get("/rl/rollout")?.[0]).toMatchObject({ steps: 14, segments: 2, summary: { cost: "NaN" } });
});

test("the same recording gives the same bytes", async () => {
  const paths = ["first.mcap", "second.mcap"].map((name) => join(folder, name));
  for (const path of paths) await writeRecording(path, carRecording(20), { cost: 1 });
  const [first, second] = await Promise.all(paths.map((path) => readFile(path)));
  expect(first.equals(second)).toBe(true);
});

/** Any widths (0 is "not recorded"), any numbers, any order of starts; the state has a pose only now and then. */
const recordings: fc.Arbitrary<Recording> = fc
  .record({
    steps: fc.integer({ min: 1, max: 12 }),
    segments: fc.integer({ min: 0, max: 4 }),
    missingStart: fc.boolean(),
    widths: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 8, maxLength: 8 }),
    hasCosts: fc.boolean(),
    hasPaces: fc.boolean(),
    hasBody: fc.boolean(),
    isPosed: fc.boolean(),
    text: fc.string(),
    timing: fc.constantFrom("simulation" as const, "hardware" as const),
  })
  .chain(({ steps, segments, missingStart, widths, hasCosts, hasPaces, hasBody, isPosed, text, timing }) => {
    const numbers = (length: number) =>
      fc.array(fc.double(), { minLength: length, maxLength: length }).map((list) => Float64Array.from(list));
    const names = isPosed ? ["x [m]", "y [m]", "phi [rad]"] : ["angle [rad]", text];
    return fc.record({
      info: fc.record({
        task: fc.constant(text),
        rollout: fc.nat(),
        timing: fc.constant(timing),
        startTime: fc.double(),
        columns: fc.constant({
          state: names,
          input: [text, text],
          reference: [],
          residual: [],
          setpoint: [],
          gain: [],
          ...(hasBody ? { body: [text] } : {}),
        }),
        complete: fc.boolean(),
        note: fc.string(),
      }),
      times: numbers(steps),
      states: numbers(steps * widths[0]),
      finalState: numbers(widths[1]),
      inputs: numbers(steps * widths[2]),
      references: numbers(steps * widths[3]),
      costs: numbers(hasCosts ? steps : 0),
      paces: numbers(hasPaces ? steps : 0),
      body: numbers(hasBody ? steps : 0),
      residuals: numbers(steps * widths[4]),
      segmentStarts: numbers(missingStart ? Math.max(0, segments - 1) : segments),
      segmentTimes: numbers(segments),
      segmentStates: numbers(segments * widths[5]),
      outputs: numbers(segments * widths[6]),
      setpoints: numbers(segments * widths[7]),
      gains: numbers(segments * widths[7]),
      events: fc.constant([]),
    });
  });

test("every recording comes back bit for bit, special values included", async () => {
  const path = join(folder, "any.mcap");
  await fc.assert(
    fc.asyncProperty(recordings, async (recording) => {
      await writeRecording(path, recording, {});
      expectSame(await readRecording(path), recording);
    }),
    { numRuns: 150 },
  );
  const special = carRecording(1);
  special.states.set([-0, Number.NaN, Infinity, -Infinity, 5e-324, -Number.MAX_VALUE, 0.1 + 0.2, 2 ** 53 + 2]);
  await writeRecording(path, special, {});
  expectSame(await readRecording(path), special);
});

test("arrays that do not fit together, and a rollout without a step, are refused", async () => {
  const path = join(folder, "refused.mcap");
  const recording = carRecording(2);
  const cases: [Partial<Recording>, string][] = [
    [{ states: new Float64Array(55) }, "states has 55 numbers for 14 rows"],
    [{ costs: new Float64Array(28) }, "costs has 28 numbers for 14 rows; give one number a row"],
    [{ segmentStarts: new Float64Array(4) }, "4 segmentStarts for 2 segments"],
    [{ times: new Float64Array(), states: new Float64Array() }, "without a control step"],
  ];
  for (const [change, message] of cases) {
    const attempt = writeRecording(path, { ...recording, ...change }, {});
    await expect(attempt).rejects.toThrow(RecordingError);
    await expect(attempt).rejects.toThrow(message);
  }
});

test("what cannot be written says why and leaves nothing behind", async () => {
  const inner = join(folder, "inner");
  await mkdir(join(inner, "taken.mcap"), { recursive: true });
  const missing = writeRecording(join(inner, "nowhere", "a.mcap"), carRecording(1), {});
  await expect(missing).rejects.toThrow(/cannot write .*nowhere.*there is no folder .*nowhere: mkdir -p/);
  await expect(missing).rejects.toMatchObject({ name: "UserError", exitCode: 1 });
  await expect(writeRecording(join(inner, "taken.mcap"), carRecording(1), {})).rejects.toThrow(/cannot write .*taken/);
  expect(await readdir(inner)).toEqual(["taken.mcap"]);
});

test("kill -9 leaves the old file or the new one", async () => {
  const path = join(folder, "killed.mcap");
  const module = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
  const script = join(folder, "write-forever.mjs");
  await writeFile(
    script,
    `import { readRecording } from ${module("../../src/recording/reader.js")};
     import { writeRecording } from ${module("../../src/recording/writer.js")};
     const recording = await readRecording(process.argv[2]);
     for (let cost = 0; ; cost++) {
       await writeRecording(process.argv[2], recording, { cost });
       if (cost === 0) process.stdout.write("writing");
     }`,
  );
  const recording = carRecording(40);
  await writeRecording(path, recording, {});
  for (const delay of [0, 5, 17]) {
    const child = spawn(process.execPath, [script, path], { stdio: ["ignore", "pipe", "inherit"] });
    const exit = new Promise((resolve) => child.on("exit", (_, signal) => resolve(signal)));
    await new Promise((resolve) => child.stdout.once("data", resolve));
    await new Promise((resolve) => setTimeout(resolve, delay));
    child.kill("SIGKILL");
    expect(await exit).toBe("SIGKILL");
    expectSame(await readRecording(path), recording);
  }
});
