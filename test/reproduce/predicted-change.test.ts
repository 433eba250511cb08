/** The study `real-car` where the truth is known, and on the authors' recordings. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { completeConfig } from "../../src/config/config.js";
import type { Recording } from "../../src/recording/recording.js";
import { recordingFrom } from "../../src/recording/transfer.js";
import { agreementOf, correlationOf } from "../../src/reproduce/agreement.js";
import { modelsFor, outputsAt, replayRun, type Variant } from "../../src/reproduce/predicted-change.js";
import { type Pair, pairsOf, RUNS } from "../../src/reproduce/prediction-pairs.js";
import type { Row } from "../../src/reproduce/real-car.js";
import type { Control } from "../../src/reproduce/real-car-controls.js";
import type { GainRow } from "../../src/reproduce/real-car-gains.js";
import { coreFor } from "../../src/session.js";
import { carFigure8 } from "../../src/tasks/car-figure8.js";
import { lapgrad } from "../cli/process.js";
import { dataTest, referenceData } from "../reference-data.js";
import { randomNumbers } from "../support/cores.js";
import { newFolder } from "../support/runs.js";

const run = RUNS[0];
/**
 * Twelve laps; the costs of eleven count, so that it matters little that the first of them begins as the old policy
 * left it.
 */
const SEGMENTS = 480;

/** Rollouts of the simulated car from one start, whose policy takes a small random step after each. */
async function wander(rollouts: number, step: number): Promise<Recording[]> {
  const config = completeConfig({ hidden: [6], "rollout-segments": SEGMENTS, plant: "nominal", "model-scale": 1 });
  const core = await coreFor(config, 1, SEGMENTS);
  const random = randomNumbers(4);
  const parameters = core.view("parameters");
  parameters.forEach((_, i) => {
    parameters[i] = 0.1 * random();
  });
  const recordings: Recording[] = [];
  for (let k = 1; k <= rollouts; k++) {
    core.view("states").set([0, 0, 3.4, Math.PI / 2]);
    core.view("counts").set([0], 2);
    core.rollOut(0, SEGMENTS);
    recordings.push(recordingFrom(core, 0, k));
    parameters.forEach((value, i) => {
      parameters[i] = value + step * random();
    });
  }
  return recordings;
}

/** Consecutive pairs with the plant's own model. */
async function pairs(recordings: readonly Recording[], truncation: Variant["truncation"]): Promise<Pair[]> {
  const models = recordings.map(() => ({ parameters: carFigure8.model.parameters, delays: [0, 0] }));
  const rollouts = await replayRun(recordings, models, truncation);
  return pairsOf({ run, variant: { model: "fitted", truncation }, rollouts }, 1);
}

/** The fits take seconds on a busy machine [ms]. */
const TIMEOUT_MS = 120_000;

test(
  "with the right model a small change is predicted within 5 %; truncated, only its direction",
  async () => {
    const recordings = await wander(6, 2e-3);
    const full = agreementOf(await pairs(recordings, "none"));
    expect(full.pairs).toBe(5);
    expect(full.correlation).toBeGreaterThan(0.995);
    expect(Math.abs(full.slope - 1)).toBeLessThan(0.05);
    expect(full.rightSign).toBe(5);
    const truncated = agreementOf(await pairs(recordings, "segment"));
    expect(truncated.slope).toBeGreaterThan(2);
  },
  TIMEOUT_MS,
);

test(
  "the fit finds the plant's parameters",
  async () => {
    const recordings = await wander(2, 2e-3);
    const [, second] = modelsFor(recordings, "fitted");
    expect(second?.delays).toEqual([0, 0]);
    expect(second?.parameters.steeringGain).toBeCloseTo(6.5, 1);
    expect(modelsFor(recordings, "raw")[1]?.parameters.steeringGain).toBe(1);
  },
  TIMEOUT_MS,
);

