/** `lapgrad train --update` with a peer: in simulation, lap by lap; refused on a robot. */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { runCommand } from "../../src/cli/command.js";
import train from "../../src/cli/commands/train.js";
import { Captured, newFolder } from "../support/runs.js";

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

const trainBy = async (typed: Readonly<Record<string, string>>) => {
  const output = new Captured();
  await runCommand(train as never, typed, output);
  return output;
};

test("a peer trains in simulation, and says what its laps and its policy cost", async () => {
  const out = join(folder, "refit");
  const { lines, results } = await trainBy({ update: "refit", plant: "nominal", laps: "3", out });
  const { update, rollouts, best, driven, seconds, untrained, evaluation } = results[0] as Record<string, never> & {
    readonly rollouts: readonly { readonly index: number; readonly start: number; readonly meanCost: number }[];
  };
  expect({ update, driven, seconds }).toMatchObject({ update: "refit" });
  expect(driven).toBeCloseTo(3 * 5.6, 9);
  expect(rollouts.map(({ index }) => index)).toEqual([1, 2, 3]);
  expect(rollouts[1].start).toBeCloseTo(5.6, 9);
  expect(best).toEqual(rollouts[2]);
  expect(evaluation).toBeLessThan(0.02 * untrained);
  expect(lines.at(-1)).toMatch(/^its policy without exploration, from five fixed starts: 0\.\d+ % of untrained$/);
  const kept = (await readFile(join(out, "metrics.jsonl"), "utf8")).trim().split("\n");
  expect(kept.map((line) => JSON.parse(line))).toEqual(rollouts);
});

test.each([
  [{ link: "serial", device: "/dev/ttyACM0" }, /^--update sac is refused on link serial: its worst lap in simulation/],
  [{ resume: "runs/mine" }, /^a training of sac cannot be resumed: train anew/],
  [{ task: "cart-pole" }, /^task cart-pole has not what peers act with/],
  [{ laps: "0" }, /laps is 0; allowed is a whole number of 1 or more/],
  [{ plant: "moon" }, /^unknown plant "moon"/],
])("refused: %j", async (typed, message) => {
  await expect(trainBy({ update: "sac", ...typed })).rejects.toThrow(message);
});

test("what is neither a rule nor a peer is refused as before", async () => {
  await expect(trainBy({ update: "sacc" })).rejects.toThrow('"update" is "sacc"; allowed is');
});
