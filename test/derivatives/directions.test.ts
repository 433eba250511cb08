/** Shaking along directions in the space of the network's weights: which they are, and that they are kept. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import diagnoseCommand from "../../src/cli/commands/diagnose.js";
import shakeCommand from "../../src/cli/commands/shake.js";
import trainCommand from "../../src/cli/commands/train.js";
import type { PartialConfig } from "../../src/config/config.js";
import { extremeEigenvalue } from "../../src/curvature/lanczos.js";
import { diagnosisOf } from "../../src/derivatives/diagnose.js";
import { findDirections, gaussNewtonProduct } from "../../src/derivatives/directions.js";
import { shakeInMemory } from "../../src/derivatives/in-memory.js";
import { prepareTangents, storeLap } from "../../src/derivatives/model-estimate.js";
import { ShakeFolder } from "../../src/derivatives/shake-folder.js";
import { SimLink } from "../../src/links/kinds/sim.js";
import { Captured, newFolder } from "../support/runs.js";
import { TRIMS } from "./trims.js";

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

/** The model is the plant. */
const KNOWN: PartialConfig = { plant: "nominal", hidden: [8], seed: 5, "model-fit": false, "model-scale": 1 };
const ALONG = { groups: ["leading", "random"], knots: 3, directions: 3, minutes: 3, bound: 0.1 } as const;

test("the plant's own model has the measured gradient along leading and random directions", async () => {
  const made = await shakeInMemory(KNOWN, ALONG);
  expect(made.space.parameters.map(({ name }) => name)).toEqual(
    ["leading", "random"].flatMap((group) => [1, 2, 3].map((number) => `${group} ${number}`)),
  );
  expect(made.space.lacksDirections).toBe(false);
  const { all, groups, verdict } = diagnosisOf(made, made.laps, made.minutes);
  expect(verdict).toBe("true");
  expect(groups.map(({ name }) => name)).toEqual(["leading", "random"]);
  for (const { cosine, scale } of [all, ...groups]) {
    expect(cosine).toBeGreaterThan(0.97);
    expect(Math.abs(scale - 1)).toBeLessThan(0.15);
  }
});

test("leading directions are those of the largest eigenvalues of J^T J, at right angles", async () => {
  const { core, config, laps } = await shakeInMemory(KNOWN, { ...ALONG, groups: ["gains"], minutes: 3 });
  const [one, ...others] = await findDirections(core, config, ["leading", "random"], 3, laps.slice(0, 1));
  expect(others).toHaveLength(5);
  storeLap(core, laps[0], 1);
  prepareTangents(core);
  const product = (vector: ArrayLike<number>) => gaussNewtonProduct(core, Float64Array.from(vector));
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, k) => sum + value * b[k], 0);
  const quotient = (vector: Float64Array) => dot(vector, product(vector)) / dot(vector, vector);
  const { value } = extremeEigenvalue(product, core.parameterCount());
  expect(quotient(one) / value).toBeGreaterThan(0.99);
  const quotients = [one, ...others].map(quotient);
  expect(quotients.slice(0, 3)).toEqual([...quotients.slice(0, 3)].sort((a, b) => b - a));
  for (const random of quotients.slice(3)) expect(random).toBeLessThan(0.3 * quotients[2]);
  expect(Math.abs(dot(one, others[0]))).toBeLessThan(1e-6 * Math.sqrt(dot(one, one) * dot(others[0], others[0])));
});

test("a trained policy is shaken along its weights, killed and gone on with: the directions stay", async () => {
  const run = join(folder, "run");
  await trainCommand.run(
    { given: { ...KNOWN, "plant-noise": [0.002], rollouts: 2, "least-pace": 1 }, out: run },
    new Captured(),
  );
  let calls = 0;
  class Killed extends SimLink {
    override async driveOn(...call: Parameters<SimLink["driveOn"]>) {
      if (++calls > 19) throw new Error("killed");
      return super.driveOn(...call);
    }
  }
  const out = join(folder, "weights");
  const options = { ...TRIMS, target: run, groups: ["trims", "leading"], directions: 2, given: {} } as const;
  const killed = shakeCommand.run({ ...options, out }, new Captured(), async () => new Killed());
  await expect(killed).rejects.toThrow("killed");
  const path = join(out, "directions.json");
  const before = await readFile(path, "utf8");
  const output = new Captured();
  await shakeCommand.run({ ...options, resume: out }, output);
  expect(await readFile(path, "utf8")).toBe(before);
  const shake = new ShakeFolder(out);
  const lines = await shake.readLines();
  expect(lines.filter(({ kind }) => kind !== "passage")).toHaveLength((await shake.readPlan()).laps);
  const [{ parameters }] = output.results as { parameters: { name: string; gradient: number }[] }[];
  expect(parameters.map(({ name }) => name)).toEqual(["throttle trim", "steering trim", "leading 1", "leading 2"]);
  const diagnosis = new Captured();
  await diagnoseCommand.run({ run: out, given: {} }, diagnosis);
  const [{ groups }] = diagnosis.results as { groups: { name: string; cosine: number }[] }[];
  expect(groups.find(({ name }) => name === "leading")?.cosine).toBeGreaterThan(0.9);
  for (const damaged of ["{}", '{"directions":["AAAA"]}']) {
    await writeFile(path, damaged);
    await expect(diagnoseCommand.run({ run: out, given: {} }, diagnosis)).rejects.toThrow(
      "directions.json is not what lapgrad shake wrote",
    );
  }
  await writeFile(path, '{"directions":[]}');
  await expect(diagnoseCommand.run({ run: out, given: {} }, diagnosis)).rejects.toThrow(/not 2 finite directions of/);
});