test("whole laps count, and outputs over the lap phase come back lap after lap", async () => {
  const recordings = await wander(1, 0);
  const [rollout] = await replayRun(recordings, modelsFor(recordings, "raw"), "none");
  if (!rollout) throw new Error("no rollout");
  const { counted, end, lapTime, segmentTimes } = rollout;
  expect(end).toBe(SEGMENTS);
  const laps = (SEGMENTS * 0.14 - (segmentTimes[counted] ?? 0)) / lapTime;
  expect(laps).toBeLessThanOrEqual(11 + 1e-9);
  expect(laps).toBeGreaterThan(11 - 0.14 / lapTime);
  const one = outputsAt(rollout, 20, new Float64Array(10)).slice();
  const later = outputsAt(rollout, 20 + 3 * lapTime, new Float64Array(10));
  one.forEach((value, i) => {
    expect(later[i]).toBeCloseTo(value, 12);
  });
  expect(Math.hypot(...one)).toBeGreaterThan(0.01);
});

test("agreement of known points; a side that does not vary correlates with nothing", () => {
  const points = [1, 2, 3, 4].map((x) => ({ predicted: x, realised: 2 * x + (x === 4 ? 4 : 0) }));
  const agreement = agreementOf(points);
  expect(agreement.rankCorrelation).toBeCloseTo(1, 12);
  expect(agreement.lineSlope).toBeCloseTo(3.2, 12);
  expect(agreement.intercept).toBeCloseTo(-2, 12);
  expect(agreement.slope).toBeCloseTo(76 / 30, 12);
  expect(agreement.correlation).toBeCloseTo(16 / Math.sqrt(5 * 56), 12);
  expect(agreement.slopeInterval.low).toBeGreaterThanOrEqual(2);
  expect(agreement.slopeInterval.high).toBeLessThanOrEqual(3);
  expect(correlationOf(points.map(({ realised }) => ({ predicted: 1, realised })))).toBeNaN();
});

dataTest(
  "the real car: full co-state in scale, truncated far too small; moved outputs predict nothing",
  async () => {
    // as a process: the fits are ten times slower inside jest
    const folder = await newFolder();
    const args = ["reproduce", "real-car", "--json", "--out", "real", "--reference", referenceData ?? ""];
    const { code, stdout } = await lapgrad(folder, args);
    expect(code).toBe(0);
    const { rows, gains, controls } = JSON.parse(stdout) as { rows: Row[]; gains: GainRow[]; controls: Control[] };
    expect(await readFile(join(folder, "real", "real-car.md"), "utf8")).toContain("| JetRacer, both | fitted model");
    const of = (robot: string, model: string, truncation: string) => {
      const row = rows.find(
        (r) => r.of === robot && r.apart === 1 && r.variant.model === model && r.variant.truncation === truncation,
      );
      if (!row) throw new Error(`no row ${robot}`);
      return row.agreement;
    };
    const raw = of("JetRacer, both", "raw", "none");
    expect(raw.pairs).toBe(28);
    expect(raw.correlation).toBeCloseTo(0.77, 1);
    expect(raw.slope).toBeGreaterThan(0.55);
    expect(raw.slope).toBeLessThan(0.75);
    expect(raw.meanPredicted).toBeCloseTo(-0.0102, 3);
    expect(raw.meanRealised).toBeCloseTo(-0.0067, 4);
    const fitted = of("JetRacer, both", "fitted", "none");
    expect(fitted.correlation).toBeGreaterThan(0.7);
    expect(fitted.slope).toBeGreaterThan(0.7);
    expect(fitted.slope).toBeLessThan(1.05);
    expect(of("JetRacer, both", "raw", "segment").slope).toBeGreaterThan(40);
    expect(of("Go1", "fitted", "none").correlation).toBeGreaterThan(0.7);
    expect(of("Go1", "fitted", "none").slope).toBeGreaterThan(0.7);
    // feedback makes the full gradient indifferent to the model's gains; the truncated one follows them
    const scale = (truncation: string, gain: number) =>
      gains.find((row) => row.truncation === truncation && row.gain === gain)?.agreement.meanPredicted ?? 0;
    expect(scale("none", 4) / scale("none", 1)).toBeCloseTo(1, 1);
    expect(scale("segment", 4) / scale("segment", 1)).toBeGreaterThan(3);
    for (const control of controls) {
      expect(control.permuted).toBeLessThan(0.01);
      if (control.robot === "JetRacer") expect(control.shifted.high).toBeLessThan(control.correlation - 0.3);
    }
  },
  TIMEOUT_MS,
);
