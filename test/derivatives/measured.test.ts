/** Learning without a model: gains, trims and setpoint offsets by what shaking measures. */
import { readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { checkpointPath, readCheckpoint } from "../../src/checkpoint/checkpoint.js";
import driveCommand from "../../src/cli/commands/drive.js";
import exportCommand from "../../src/cli/commands/export.js";
import importCommand from "../../src/cli/commands/import.js";
import shakeCommand from "../../src/cli/commands/shake.js";
import trainCommand from "../../src/cli/commands/train.js";
import type { PartialConfig } from "../../src/config/config.js";
import { SimLink } from "../../src/links/kinds/sim.js";
import { Captured, metricsOf, newFolder } from "../support/runs.js";
import { TRIMS } from "./trims.js";

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

const GIVEN: PartialConfig = { plant: "nominal", hidden: [8], seed: 4, "plant-noise": [0.002] };
/** Mean cost of the laps from one on. */
const meanFrom = (costs: readonly number[], from: number) =>
  costs.slice(from).reduce((sum, cost) => sum + cost, 0) / (costs.length - from);

test.each([
  ["gauss-newton", 0.4],
  ["sgd", 0.85],
])("%s without a model: the cost falls to %d within 53 laps, killed and resumed", async (update, part) => {
  const out = join(folder, update);
  let laps = 0;
  class Killed extends SimLink {
    override async driveOn(...call: Parameters<SimLink["driveOn"]>) {
      if (++laps > 2 * 35) throw new Error("killed");
      return super.driveOn(...call);
    }
  }
  const given = { ...GIVEN, update, rollouts: 53 } as PartialConfig;
  const killed = trainCommand.run({ given, out, gradient: "measured" }, new Captured(), async () => new Killed());
  await expect(killed).rejects.toThrow("killed");
  const before = await metricsOf(out);
  expect(before.length).toBeGreaterThan(30);
  const perturbations = join(out, "perturbations.jsonl");
  await truncate(perturbations, (await readFile(perturbations)).length - 7);
  const output = new Captured();
  await trainCommand.run({ given: {}, resume: out }, output);
  const costs = (await metricsOf(out)).map(({ windowCost }) => windowCost);
  expect(costs).toHaveLength(given.rollouts ?? 0);
  expect((await metricsOf(out)).slice(0, before.length - 1)).toEqual(before.slice(0, -1));
  expect(costs[2]).toBeGreaterThan(40); // untrained
  expect(meanFrom(costs, costs.length - 10)).toBeLessThan(part * costs[2]);
  expect(output.lines[0]).toMatch(/measured gradient of 20 parameters/);
});

test("what was learned is driven, and shaken in its turn", async () => {
  const run = join(folder, "gauss-newton");
  const output = new Captured();
  const drive = { policy: run, laps: 3, startTime: 0, withoutNetwork: false, checkpoint: "best", given: {} };
  await driveCommand.run({ ...drive, out: join(folder, "drive.mcap") }, output);
  const [{ laps }] = output.results as { laps: { cost: number }[] }[];
  expect(laps[2].cost).toBeLessThan(20); // untrained: 47
  const shaken = { ...TRIMS, target: run, precision: 1, given: {} };
  await shakeCommand.run({ ...shaken, groups: ["trims"] }, output);
  const [, { cost }] = output.results as { cost: number }[];
  expect(cost).toBeLessThan(20);
  const other = shakeCommand.run({ ...shaken, groups: ["offsets"], knots: 2, minutes: 5 }, output);
  await expect(other).rejects.toThrow("the policy has setpoint offsets on 3 knots: give --knots 3");
});

test("what was learned is exported, and drives as before when it is imported", async () => {
  const run = join(folder, "gauss-newton");
  const output = new Captured();
  const file = join(folder, "policy.json");
  const exported = { run, checkpoint: "best", what: "policy" } as const;
  await exportCommand.run({ ...exported, format: "json", out: file }, output);
  const network = { ...exported, format: "onnx", what: "network", out: join(folder, "network.onnx") } as const;
  await expect(exportCommand.run(network, output)).rejects.toThrow("the policy also has an adjustment, which the");
  const copy = join(folder, "copy");
  await importCommand.run({ policy: file, given: {}, out: copy }, output);
  const drive = {
    laps: 2,
    startTime: 0,
    withoutNetwork: false,
    checkpoint: "best",
    given: { plant: "nominal" },
  } as const;
  const driven = new Captured();
  for (const policy of [run, copy])
    await driveCommand.run({ ...drive, policy, out: `${policy}.mcap`, given: { ...GIVEN, ...drive.given } }, driven);
  const [one, other] = driven.results as { laps: { cost: number }[] }[];
  expect(other.laps.map(({ cost }) => cost)).toEqual(one.laps.map(({ cost }) => cost));
  const bare = driveCommand.run({ ...drive, policy: file, out: join(folder, "bare.mcap") }, output);
  await expect(bare).rejects.toThrow("has an adjustment beside its network: make a run of it, lapgrad import");
});

test("a training that goes on from an adjusted policy keeps its adjustment", async () => {
  const copy = join(folder, "copy");
  await trainCommand.run({ given: { rollouts: 1 }, resume: copy }, new Captured());
  const [before, after] = await Promise.all([0, 1].map((number) => readCheckpoint(checkpointPath(copy, number))));
  expect(after.arrays.adjustment.some((value) => value !== 0)).toBe(true);
  expect(after.arrays.adjustment).toEqual(before.arrays.adjustment);
});

test("the model as prior: sooner than without it", async () => {
  const costs: number[][] = [];
  for (const gradient of ["both", "measured"] as const) {
    const out = join(folder, `prior-${gradient}`);
    await trainCommand.run({ given: { ...GIVEN, rollouts: 23, "model-scale": 1 }, out, gradient }, new Captured());
    costs.push((await metricsOf(out)).map(({ windowCost }) => windowCost));
  }
  const [both, measured] = costs.map((all) => meanFrom(all, 13));
  expect(both).toBeLessThan(0.75 * measured);
});

test("adam has no measured gradient", async () => {
  const given: PartialConfig = { ...GIVEN, update: "adam" };
  const refused = trainCommand.run({ given, out: join(folder, "adam"), gradient: "measured" }, new Captured());
  await expect(refused).rejects.toThrow("update is adam; with a measured gradient allowed is sgd or gauss-newton");
});

test("perturbations that are none are refused, and the run is let go", async () => {
  const resume = join(folder, "sgd");
  await writeFile(join(resume, "perturbations.jsonl"), "{}\n");
  for (let i = 0; i < 2; i++)
    await expect(trainCommand.run({ given: {}, resume }, new Captured())).rejects.toThrow(
      "perturbations.jsonl is not what lapgrad train wrote",
    );
});
