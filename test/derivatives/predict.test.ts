/** Predictions from measured sensitivities: smooth, right nearby, and for a lap time that was not driven. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import predictCommand from "../../src/cli/commands/predict.js";
import shakeCommand from "../../src/cli/commands/shake.js";
import type { PartialConfig } from "../../src/config/config.js";
import { smoothed } from "../../src/derivatives/gaussian-process.js";
import { drivePlan, nominalOf, predict, valuesFrom } from "../../src/derivatives/predict.js";
import { ShakeFolder } from "../../src/derivatives/shake-folder.js";
import { SimLink } from "../../src/links/kinds/sim.js";
import { uniformFrom } from "../../src/statistics.js";
import { Captured, newFolder } from "../support/runs.js";
import { TRIMS } from "./trims.js";

let folder: string;
const shakeOf = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = await newFolder();
  const given: PartialConfig = { plant: "nominal", hidden: [8], seed: 6, "plant-noise": [0.002] };
  const options = { ...TRIMS, groups: ["gains", "trims"], minutes: 3, precision: 1 } as const;
  for (const [name, lapTime] of [
    ["slow", 5.775],
    ["usual", 5.5],
  ] as const) {
    const timed = { ...given, parameters: { task: { lapTime } } };
    await shakeCommand.run({ ...options, given: timed, out: shakeOf(name) }, new Captured());
  }
});
afterAll(() => rm(folder, { recursive: true }));

test("a Gaussian process finds a smooth sensitivity in noisy cells, with errors that hold", () => {
  const truth = (phase: number) => Math.sin((2 * Math.PI * phase) / 5.5) + 0.3 * Math.cos((6 * Math.PI * phase) / 5.5);
  const uniform = uniformFrom(3);
  const normal = () => Array.from({ length: 12 }, uniform).reduce((sum, value) => sum + value, -6);
  const phases = Array.from({ length: 55 }, (_, i) => 0.1 * i + 0.05);
  const values = phases.map((phase) => truth(phase) + 0.3 * normal());
  const found = smoothed(phases, values, new Array(55).fill(0.3), 5.5);
  const between = phases.map((phase) => phase + 0.05);
  const misses = between.map((phase) => (found.at(phase).mean - truth(phase)) / found.at(phase).error);
  const rms = (all: readonly number[]) => Math.sqrt(all.reduce((sum, value) => sum + value ** 2, 0) / all.length);
  expect(rms(between.map((phase) => found.at(phase).mean - truth(phase)))).toBeLessThan(0.15);
  expect(rms(misses)).toBeLessThan(1.5);
  expect(found.at(0).mean).toBeCloseTo(found.at(5.5).mean, 9);
});

test("a change that was not driven costs what was predicted", async () => {
  const nominal = await nominalOf(new ShakeFolder(shakeOf("usual")));
  const values = valuesFrom("k_v=0.03,throttle trim=0.01", nominal.space);
  const prediction = predict(nominal, values);
  expect(prediction.cost - prediction.predicted).toBeGreaterThan(4);
  const plan = { nominal, values, cost: 0, predicted: 0 };
  const driven = await drivePlan(plan, 5.5, { "plant-noise": [] }, new SimLink());
  const gain = (prediction.cost - driven) / (prediction.cost - prediction.predicted);
  expect(gain).toBeGreaterThan(0.8);
  expect(gain).toBeLessThan(1.25);
  expect(Math.max(...prediction.path.map(({ x, y }) => Math.hypot(x, y)))).toBeLessThan(0.3);
});

test("planned for a lap time that was not driven, from two that were", async () => {
  const output = new Captured();
  const shakes = [shakeOf("slow"), shakeOf("usual")];
  await predictCommand.run({ shakes, plan: true, lapTime: 5.225, check: true }, output);
  const [result] = output.results as { nominal: string; cost: number; driven: number; unchanged: number }[];
  expect(result.nominal).toBe(shakeOf("usual"));
  expect(result.cost / result.unchanged).toBeCloseTo(1, 1);
  expect(result.driven).toBeLessThan(0.7 * result.unchanged);
});

test.each([
  ["no shake", { shakes: ["nowhere"] }, "nowhere has no shake: lapgrad shake nowhere"],
  ["nothing to predict", {}, "predict needs one shake and --change"],
  ["no such parameter", { change: "k_z=1" }, '--change has "k_z=1"; allowed are name=number, of k_x, k_y'],
  ["no number", { change: "k_x=" }, '--change has "k_x="; allowed are name=number'],
  ["no lap time", { plan: true }, "--plan needs --lap-time"],
])("%s is refused", async (_, wrong, message) => {
  const options = { shakes: [shakeOf("usual")], plan: false, check: false, ...wrong };
  await expect(predictCommand.run(options, new Captured())).rejects.toThrow(message);
});
