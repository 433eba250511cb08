/** Case files: what is compared, and what is refused in which words. */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import gradientCommand from "../../src/cli/commands/gradient.js";
import { UserError } from "../../src/errors.js";
import { type CaseResult, runCase } from "../../src/training/gradient-case.js";
import { randomNumbers } from "../support/cores.js";
import { Captured, newFolder } from "../support/runs.js";

let folder: string;
let path: string;
let expected: CaseResult;
const random = randomNumbers(5);
const numbers = (count: number) => Array.from({ length: count }, () => 0.3 * random());
const layer = (inputs: number, outputs: number) => ({
  in: inputs,
  out: outputs,
  W: numbers(inputs * outputs),
  b: numbers(outputs),
});
const base = { t0: 0.4, x0: [0.1, 0.2, 2, 1.2], segments: 8, modelScale: 0.5, layers: [layer(6, 5), layer(5, 10)] };

beforeAll(async () => {
  folder = await newFolder();
  path = join(folder, "case.json");
  await writeFile(path, JSON.stringify(base));
  expected = await runCase(path);
});
afterAll(() => rm(folder, { recursive: true }));

/** The base case with what it must give. */
const withExpectations = () => {
  const { xs, us, xf, stageCosts, loss, gradient } = expected;
  return { ...base, xs, us, xf, stageCosts, loss, gradient };
};

async function refusal(content: string | Uint8Array): Promise<{ message: string; exitCode: number; results: number }> {
  await writeFile(path, content);
  const output = new Captured();
  try {
    await gradientCommand.run({ case: path }, output);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { message: error.message, exitCode: error.exitCode, results: output.results.length };
  }
  throw new Error("nothing was refused");
}

test("a case that gives what it expects, plain or gzip, with nested or flat weights", async () => {
  const nested = withExpectations();
  const layers = base.layers.map(({ in: inputs, out, W, b }) => ({
    W: Array.from({ length: out }, (_, i) => W.slice(i * inputs, (i + 1) * inputs)),
    b,
  }));
  for (const content of [
    JSON.stringify(withExpectations()),
    gzipSync(JSON.stringify(withExpectations())),
    JSON.stringify({ ...nested, layers }),
  ]) {
    await writeFile(path, content);
    const output = new Captured();
    await gradientCommand.run({ case: path }, output);
    const [result] = output.results as CaseResult[];
    expect(result?.failed).toStrictEqual([]);
    expect(Object.values(result?.differences ?? {})).toStrictEqual([0, 0, 0, 0, 0, 0]);
    expect(result?.gradient).toHaveLength(6 * 5 + 5 + 5 * 10 + 10);
  }
});

test("every option changes what it must change", async () => {
  const gradientOf = async (change: object) => {
    await writeFile(path, JSON.stringify({ ...base, ...change }));
    return runCase(path);
  };
  for (const change of [
    { modelScale: 1 },
    { modelDelay: 0.04 },
    { truncation: "segment" },
    { networkStateFeedback: false },
    { windowStart: 3 },
    { windowLength: 3, windowStride: 1 },
  ]) {
    const result = await gradientOf(change);
    expect(result.gradient).not.toStrictEqual(expected.gradient);
    expect(result.xs).toStrictEqual(expected.xs);
    expect(result.loss === expected.loss).toBe(!("windowStart" in change || "windowLength" in change));
  }
  // nothing is lost in a network too large for the arguments of one call
  const wide = await gradientOf({ layers: [layer(6, 400), layer(400, 400), layer(400, 10)] });
  expect(wide.gradient).toHaveLength(7 * 400 + 401 * 400 + 401 * 10);
});

describe("a wrong expectation fails with exit code 1 and names what differs", () => {
  const cases: [string, (values: ReturnType<typeof withExpectations>) => object][] = [
    ["gradient", ({ gradient }) => ({ gradient: gradient.map((g, i) => (i === 7 ? g + 1e-3 : g)) })],
    ["gradient", ({ gradient }) => ({ gradient: gradient.map(() => 0) })],
    ["loss", ({ loss }) => ({ loss: loss * (1 + 1e-8) })],
    ["states", ({ xs }) => ({ xs: xs.map((x, t) => (t === 9 ? x.map((value) => value + 1e-8) : x)) })],
    ["inputs", ({ us }) => ({ us: us.map((u) => u.map((value) => -value)) })],
    ["finalState", ({ xf }) => ({ xf: xf.map((value) => value + 1) })],
    ["stageCosts", ({ stageCosts }) => ({ stageCosts: stageCosts.map((cost) => cost + 1e-6) })],
  ];
  test.each(cases)("%s", async (name, change) => {
    const values = withExpectations();
    const { message, exitCode, results } = await refusal(JSON.stringify({ ...values, ...change(values) }));
    expect([exitCode, results]).toStrictEqual([1, 0]);
    expect(message).toBe(`case differs from what the file expects in: ${name}`);
  });
});

