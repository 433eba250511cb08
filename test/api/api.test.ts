/** The library in this process: what it tells of a training, how it ends, what it refuses. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import {
  compare,
  configure,
  drive,
  exportPolicy,
  loadPolicy,
  type Settings,
  type TrainingEvent,
  train,
  UserError,
} from "../../src/api/index.js";
import { metricsOf, SMALL, trainRun } from "../support/runs.js";

/** All events of a training. */
async function allOf(training: AsyncIterable<TrainingEvent>): Promise<TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  for await (const event of training) events.push(event);
  return events;
}

let folder: string;
let run: string;
let events: TrainingEvent[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "lapgrad-api-"));
  run = join(folder, "run");
  events = await allOf(train(SMALL, { out: run }));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("a training starts, drives and ends, with the same bits as the command's", async () => {
  expect(events.map(({ kind }) => kind)).toEqual(["start", ...Array(6).fill("rollout"), "end"]);
  const other = join(folder, "other");
  await trainRun({ given: SMALL, out: other });
  expect(await metricsOf(run)).toEqual(await metricsOf(other));
  const [end] = events.slice(-1);
  expect(end).toMatchObject({ kind: "end", result: { run, task: "car-figure8", complete: true } });
});

test("who leaves the loop stops it, and it is resumed with the same bits", async () => {
  const out = join(folder, "left");
  for await (const event of train(SMALL, { out })) if (event.kind === "rollout") break;
  expect((await metricsOf(out)).length).toBeLessThan(6);
  for await (const event of train({}, { resume: out }))
    if (event.kind === "end") expect(event.result).toMatchObject({ complete: true });
  expect(await metricsOf(out)).toEqual(await metricsOf(run));
});

test("a signal that was given before lets nothing be driven", async () => {
  const signal = AbortSignal.abort();
  const kinds = (await allOf(train(SMALL, { out: join(folder, "none"), signal }))).map(({ kind }) => kind);
  expect(kinds).toEqual(["start", "end"]);
});

test("WebAssembly and JSON step alike, bit for bit", async () => {
  const [wasm, json] = await Promise.all(
    ["wasm", "json"].map(async (format) => loadPolicy((await exportPolicy(run, { format })).file)),
  );
  for (let t = 0; t < 30; t++) {
    const state = [0.01 * t, 0.02 * t, 0.5 + 0.01 * t, 1.5];
    const [time, isDue] = [t * wasm.controlPeriod, t % wasm.stepsPerSegment === 0];
    expect([...json.step(state, time, isDue)]).toEqual([...wasm.step(state, time, isDue)]);
  }
  expect(() => wasm.step([1, 2], 0, true)).toThrow("the state has 2 numbers; allowed are 4: x [m], y [m]");
});

test("a drive tells its laps", async () => {
  const { laps, whole, recording, stopped, updates } = await drive(run, { laps: 2, checkpoint: "last" });
  expect(laps).toHaveLength(2);
  expect(laps[0].cost + laps[1].cost).toBeCloseTo(whole.cost, 9);
  expect(recording.times).toHaveLength(560);
  expect([stopped, updates]).toEqual([null, 6]);
});

/** What no type allows, but JavaScript does. */
const untyped = (value: unknown) => value as never;
const refused: [string, () => Promise<unknown>, RegExp][] = [
  ["an unknown setting", async () => configure({ sead: 1 } as Settings), /unknown setting "sead"; did you mean "seed"/],
  ["a list of settings", async () => configure([] as Settings), /settings are \[\]; allowed is an object/],
  ["a robot", () => train({ link: "serial" }, { out: join(folder, "no") }).next(), /"link" is serial; allowed here is/],
  ["half a lap", () => drive("runs/none", { laps: 0.5 }), /laps is 0.5; allowed is a whole number of 1 or more/],
  ["no such form", () => exportPolicy(run, { format: "exe" }), /^format is exe; allowed is onnx or c or json or wasm/],
  ["an unknown rule", () => compare({ updates: ["newton"] }), /unknown update rule "newton"/],
  ["half a seed", () => compare({ seeds: [0.5] }), /seeds is 0.5; allowed are whole numbers/],
  ["no minutes", () => compare({ minutes: 0 }), /minutes is 0; allowed is a number above 0/],
  ["minutes as text", () => compare({ minutes: untyped("1") }), /minutes is 1; allowed is a number above 0/],
  ["a seed for seeds", () => compare({ seeds: untyped(3) }), /seeds is 3; allowed is a list of one or more/],
  ["no rules", () => compare({ updates: [] }), /updates is \[\]; allowed is a list of one or more/],
  ["a drive of nothing", () => drive(untyped(undefined)), /the policy is undefined; allowed is a run's folder or/],
  ["a start at no time", () => drive(run, { startTime: Number.NaN }), /startTime is NaN; allowed is a number \[s\]/],
  ["no state", () => drive(run, { initialState: untyped(3) }), /initialState is 3; allowed are 4 numbers: x \[m\]/],
  ["NaN in it", () => drive(run, { initialState: [0, 0, Number.NaN, 0] }), /initialState is 0,0,NaN,0; allowed are 4/],
  ["laps that are no number", () => train({}, { laps: Number.NaN }).next(), /laps is NaN; allowed is a whole number/],
  [
    "an unknown clock",
    () => exportPolicy(run, { timing: untyped("x") }),
    /timing is x; allowed is simulation or hardw/,
  ],
  ["no workers", () => compare({}, { workers: 0 }), /workers is 0; allowed is a whole number of 1 or more/],
];
test.each(refused)("refused: %s", async (_, action, message) => {
  const before = readdirSync(folder);
  const error = await action().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UserError);
  expect((error as UserError).message).toMatch(message);
  expect(readdirSync(folder)).toEqual(before);
});

test("a module that was cut, and one of another program, are refused", async () => {
  const { file } = await exportPolicy(run, { format: "wasm" });
  const cut = join(folder, "cut.wasm");
  writeFileSync(cut, readFileSync(file).subarray(0, 5000));
  await expect(loadPolicy(cut)).rejects.toThrow(/cut.wasm \(5000 bytes\) is not a whole WebAssembly module/);
  writeFileSync(cut, Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  await expect(loadPolicy(cut)).rejects.toThrow(/does not say what state it takes/);
});
