/** What is told of a lap beside its own numbers: what was promised of it, and whether it began standing. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { completeConfig } from "../../src/config/config.js";
import { coreFor } from "../../src/session.js";
import { restOf } from "../../src/training/metrics.js";
import { withPromises } from "../../src/training/updates-file.js";
import { newFolder } from "../support/runs.js";

test("a lap that was learned from in pieces has the cost that its pieces were promised", async () => {
  const run = await newFolder();
  const metrics = [1, 2, 3].map((index) => ({ index, windowCost: 10 * index }));
  const lines = [
    { update: 1, lap: 1, windowCost: 4 }, // nothing was promised yet
    { update: 2, lap: 1, windowCost: 2, expectedCost: 1 },
    { update: 3, lap: 1, windowCost: 2, expectedCost: 2 },
    { update: 4, lap: 3, windowCost: 5, expectedCost: 10 },
  ];
  await writeFile(
    join(run, "updates.jsonl"),
    `${lines.map((line) => JSON.stringify(line)).join("\n")}\n{"update":5,"la`,
  );
  // of pieces that cost 4, 3 were promised in the first lap; of the second nothing is known
  expect(await withPromises(run, metrics as never)).toEqual([
    { index: 1, windowCost: 10, predictedCost: 7.5 },
    { index: 2, windowCost: 20 },
    { index: 3, windowCost: 30, predictedCost: 60 },
  ]);
  await rm(join(run, "updates.jsonl"));
  expect(await withPromises(run, metrics as never)).toEqual(metrics); // an old run
  await mkdir(join(run, "updates.jsonl"));
  await expect(withPromises(run, metrics as never)).rejects.toThrow(/cannot read .*updates\.jsonl/);
  await rm(run, { recursive: true });
});

test.each([
  ["car-figure8", 0, 1],
  ["car-figure8", -0.04, 1],
  ["car-figure8", 0.3, undefined],
  ["quadruped-figure8", 0.01, 1],
  ["cart-pole", 0, undefined], // it is no vehicle: it stands twice in every lap
  ["scalar", 0, undefined],
])("%s that begins at %d m/s", async (task, speed, fromRest) => {
  const core = await coreFor(completeConfig({ task }), 1, 1);
  core.view("states", 0)[2] = speed;
  expect(restOf(core, 0).fromRest).toBe(fromRest);
});
