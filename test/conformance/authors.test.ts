/**
 * The authors' recordings: simulated rollouts driven again, real drives replayed, recorded training costs recomputed.
 */
import { join } from "node:path";
import { describe, expect } from "@jest/globals";
import { completeConfig } from "../../src/config/config.js";
import { openPolicy } from "../../src/policy-file.js";
import { readAuthors } from "../../src/recording/authors.js";
import { SHOWN, studyMismatch } from "../../src/reproduce/mismatch.js";
import { coreFor } from "../../src/session.js";
import { replayRecordings } from "../../src/training/replay.js";
import { dataTest, referenceData } from "../reference-data.js";

const authors = (name: string) => join(referenceData ?? "", "authors", `${name}.json.gz`);

function largest(ours: Float64Array, recorded: Float64Array): number {
  return recorded.reduce((most, value, i) => Math.max(most, Math.abs((ours[i] ?? Number.NaN) - value)), 0);
}

describe("simulated car: states and inputs to 1e-6, references to 2e-5, total loss to 1e-6 relative", () => {
  const cases = [
    ["jetracer-sim-rollout-with-network", "jetracer-sim-model", 6],
    ["jetracer-sim-rollout-without-network", undefined, 6],
    ["mismatch-1.0-rollout-with-network", "mismatch-1.0-model", 3],
    ["mismatch-0.5-rollout-with-network", "mismatch-0.5-model", 3],
  ] as const;
  for (const [rollout, model, laps] of cases) {
    dataTest(rollout, async () => {
      const { recordings, totalCosts } = await readAuthors(authors(rollout));
      const [recording] = recordings;
      if (!recording) throw new Error("no recording");
      const segments = recording.segmentTimes.length;
      expect(segments).toBe(40 * laps);
      const config = completeConfig({ "rollout-segments": segments, window: "0:0:0" });
      const core = await coreFor(config, 1, segments);
      if (model) (await openPolicy(authors(model), "best")).install(core);
      core.view("states").set(recording.states.subarray(0, 4));
      core.view("counts").set([recording.info.startTime], 2);
      core.rollOut(0, segments);
      expect(largest(core.view("states"), recording.states)).toBeLessThan(1e-6);
      expect(largest(core.view("states").subarray(4 * recording.times.length), recording.finalState)).toBeLessThan(
        1e-6,
      );
      expect(largest(core.view("inputs"), recording.inputs)).toBeLessThan(1e-6);
      expect(largest(core.view("references"), recording.references)).toBeLessThan(2e-5);
      expect(largest(core.view("setpoints"), recording.setpoints)).toBeLessThan(2e-6);
      const loss = core.windowCost(0);
      expect(Math.abs(loss / (totalCosts[0] ?? Number.NaN) - 1)).toBeLessThan(1e-6);
    });
  }
});

describe("real car", () => {
  for (const name of ["jetracer-hw-train-1", "jetracer-hw-train-2"]) {
    dataTest(`${name}: commands to 1e-12, fifteen recorded costs to 1e-9 relative`, async () => {
      const results = await replayRecordings(authors(name), {}, undefined);
      expect(results).toHaveLength(15);
      for (const result of results) {
        expect(result.commandError.compared).toBeGreaterThan(2000);
        expect(result.commandError.largest).toBeLessThan(1e-12);
        expect(result.windows).toBe(85);
        expect(result.costError).toBeLessThan(1e-9);
        // the recorded splines were solved in absolute time, which costs digits
        expect(result.referenceError).toBeLessThan(1e-5);
      }
    });
  }

  dataTest("a run with a throttle limit of 0.65: all commands but the step in which a spline arrived", async () => {
    const given = { parameters: { controller: { throttleLimit: 0.65 } } };
    const [result] = await replayRecordings(authors("jetracer-hw-run-with-network"), given, undefined);
    expect(result?.commandError.median).toBe(0);
    expect(result?.commandError.largest).toBeLessThan(0.01);
    const [other] = await replayRecordings(authors("jetracer-hw-run-with-network"), {}, undefined);
    expect(other?.commandError.largest).toBeGreaterThan(0.05);
  });
});

describe("real Go1", () => {
  dataTest("go1-hw-train: commands to 1e-12, ten recorded costs to 1e-8 relative", async () => {
    const results = await replayRecordings(authors("go1-hw-train"), {}, undefined);
    expect(results).toHaveLength(10);
    for (const result of results) {
      expect(result.commandError.compared).toBeGreaterThan(350);
      expect(result.commandError.largest).toBeLessThan(1e-12);
      expect(result.windows).toBe(23);
      expect(result.costError).toBeLessThan(1e-8);
      expect(result.referenceError).toBeLessThan(1e-5);
    }
  });

  for (const [name, network] of [
    ["go1-hw-run-with-network", "go1-hw-model"],
    ["go1-hw-run-without-network", undefined],
  ] as const) {
    dataTest(`${name}: commands to 1e-12`, async () => {
      const model = network && authors(network);
      const [result] = await replayRecordings(authors(name), {}, model);
      expect(result?.commandError.compared).toBeGreaterThan(600);
      expect(result?.commandError.largest).toBeLessThan(1e-12);
      expect(result?.referenceError).toBeLessThan(1e-5);
      if (model) expect(result?.setpointError).toBeLessThan(1e-12);
    });
  }
});

dataTest("the mismatch study: medians of ten seeds within the recorded seeds' range", async () => {
  const cells = (await studyMismatch(10, referenceData)).filter(({ iteration }) => SHOWN.includes(iteration));
  expect(cells).toHaveLength(20);
  expect(cells.filter((cell) => cell.within !== true)).toStrictEqual([]);
});
