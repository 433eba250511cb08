/**
 * `lapgrad drive` with the authors' network: the six laps that they recorded, and the costs that they recorded for
 * them.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "@jest/globals";
import driveCommand from "../../src/cli/commands/drive.js";
import { readAuthors } from "../../src/recording/authors.js";
import { readRecording } from "../../src/recording/reader.js";
import { dataTest, referenceData } from "../reference-data.js";
import { Captured, newFolder } from "../support/runs.js";

const authors = (name: string) => join(referenceData ?? "", "authors", `${name}.json.gz`);

for (const [name, withoutNetwork, cost] of [
  ["jetracer-sim-rollout-with-network", false, 26.3087],
  ["jetracer-sim-rollout-without-network", true, 285.039],
] as const) {
  dataTest(`${name}: total cost ${cost} and the recorded states to 1e-6`, async () => {
    const folder = await newFolder();
    const output = new Captured();
    const out = join(folder, "drive.mcap");
    const policy = authors("jetracer-sim-model");
    const options = { given: {}, laps: 6, withoutNetwork, startTime: 0, checkpoint: "best", policy, out };
    await driveCommand.run(options, output);
    const [result] = output.results as { cost: number; laps: { cost: number }[] }[];
    expect(result?.cost.toPrecision(6)).toBe(`${cost}`);
    const { recordings, totalCosts } = await readAuthors(authors(name));
    expect(Math.abs((result?.cost ?? 0) / (totalCosts[0] ?? 0) - 1)).toBeLessThan(1e-6);
    expect(result?.laps).toHaveLength(6);
    expect(result?.laps.reduce((sum, lap) => sum + lap.cost, 0)).toBeCloseTo(cost, 2);
    const { states } = await readRecording(out);
    expect(states).toHaveLength(recordings[0]?.states.length ?? 0);
    const largest = states.reduce((most, x, i) => Math.max(most, Math.abs(x - (recordings[0]?.states[i] ?? NaN))), 0);
    expect(largest).toBeLessThan(1e-6);
    await rm(folder, { recursive: true });
  });
}
