/** `lapgrad export` and `lapgrad import`: files, round trips, and what is refused. */
import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { checkpointPath, readCheckpoint, writeCheckpoint } from "../../src/checkpoint/checkpoint.js";
import { runCommand } from "../../src/cli/command.js";
import driveCommand from "../../src/cli/commands/drive.js";
import exportCommand from "../../src/cli/commands/export.js";
import importCommand from "../../src/cli/commands/import.js";
import type { PartialConfig } from "../../src/config/config.js";
import { messageOf, UserError } from "../../src/errors.js";
import { lapgrad } from "../cli/process.js";
import { dataTest, referenceData } from "../reference-data.js";
import { Captured, metricsOf, newFolder, SMALL, trainRun } from "../support/runs.js";
import { tool } from "../support/tools.js";

const runtime = tool("onnxruntime");
let folder: string;
let run: string;
beforeAll(async () => {
  folder = await newFolder();
  run = join(folder, "run");
  const parameters = { controller: { throttleLimit: 0.6 }, task: { leastSpeed: 0.02 } };
  const gains = { "nominal-gains": [0.5, 0.45, 0.35, 0.3, 0, 0.01] };
  await trainRun({ given: { ...SMALL, parameters, ...gains, "control-period": 0.021 }, out: run });
});
afterAll(() => rm(folder, { recursive: true }));

const at = (name: string): string => join(folder, name);

/** Exports with options as they are typed, by name. */
async function exported(change: Readonly<Record<string, string>>): Promise<Record<string, unknown>> {
  const output = new Captured();
  await runCommand(exportCommand, { run, format: "json", ...change }, output);
  return output.results[0] as Record<string, unknown>;
}

async function imported(path: string, out: string, given: PartialConfig = {}): Promise<Record<string, unknown>> {
  const output = new Captured();
  await importCommand.run({ policy: path, given, out }, output);
  return output.results[0] as Record<string, unknown>;
}

async function refusal(action: () => Promise<unknown>): Promise<string> {
  try {
    await action();
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return messageOf(error);
  }
  throw new Error("nothing was refused");
}

runtime.test("the command writes ONNX beside the checkpoints, checks it, and ends with one object", async () => {
  const { code, stdout, stderr } = await lapgrad(folder, ["export", "run", "--json"]);
  expect(code).toBe(0);
  expect(stderr).toMatch(/policy of run after \d updates, simulation timing: run\/policy\.onnx \(\d+ bytes\)/);
  const result = JSON.parse(stdout) as { checks: { what: string; passed: boolean }[] };
  expect(result).toMatchObject({
    task: "car-figure8",
    what: "policy",
    format: "onnx",
    precision: "float32",
    unchecked: null,
  });
  expect(result.checks).toMatchObject([
    { what: "step", passed: true },
    { what: "drive", passed: true },
  ]);
  expect(existsSync(join(run, "policy.onnx"))).toBe(true);
});

test("without onnxruntime-node or a compiler the file is written, and why it was not checked is said", async () => {
  const hook =
    'export const resolve = (name, context, next) => { if (name === "onnxruntime-node") ' +
    'throw new Error("not installed"); return next(name, context); };';
  const module = `data:text/javascript,${encodeURIComponent(hook)}`;
  const register = `import { register } from "node:module"; register("${module}");`;
  const { env } = process; // of which the command gets a copy
  const before = { ...env };
  try {
    env.NODE_OPTIONS = `--import data:text/javascript,${encodeURIComponent(register)}`;
    const onnx = await lapgrad(folder, ["export", "run", "--out", "unchecked.onnx", "--json"]);
    expect(onnx).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("npm install --no-save onnxruntime-node@1, then export"),
    });
    expect(JSON.parse(onnx.stdout)).toMatchObject({
      checks: null,
      unchecked: expect.stringContaining("not installed"),
    });
    expect((await readFile(at("unchecked.onnx"))).length).toBeGreaterThan(1000);
    env.PATH = folder;
    const c = await lapgrad(folder, ["export", "run", "--format", "c", "--json"]);
    expect(c).toMatchObject({ code: 0, stderr: expect.stringContaining("no C compiler (cc): install gcc or clang") });
    expect(JSON.parse(c.stdout)).toMatchObject({ checks: null, unchecked: expect.stringContaining("no C compiler") });
  } finally {
    for (const name of ["NODE_OPTIONS", "PATH"]) {
      if (before[name] === undefined) delete env[name];
      else env[name] = before[name];
    }
  }
});

