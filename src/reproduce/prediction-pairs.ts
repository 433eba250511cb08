/** Pairs of rollouts of the recorded training runs: predicted and realised change of the mean stage cost. */
import { join } from "node:path";
import { readAuthors } from "../recording/authors.js";
import type { Point } from "./agreement.js";
import {
  modelsFor,
  type Prediction,
  predictedChange,
  type Replayed,
  replayRun,
  VARIANTS,
  type Variant,
} from "./predicted-change.js";

/** The recorded training runs on real robots. */
export const RUNS = [
  { file: "jetracer-hw-train-1", label: "JetRacer, run 1", robot: "JetRacer", className: "car1" },
  { file: "jetracer-hw-train-2", label: "JetRacer, run 2", robot: "JetRacer", className: "car2" },
  { file: "go1-hw-train", label: "Go1", robot: "Go1", className: "go1" },
] as const;
export const ROBOTS = ["JetRacer", "Go1"] as const;
export type Run = (typeof RUNS)[number];

/** Places of the lap that a change of outputs is moved by, for the control: k / SHIFTS of a lap. */
export const SHIFTS = 40;

/** Two rollouts of one run. */
export interface Pair extends Point, Prediction {
  readonly run: Run["file"];
  /** index of the earlier rollout, from 1, and how many rollouts later the other is */
  readonly from: number;
  readonly apart: number;
  /** mean stage cost of the earlier one */
  readonly cost: number;
}

/** One run, replayed with one variant. */
export interface ReplayedRun {
  readonly run: Run;
  readonly variant: Variant;
  readonly rollouts: readonly Replayed[];
}

/** Every run with every model and truncation. */
export async function replayRuns(reference: string): Promise<ReplayedRun[]> {
  const replayed: ReplayedRun[] = [];
  for (const run of RUNS) {
    const { recordings, settings } = await readAuthors(join(reference, "authors", `${run.file}.json.gz`));
    const models = { raw: modelsFor(recordings, "raw"), fitted: modelsFor(recordings, "fitted") };
    for (const variant of VARIANTS) {
      const rollouts = await replayRun(recordings, models[variant.model], variant.truncation, settings);
      replayed.push({ run, variant, rollouts });
    }
  }
  return replayed;
}

/** All pairs of a run that are so many rollouts apart. */
export function pairsOf({ run, rollouts }: ReplayedRun, apart: number, shift = 0): Pair[] {
  return rollouts.slice(apart).map((later, i) => {
    const earlier = rollouts[i];
    const prediction = predictedChange(earlier, later, shift);
    return {
      run: run.file,
      from: i + 1,
      apart,
      cost: earlier.cost,
      ...prediction,
      predicted: prediction.bySetpoints + prediction.byGains,
      realised: later.cost - earlier.cost,
    };
  });
}

/**
 * The consecutive pairs of a run with the change of outputs taken from elsewhere in the lap: [k][pair], k / {@link
 * SHIFTS} of a lap.
 */
export function shiftedPairs(run: ReplayedRun): Pair[][] {
  return Array.from({ length: SHIFTS }, (_, k) => pairsOf(run, 1, k / SHIFTS));
}

export function ofRobot(runs: readonly ReplayedRun[], robot: string): ReplayedRun[] {
  return runs.filter(({ run }) => run.robot === robot);
}

/** A variant for people. */
export function words({ model, truncation }: Variant): string {
  return `${model} model, ${truncation === "none" ? "full co-state" : "truncated"}`;
}
