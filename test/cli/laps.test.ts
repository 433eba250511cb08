/** A training whose length is given in laps: all that people read of it speaks of laps. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import trainCommand from "../../src/cli/commands/train.js";
import { Captured, metricsOf, newFolder } from "../support/runs.js";

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

async function trained(values: Omit<Parameters<typeof trainCommand.run>[0], "given"> & { given?: object }) {
  const output = new Captured();
  await trainCommand.run({ given: {}, ...values }, output);
  return { text: output.lines.join("\n"), result: output.results[0] as { complete: boolean; rollouts: unknown[] } };
}

test("it drives that many, says so, and goes on to more", async () => {
  const out = join(folder, "run");
  const { text, result } = await trained({ given: { hidden: [4] }, laps: 2, out });
  expect(result.complete).toBe(true);
  expect(await metricsOf(out)).toHaveLength(2);
  expect(text).toMatch(/^ +lap +driven/m);
  expect(text).toMatch(/window cost .* \(lap 2\) in 0\.2 minutes of driving/);
  expect(text).not.toMatch(/rollout|predicted/);
  const complete = await trained({ resume: out });
  expect(complete.text).toContain(
    `${out} is complete: all 2 laps are driven. For more: lapgrad train --resume ${out} --laps 4`,
  );
  const more = await trained({ resume: out, laps: 3 });
  expect(more.text).toContain("going on after lap 2");
  expect(await metricsOf(out)).toHaveLength(3);
  await expect(trained({ resume: out, laps: 1 })).rejects.toThrow("laps 1 is below the 3 that this run has driven");
});

test("an update per lap promises its next lap, and the screen has a column for it", async () => {
  const out = join(folder, "whole-laps");
  const { text } = await trained({ given: { hidden: [4], "update-every": "lap" }, laps: 3, out });
  expect(text).toMatch(/^ +lap .* predicted/m);
  const [, second] = await metricsOf(out);
  expect(second.predictedCost).toBeGreaterThan(0);
});

test("a resumed run of separate rollouts has no laps either", async () => {
  const out = join(folder, "rollouts");
  const given = { hidden: [4], "rollout-segments": 10, window: "0:0:0", rollouts: 1 };
  await trained({ given, out });
  await expect(trained({ resume: out, laps: 2 })).rejects.toThrow("--laps is 2, but update-every is rollout");
});