test("the description says where the policy comes from", async () => {
  const { file, updates } = await exported({ out: at("policy.json") });
  const policy = JSON.parse(await readFile(String(file), "utf8"));
  const metrics = await metricsOf(run);
  const driven = metrics.slice(0, Number(updates));
  expect(policy.provenance.trainingMinutes).toBeCloseTo(driven.reduce((sum, { seconds }) => sum + seconds, 0) / 60, 12);
  expect(policy.provenance.finalCost).toBe(Math.min(...metrics.map(({ windowCost }) => windowCost)));
  expect(policy.provenance.checkpoint).toMatch(/^[0-9a-f]{64}$/);
  expect(policy.controller.parameters).toStrictEqual({ throttleLimit: 0.6, steeringLimit: 1 });
  expect(policy.nominalGains).toStrictEqual([0.5, 0.45, 0.35, 0.3, 0, 0.01]);
  expect(policy.clock).toMatchObject({ controlPeriod: 0.021, lead: 0.021, openFromState: false, period: 5.5 });
  const { file: hardware } = await exported({ timing: "hardware", out: at("hardware.json") });
  const { clock, reference } = JSON.parse(await readFile(String(hardware), "utf8"));
  expect(clock).toMatchObject({ lookahead: 0.1375, lead: 0, openFromState: true });
  expect(reference.parameters.duration).toBe(0.1375);
});

test("what was exported and imported drives as before, from JSON and float64 bit for bit, and trains on", async () => {
  const { file, updates } = await exported({ out: at("round.json") });
  const { arrays } = await readCheckpoint(checkpointPath(run, Number(updates)));
  const copies = [String(file)];
  // onnxruntime is not needed to write, and does not know this realm's arrays: check it in a process of its own
  const onnx = await lapgrad(folder, ["export", "run", "--precision", "float64", "--out", "round.onnx"]);
  expect(onnx.code).toBe(0);
  copies.push(at("round.onnx"));
  for (const [i, path] of copies.entries()) {
    const copy = at(`copy-${i}`);
    await imported(path, copy);
    const again = await readCheckpoint(checkpointPath(copy, 0));
    expect(again.arrays.parameters).toStrictEqual(arrays.parameters);
    const second = await exported({ run: copy, out: at(`again-${i}.json`) });
    const { provenance: _, ...policy } = JSON.parse(await readFile(String(second.file), "utf8"));
    const { provenance: __, ...before } = JSON.parse(await readFile(String(file), "utf8"));
    expect(policy).toStrictEqual(before);
  }
  const { rollouts: trained } = await trainRun({ given: { rollouts: 2 }, resume: at("copy-0") });
  expect(trained).toBe(2);
});

test("a float32 network alone is read back, rounded", async () => {
  const { code } = await lapgrad(folder, ["export", "run", "--what", "network", "--out", "network.onnx"]);
  expect(code).toBe(0);
  const { form } = await imported(at("network.onnx"), at("from-network"));
  expect(form).toBe("ONNX");
  const [rounded, exact] = await Promise.all(
    [checkpointPath(at("from-network"), 0), checkpointPath(run, Number((await exported({})).updates))].map(
      readCheckpoint,
    ),
  );
  expect(rounded?.arrays.parameters).toStrictEqual(exact?.arrays.parameters?.map(Math.fround));
});

dataTest("the authors' network becomes a run that drives their six laps at their cost", async () => {
  const authors = join(referenceData ?? "", "authors", "jetracer-sim-model.json.gz");
  await imported(authors, at("authors"));
  const output = new Captured();
  const usual = { given: {}, laps: 6, startTime: 0, checkpoint: "best" };
  await driveCommand.run({ ...usual, policy: at("authors"), out: at("authors.mcap") }, output);
  expect((output.results[0] as { cost: number }).cost.toPrecision(6)).toBe("26.3087");
});

