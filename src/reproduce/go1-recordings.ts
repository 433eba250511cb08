/** The authors' recordings of the real Go1, replayed. */
import { join } from "node:path";
import { readAuthors } from "../recording/authors.js";
import type { Recording } from "../recording/recording.js";
import { measureSteps } from "../training/metrics.js";
import { configFor, replayedCore, replayRecordings } from "../training/replay.js";
import { wholeLapsBefore } from "./predicted-change.js";

/** Settled: from this segment on. */
const SETTLED = 10;

/** How far a file agrees with its recording, the worst of its rollouts. */
export interface Conformance {
  readonly file: string;
  readonly rollouts: number;
  readonly commands: number;
  readonly commandError: number;
  readonly referenceError: number;
  /** of the setpoints that the network gives [m, m/s]; NaN without network */
  readonly setpointError: number;
  /** relative; NaN if no cost is recorded */
  readonly costError: number;
}

/** How well the robot walked in the last whole laps of a rollout. */
export interface Walked {
  readonly file: string;
  readonly rollout: number;
  /** whole rollout [min] */
  readonly minutes: number;
  /** the authors' training cost; null if it is not recorded */
  readonly recordedCost: number | null;
  /** mean stage cost */
  readonly cost: number;
  /** [m], [m/s] */
  readonly radialError: number;
  readonly speed: number;
  /** path of these laps [m] */
  readonly x: readonly number[];
  readonly y: readonly number[];
}

const FILES = [
  { file: "go1-hw-train", network: undefined },
  { file: "go1-hw-run-without-network", network: undefined },
  { file: "go1-hw-run-with-network", network: "go1-hw-model" },
] as const;
const pathOf = (reference: string, file: string) => join(reference, "authors", `${file}.json.gz`);

export async function conformance(reference: string): Promise<Conformance[]> {
  const found: Conformance[] = [];
  for (const { file, network } of FILES) {
    const results = await replayRecordings(pathOf(reference, file), {}, network && pathOf(reference, network));
    const worst = (values: readonly (number | null)[]) => Math.max(...values.map((value) => value ?? Number.NaN));
    found.push({
      file,
      rollouts: results.length,
      commands: results.reduce((sum, { commandError }) => sum + commandError.compared, 0),
      commandError: worst(results.map(({ commandError }) => commandError.largest)),
      referenceError: worst(results.map(({ referenceError }) => referenceError)),
      setpointError: worst(results.map(({ setpointError }) => setpointError)),
      costError: worst(results.map(({ costError }) => costError)),
    });
  }
  return found;
}

/** Every recorded rollout. */
export async function walked(reference: string): Promise<Walked[]> {
  const found: Walked[] = [];
  for (const { file } of FILES) {
    const { recordings, settings, costs } = await readAuthors(pathOf(reference, file));
    for (const [i, recording] of recordings.entries()) {
      const core = await replayedCore(recording, configFor(recording, {}, settings), true);
      const lapTime = core.setup.task.task.parameters.lapTime;
      const end = recording.segmentTimes.length - 2;
      const first = recording.segmentStarts[wholeLapsBefore(end, SETTLED, recording.segmentTimes, lapTime)];
      const last = recording.segmentStarts[end];
      const metrics = measureSteps(core, 0, first, last, i + 1);
      found.push({
        file,
        rollout: i + 1,
        minutes: recording.times[recording.times.length - 1] / 60,
        recordedCost: costs.length > 0 ? costs[i] : null,
        cost: metrics.meanCost,
        radialError: metrics.rmsRadialError,
        speed: metrics.meanSpeed,
        ...pathOfSteps(recording, first, last),
      });
    }
  }
  return found;
}

function pathOfSteps({ states }: Recording, first: number, last: number): { x: number[]; y: number[] } {
  const steps = Array.from({ length: last - first }, (_, i) => 4 * (first + i));
  return { x: steps.map((at) => states[at]), y: steps.map((at) => states[at + 1]) };
}
