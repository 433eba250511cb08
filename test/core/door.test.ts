/** The core's exports called wrongly: each answers with the right status and has written nothing. */
import { readFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { instantiate } from "#core";
import { instantiate as instantiateTwin } from "#twin";
import type { CoreExports } from "../../src/core/calls.js";
import type { Core } from "../../src/core/core.js";
import { driveFrom, smallCore } from "../support/cores.js";

type Call = readonly [name: keyof CoreExports & string, ...args: readonly (number | boolean)[]];

/** Valid calls for a core with two recorded rollouts; `sensitivityPass` is not configured. */
const valid: readonly Call[] = [
  ["describeRegion", 0, 0],
  ["seed", 1, 0],
  ["initialise"],
  ["sampleStart", 0],
  ["nominalSetpoint", 1],
  ["setPace", 0.8],
  ["easePace", 0.8],
  ["dismissFiring"],
  ["rollOut", 0, 12, -1, 0],
  ["rollOut", 1, 6, 0, 3],
  ["driveOn", 1, 0, 3],
  ["replay", 0, 1, true, false],
  ["recordModelError", 0],
  ["rollOutModel", 1, 0, 1, 12, 0, 1],
  ["forget", 0, 1],
  ["foresee", 0, 1],
  ["linearise", 0],
  ["beginDrive"],
  ["networkDue", 0],
  ["tick", 0],
  ["controlStep", 0, 1, 7],
  ["restPlant"],
  ["drivePlant", 0.02],
  ["windowCost", 0],
  ["gradient", 0, 2],
  ["gradientNorm"],
  ["hessianProduct", 0, 2],
  ["windowPass", 0, 0, 0],
  ["windowPass", 1, 0, 0],
  ["statePass", 0],
  ["descend", 0.1],
  ["adapt", 0.1, 0.9, 0.999, 1e-8, 0.1, 0.1],
  ["solveStep", 0, 2, 1, 1, 2, 1e-3, false],
  ["takeStep", 0.1],
  ["law", 1, 0, 0],
  ["prepare"],
];

/** One argument wrong: the calls above with it replaced. */
const NONE = 2 ** 31 - 1;
const slots = (name: Call[0], ...rest: readonly (number | boolean)[]): Call[] =>
  [-1, 2, NONE, -NONE].map((slot) => [name, slot, ...rest] as const);
const wrong: readonly Call[] = [
  ...[-1, 1000, NONE].map((region) => ["describeRegion", region, 0] as const),
  ["describeRegion", 0, -1],
  ["describeRegion", 0, 2],
  ["setOption", -1, 1],
  ["setOption", 16, 1],
  ["setOption", 0, 0],
  ["setOption", 1, 0],
  ["setOption", 8, Number.NaN],
  ["setOption", 10, -1],
  ["nominalSetpoint", Number.NaN],
  ...slots("sampleStart"),
  ...slots("rollOut", 12, -1, 0),
  ...slots("driveOn", 0, 0),
  ...slots("replay", 1, true, false),
  ...slots("recordModelError"),
  ...slots("rollOutModel", 0, 1, 12, 0, 1),
  ...slots("foresee", 0),
  ...slots("forget", 0),
  ...slots("linearise"),
  ...slots("controlStep", 0, 0),
  ...slots("windowCost"),
  ...slots("gradient", 1),
  ...slots("hessianProduct", 1),
  ...slots("statePass"),
  ...slots("solveStep", 1, 1, 1, 2, 1e-3, false),
  ...[0, -1, 13, NONE].map((segments) => ["rollOut", 0, segments, -1, 0] as const),
  ...[-2, 0, 2, NONE].map((previous) => ["rollOut", 0, 6, previous, 0] as const),
  ...[-1, 7, 13, NONE].map((overlap) => ["rollOut", 0, 6, 1, overlap] as const),
  ...[-1, 1, 2].map((previous) => ["driveOn", 1, previous, 0] as const),
  ...[-1, 13].map((overlap) => ["driveOn", 1, 0, overlap] as const),
  ...[-1, 3].map((network) => ["replay", 0, network, true, false] as const),
  ...[-1, 1, 2].map((source) => ["rollOutModel", 1, source, 1, 12, 0, 1] as const),
  ...[-1, 3].map((start) => ["rollOutModel", 1, 0, start, 12, 0, 1] as const),
  ...[0, 13].map((segments) => ["rollOutModel", 1, 0, 1, segments, 0, 1] as const),
  ["rollOutModel", 1, 0, 2, 12, Number.NaN, 1],
  ...[-1, 13, NONE].map((segments) => ["foresee", 0, segments] as const),
  ...[-1, 13, NONE].map((segments) => ["forget", 0, segments] as const),
  ...[0, 0.299, 1.501, Number.NaN].map((pace) => ["rollOutModel", 1, 0, 1, 12, 0, pace] as const),
  ...[0, 0.299, 1.501, Number.NaN].flatMap((pace) => [["setPace", pace] as const, ["easePace", pace] as const]),
  ["tick", Number.NaN],
  ...[-1, 12].map((j) => ["controlStep", 0, j, 0] as const),
  ...[-1, 84].map((t) => ["controlStep", 0, 0, t] as const),
  ...[-1, Number.NaN, Number.POSITIVE_INFINITY].map((dt) => ["drivePlant", dt] as const),
  ...[0, -1, 3, NONE].map((count) => ["gradient", 0, count] as const),
  ["gradient", 7, 3],
  ["gradient", NONE, NONE],
  ...[0, -1, 3, NONE].map((count) => ["hessianProduct", 0, count] as const),
  ...[0, -1, 3, NONE].map((count) => ["solveStep", 0, count, 1, 1, 2, 1e-3, false] as const),
  ["solveStep", 0, 1, -1, 1, 2, 1e-3, false],
  ["solveStep", 0, 1, 1, Number.NaN, 2, 1e-3, false],
  ["solveStep", 0, 1, 1, 1, -1, 1e-3, false],
  ...[-1, 3].map((pass) => ["windowPass", pass, 0, 0] as const),
  ...[-1, 2].map((slot) => ["windowPass", 0, slot, 0] as const),
  ...[-1, 1].map((window) => ["windowPass", 0, 0, window] as const),
  ["descend", Number.NaN],
  ["adapt", 0.1, 0.9, 0.999, 1e-8, 0.1, Number.NaN],
  ["takeStep", Number.POSITIVE_INFINITY],
  ...[-1, 4].map((which) => ["law", which, 0, 0] as const),
  ...[-1, 6].map((part) => ["law", 1, part, 0] as const),
  ["law", 1, 0, Number.NaN],
];

function statusOf(exports: CoreExports, [name, ...args]: Call): string {
  const call = exports[name] as unknown as (...args: readonly (number | boolean)[]) => number;
  return exports.Status[call(...args)];
}
const contents = (exports: CoreExports) => Buffer.from(exports.memory.buffer).toString("base64");

async function fresh(): Promise<CoreExports> {
  const bytes = await readFile(new URL("../../core/release.wasm", import.meta.url));
  return instantiate(await WebAssembly.compile(bytes), { host: { stepPlant: () => {} } });
}

/** Two rollouts, recorded. */
async function driven(exports?: CoreExports): Promise<CoreExports> {
  const core = await smallCore(1, { rollouts: 2, ...(exports ? { exports } : {}) });
  for (const slot of [0, 1]) driveFrom(core, slot, 1, 12);
  return core.exports;
}

/** Those that answer without a rollout, in the order in which a core is set up. */
const early = ["version", "results", "setDimension", "configure", "setOption"];

test("every export is in these tables", async () => {
  const exports = await fresh();
  const functions: string[] = [];
  for (const name in exports) if (typeof exports[name as keyof CoreExports] === "function") functions.push(name);
  expect(functions.sort()).toEqual([...new Set([...early, ...valid.map(([name]) => name)])].sort());
});

test("before configure", async () => {
  const exports = await fresh();
  const before = contents(exports);
  for (const call of valid) expect([...call, statusOf(exports, call)]).toEqual([...call, "wrongOrder"]);
  for (const dimension of [-1, exports.Dimension.count]) {
    expect(statusOf(exports, ["setDimension", dimension, 1])).toBe("badDimension");
  }
  expect(contents(exports)).toBe(before);
  expect(statusOf(exports, ["configure"])).toBe("badDimension"); // no rollouts, no steps
});

test("before prepare", async () => {
  const exports = await fresh();
  const { Dimension, Models, Plants, Controllers, Rewards, References, Tasks } = exports;
  for (const [dimension, value] of [
    [Dimension.model, Models.scalar],
    [Dimension.plant, Plants.nominal],
    [Dimension.controller, Controllers.stateFeedback11],
    [Dimension.reward, Rewards.track],
    [Dimension.reference, References.hold1],
    [Dimension.task, Tasks.sine],
    [Dimension.rollouts, 2],
    [Dimension.steps, 84],
    [Dimension.segments, 12],
  ] as const) {
    expect(statusOf(exports, ["setDimension", dimension, value])).toBe("ok");
  }
  expect(statusOf(exports, ["configure"])).toBe("ok");
  const before = contents(exports);
  const free =
    /^(describeRegion|setPace|easePace|dismissFiring|seed|initialise|gradientNorm|descend|adapt|takeStep|prepare)$/;
  for (const call of valid.filter(([name]) => !free.test(name))) {
    expect([...call, statusOf(exports, call)]).toEqual([...call, "wrongOrder"]);
  }
  expect(contents(exports)).toBe(before);
  for (const call of valid.filter(([name]) => free.test(name))) {
    expect([...call, statusOf(exports, call)]).toEqual([...call, "ok"]);
  }
});

test.each([
  ["WebAssembly", undefined],
  ["the twin", instantiateTwin],
])("with an argument that is out of range, %s", async (_, twin) => {
  const exports = await driven(twin ? await twin() : undefined);
  exports.beginDrive();
  const before = contents(exports);
  for (const call of wrong) expect([...call, statusOf(exports, call)]).toEqual([...call, "outOfRange"]);
  expect(statusOf(exports, ["windowPass", exports.Pass.sensitivity, 0, 0])).toBe("wrongOrder");
  expect(statusOf(exports, ["configure"])).toBe("wrongOrder");
  expect(statusOf(exports, ["setDimension", 0, 0])).toBe("wrongOrder");
  expect(contents(exports)).toBe(before);
});

test("rightly", async () => {
  const exports = await driven();
  for (const call of valid) expect([...call, statusOf(exports, call)]).toEqual([...call, "ok"]);
});

test("a step of a drive that was not begun", async () => {
  const exports = await driven();
  expect(statusOf(exports, ["tick", 0])).toBe("wrongOrder");
  expect(statusOf(exports, ["networkDue", 0])).toBe("wrongOrder");
});

test("along a rollout whose counts or segments cannot be", async () => {
  const core = await smallCore(1, { rollouts: 2 });
  for (const slot of [0, 1]) driveFrom(core, slot, 1, 12);
  const along: readonly Call[] = valid.filter(([name]) =>
    /^(replay|recordModelError|foresee|forget|linearise|windowCost|gradient|hessianProduct|windowPass|statePass|solveStep)$/.test(
      name,
    ),
  );
  const refused = (region: "counts" | "segmentStarts", index: number, value: number) => {
    const view = core.view(region, 0);
    const right = view[index];
    view[index] = value;
    for (const call of along) expect([...call, statusOf(core.exports, call)]).toEqual([...call, "outOfRange"]);
    view[index] = right;
  };
  for (const steps of [-1, 85, Number.NaN, 1e300]) refused("counts", 0, steps);
  for (const segments of [-1, 13, Number.NaN, 1e300]) refused("counts", 1, segments);
  for (const start of [-1, 6, 85, Number.NaN]) refused("segmentStarts", 2, start);
  // nothing to go on from
  core.view("counts", 0).fill(0);
  for (const call of [
    ["driveOn", 1, 0, 0] as const,
    ["rollOut", 1, 6, 0, 0] as const,
    ["rollOutModel", 1, 0, 1, 12, 0, 1] as const,
  ]) {
    expect([...call, statusOf(core.exports, call)]).toEqual([...call, "outOfRange"]);
  }
});

test("the host turns a refusal into an error", async () => {
  const core: Core = await smallCore(1);
  expect(() => core.gradient(7, 3)).toThrow("the core refused a gradient: outOfRange");
  expect(() => core.rollOut(0, 13)).toThrow("the core refused a rollout: outOfRange");
  expect(() => core.sensitivityPass(0, 0)).toThrow("the core refused a sensitivity pass: wrongOrder");
  expect(() => core.view("states", 1)).toThrow("the core refused region states of rollout 1: outOfRange");
  expect(core.tick(0)).toBe(false);
});