test("exports that are refused", async () => {
  expect(await refusal(() => exported({ run: at("none") }))).toContain("is not a run of lapgrad");
  expect(await refusal(() => exported({ format: "pdf" }))).toBe(
    "--format is pdf; allowed is onnx or c or json or wasm or tensorboard or csv or jsonl",
  );
  expect(await refusal(() => exported({ what: "network" }))).toBe(
    "--what of --format json is network; allowed is policy",
  );
  expect(await refusal(() => exported({ precision: "float16" }))).toBe(
    "--precision is float16; allowed is float32 or float64",
  );
  expect(await refusal(() => exported({ precision: "float32" }))).toBe(
    "--precision of --format json is float32; allowed is float64",
  );
  expect(await refusal(() => exported({ timing: "real" }))).toContain(
    "--timing is real; allowed is simulation or hardware",
  );
  expect(await refusal(() => exported({ checkpoint: "99" }))).toContain("allowed are best, last, or a number");
  expect(await refusal(() => exported({ out: at("no/where.json") }))).toContain("there is no folder");
  expect(await refusal(() => exported({ out: folder }))).toContain("cannot write");

  const other = at("other");
  await mkdir(join(other, "checkpoints"), { recursive: true });
  for (const name of ["config.yaml", "metrics.jsonl"]) await copyFile(join(run, name), join(other, name));
  expect(await refusal(() => exported({ run: other }))).toContain("has no checkpoint yet: let it train first");

  const path = checkpointPath(other, 0);
  const checkpoint = await readCheckpoint(checkpointPath(run, 0));
  const broken = checkpoint.arrays.parameters?.slice().fill(Number.NaN, 7, 8) ?? new Float64Array();
  await writeCheckpoint(path, { ...checkpoint, arrays: { ...checkpoint.arrays, parameters: broken } });
  expect(await refusal(() => exported({ run: other }))).toMatch(/0000\.ckpt holds a policy whose weight 7 is NaN/);

  const bytes = await readFile(checkpointPath(run, 0));
  bytes.writeUInt32LE(99, 8);
  await writeFile(path, bytes);
  expect(await refusal(() => exported({ run: other }))).toContain("has checkpoint version 99");
});

test("imports that are refused make no run", async () => {
  const out = at("refused");
  const { file } = await exported({ out: at("good.json") });
  const good = JSON.parse(await readFile(String(file), "utf8"));
  const cases: [object | string, RegExp][] = [
    [{ ...good, version: 2 }, /has policy version 2, this lapgrad reads 1/],
    [{ ...good, format: "other" }, /has the format "other"; allowed is lapgrad-policy/],
    [{ ...good, task: { name: "moon" } }, /unknown task "moon"/],
    [{ ...good, scale: good.scale.map(() => 1) }, /scale is 1, 1, .* the car-figure8 of this lapgrad has/],
    [{ ...good, controller: { kind: "lqr" } }, /the controller is "lqr"; that of car-figure8 is "backstepping"/],
    [{ ...good, layers: good.layers.slice(0, 2) }, /holds a 6-8-8 network; the task has 6 inputs and 10 outputs/],
    [
      { ...good, clock: { ...good.clock, controlPeriod: "fast" } },
      /clock\.controlPeriod is "fast"; allowed is a finite number/,
    ],
    [{ layers: [{ W: [[1, 2]], b: [0] }] }, /holds a 2-1 network/],
    ["{", /is not whole JSON/],
    ["", /neither JSON nor a whole ONNX/],
    ["no policy at all", /neither JSON nor a whole ONNX/],
  ];
  for (const [content, message] of cases) {
    await writeFile(at("bad.json"), typeof content === "string" ? content : JSON.stringify(content));
    expect(await refusal(() => imported(at("bad.json"), out))).toMatch(message);
    expect(existsSync(out)).toBe(false);
  }
  await writeFile(at("bad.json"), JSON.stringify(good));
  const others: [PartialConfig, string][] = [
    [{ task: "scalar" }, 'whose task is "car-figure8", got --task "scalar": leave it out'],
    [{ hidden: [8] }, "whose hidden is [8,8], got --hidden [8]: leave it out"],
  ];
  for (const [given, message] of others) {
    expect(await refusal(() => imported(at("bad.json"), out, given))).toContain(message);
    expect(existsSync(out)).toBe(false);
  }
  expect(await refusal(() => imported(at("none"), out))).toContain("cannot read");
  const weights = JSON.stringify(good).replace(/"b":\[[-\d.e]+/, '"b":[null');
  await writeFile(at("bad.json"), weights);
  expect(await refusal(() => imported(at("bad.json"), out))).toMatch(
    /layers\[0\]\.b\[0\] is null; allowed is a finite number/,
  );
});
