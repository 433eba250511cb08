/** A race through a robot's control loop, gates and topics, in virtual time: the car is a plant node. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import trainCommand from "../../../src/cli/commands/train.js";
import { readCompleteConfig } from "../../../src/config/config.js";
import { readRecording } from "../../../src/recording/reader.js";
import { Captured, metricsOf, newFolder } from "../../support/runs.js";
import { connectOverTopics } from "./host.js";

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

test("a race over topics gets faster inside its budget, and goes on slower after a pause", async () => {
  const out = join(folder, "race");
  const given = { task: "car-track", track: "examples/tracks/kidney.yaml", plant: "identified", hidden: [8] };
  const race = { ...given, race: true, link: "ros2", seed: 3, rollouts: 6 } as const;
  await trainCommand.run({ given: race, out }, new Captured(), connectOverTopics);
  const laps = await metricsOf(out);
  expect(laps).toHaveLength(6);
  const [, second, , , , last] = laps as unknown as Record<string, number>[];
  expect(last.usage).toBeGreaterThan(0.6);
  expect(last.lapTime).toBeLessThan(0.95 * second.lapTime);
  for (const lap of laps.slice(1) as unknown as Record<string, number>[]) {
    expect(lap.budgetUsed).toBeLessThan(1);
    expect(Math.abs(lap.seconds / lap.lapTime - 1)).toBeLessThan(0.1); // once around, whatever the usage
  }
  // the gate is where the car could touch an edge at the narrowest place
  const { corridor } = await readCompleteConfig(join(out, "config.yaml"));
  expect(corridor).toBeCloseTo(0.9, 9);
  const { events, times } = await readRecording(join(out, "drives", "0001.mcap"));
  expect(events.map(({ message }) => message)).toEqual(
    expect.arrayContaining(["armed", "driving", "stopping", "idle"]),
  );
  expect(times.length).toBeGreaterThan(50 * 4 * last.lapTime);

  await trainCommand.run({ given: { rollouts: 8 }, resume: out }, new Captured(), connectOverTopics);
  const goneOn = (await metricsOf(out)) as unknown as Record<string, number>[];
  expect(goneOn).toHaveLength(8);
  const [before, from, after] = goneOn.slice(5);
  // half as much from rest, then a little slower than before
  expect(from.usage).toBeCloseTo(0.5 * after.usage, 9);
  expect(after.usage).toBeGreaterThan(0.8 * before.usage);
  expect(after.usage).toBeLessThan(0.85 * 1.16 * before.usage);
  expect(from.budgetUsed).toBeLessThan(0.45);
  expect(after.budgetUsed).toBeLessThan(0.2);
});
