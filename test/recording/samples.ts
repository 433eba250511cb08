import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "@jest/globals";
import type { Recording } from "../../src/recording/recording.js";
import { carFigure8 } from "../../src/tasks/car-figure8.js";

/** A new empty folder. */
export const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), "lapgrad-recording-"));

/** Names of a recording's arrays, those with a row per control step and those with a row per segment. */
export const STEP_ARRAYS = ["times", "states", "inputs", "references", "residuals", "costs", "paces"] as const;
export const SEGMENT_ARRAYS = [
  "segmentStarts",
  "segmentTimes",
  "segmentStates",
  "outputs",
  "setpoints",
  "gains",
] as const;

/** A car on a circle: `segments` segments of 7 steps, every array filled, no two numbers alike. */
export function carRecording(segments: number): Recording {
  const steps = 7 * segments;
  let count = 0;
  const fill = (length: number): Float64Array => Float64Array.from({ length }, () => Math.sin(++count) / 3);
  return {
    info: {
      task: carFigure8.name,
      rollout: 3,
      timing: "simulation",
      startTime: 1 / 3,
      columns: carFigure8.columns,
      complete: true,
      note: "",
    },
    times: Float64Array.from({ length: steps }, (_, i) => i * 0.02),
    states: fill(4 * steps),
    finalState: fill(4),
    inputs: fill(2 * steps),
    references: fill(6 * steps),
    costs: fill(steps),
    paces: fill(steps),
    body: new Float64Array(),
    residuals: fill(3 * steps),
    segmentStarts: Float64Array.from({ length: segments }, (_, j) => 7 * j),
    segmentTimes: Float64Array.from({ length: segments }, (_, j) => 1 / 3 + j * 0.14),
    segmentStates: fill(4 * segments),
    outputs: fill(10 * segments),
    setpoints: fill(4 * segments),
    gains: fill(6 * segments),
    events: [],
  };
}

/** Fails unless `part` is the beginning of `whole`, bit for bit (any NaN equals any other). */
export function expectPrefix(part: Float64Array, whole: Float64Array, what: string): void {
  const differs = part.findIndex((value, i) => !Object.is(value, whole[i]));
  if (part.length > whole.length || differs >= 0)
    expect(`${what}[${differs}] of ${part.length}: ${part[differs]}`).toBe(`${whole[differs]} of ${whole.length}`);
}

/** Fails unless the two are the same, bit for bit. */
export function expectSame(got: Recording, wanted: Recording): void {
  expect(got.info).toEqual(wanted.info);
  for (const name of [...STEP_ARRAYS, ...SEGMENT_ARRAYS, "body", "finalState"] as const) {
    expect(`${name}: ${got[name].length}`).toBe(`${name}: ${wanted[name].length}`);
    expectPrefix(got[name], wanted[name], name);
  }
}
