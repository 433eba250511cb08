/** `lapgrad train --link vesc` against a VESC that knows nothing but its documents. */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { readRecording } from "../../src/recording/reader.js";
import { newFolder } from "../support/runs.js";
import { trainVesc } from "../support/vesc-training.js";

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

/** By truth: untrained it is a quarter of a metre; a car that slides moves beside what wheel and gyro measure. */
const FARTHEST = { identified: 0.15, "single-track": 0.35 } as const;

test.each(["identified", "single-track"] as const)("%s: it learns, and is where it believes to be", async (plant) => {
  const out = join(folder, plant);
  const { fake, costs, radial } = await trainVesc(out, { plant, rollouts: 3, seed: 1 });
  expect(costs).toHaveLength(3);
  expect(costs[2] / costs[0]).toBeLessThan(0.25);
  expect(radial).toBeLessThan(FARTHEST[plant]);
  // it ended at rest, told to stand
  expect(fake.state[2]).toBe(0);
  expect(fake.nowUs - (fake.driven.at(-1) ?? 0)).toBeGreaterThan(200_000);
  const { events } = await readRecording(join(out, "drives", "0001.mcap"));
  expect(events.map(({ message }) => message)).toEqual(
    expect.arrayContaining(["armed", "driving", "stopping", "idle"]),
  );
  expect(await readdir(join(out, "rollouts"))).toHaveLength(3);
});