describe("a file that is wrong is refused with its name, the key, what was got and what is allowed", () => {
  const [first, second] = base.layers;
  const cases: [string, object, RegExp][] = [
    ["a layer that does not fit the one before", { layers: [first, layer(4, 10)] }, /layers\[1\].*4.*5 columns/],
    ["a bias too short", { layers: [first, { ...second, b: [1] }] }, /layers\[1\]\.out is 10; allowed is 1/],
    ["weights too few", { layers: [first, { ...second, W: [1] }] }, /layers\[1\]\.W is a list of 1; .*of 50/],
    ["inputs of another task", { layers: [layer(7, 10)] }, /7-10 network; the task has 6 inputs and 10 outputs/],
    ["no layers", { layers: [] }, /layers is a list of 0; allowed is a list of at least one layer/],
    ["too many layers", { layers: [first, ...Array.from({ length: 4 }, () => layer(5, 5)), second] }, /too large.*4/],
    ["null in the weights", { layers: [{ ...first, W: [null, ...numbers(29)] }, second] }, /W\[0\] is null/],
    ["no start", { x0: undefined }, /"x0" is missing/],
    ["a start too short", { x0: [1, 2, 3] }, /x0 has 3 numbers; the task has 4: x \[m\], y/],
    ["null in the start", { x0: [null, 0, 0, 0] }, /"x0\.0" is wrong: .*received null/],
    ["a text for a number", { segments: "8" }, /"segments" is wrong: .*received "8"/],
    ["no segments", { segments: 0 }, /"segments" is wrong: .*>=1 but received 0/],
    ["segments beyond memory", { segments: 1e9 }, /"segments" is wrong: .*<=10000 but received 1000000000/],
    ["a negative time", { t0: -1 }, /"t0" is wrong: .*>=0 but received -1/],
    ["a window beyond the end", { windowStart: 8 }, /window 8:0:0 lies outside a rollout of 8 segments/],
    ["a truncation that is not", { truncation: "lap" }, /"truncation" is wrong: .*"none" \| "segment".*"lap"/],
    ["a negative scale", { modelScale: -1 }, /"modelScale" is wrong/],
    ["a delay beyond the rollout", { modelDelay: 9 }, /model-delay 9 s/],
    ["an unknown task", { task: "toString" }, /unknown task "toString"; tasks are/],
    ["an unknown plant", { plant: "constructor" }, /unknown plant "constructor".*plants are: nominal/],
    ["expected states too few", { xs: [[1, 2, 3, 4]] }, /states has 4 numbers; this case has 224/],
    ["an expected gradient too short", { gradient: [1] }, /gradient has 1 numbers; this case has 95/],
  ];
  test.each(cases)("%s", async (_, change, pattern) => {
    const { message, exitCode, results } = await refusal(JSON.stringify({ ...base, ...change }));
    expect([exitCode, results]).toStrictEqual([2, 0]);
    expect(message).toMatch(pattern);
    expect(message).not.toContain("\n");
  });

  test("cut, empty, or something else", async () => {
    const text = JSON.stringify(withExpectations());
    const zipped = gzipSync(text);
    const contents = [
      text.slice(0, text.length >> 1),
      zipped.subarray(0, zipped.length >> 1),
      "",
      "3",
      "[1, 2]",
      "NaN",
    ];
    for (const content of contents) {
      const { message, exitCode } = await refusal(content);
      expect(exitCode).toBe(2);
      expect(message).toContain(path);
    }
  });

  test("a start outside the bounds is a failed run", async () => {
    const { message, exitCode } = await refusal(JSON.stringify({ ...base, x0: [1e9, 0, 0, 0] }));
    expect(exitCode).toBe(1);
    expect(message).toContain("x [m] = 1.0000e+9 left its bounds [-10, 10]");
  });
});
