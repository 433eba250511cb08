/** Simulated drives of a known car, for tests of what is found in them. */
import { Core } from "../../src/core/core.js";
import type { Recording } from "../../src/recording/recording.js";
import { recordingFrom } from "../../src/recording/transfer.js";
import { carFigure8 } from "../../src/tasks/car-figure8.js";
import type { PlantDefinition } from "../../src/tasks/definition.js";
import { randomNumbers } from "../support/cores.js";

/** A car that is none of the task's. */
export const OTHER: PlantDefinition & { readonly delays: readonly [number, number] } = {
  kind: "identified",
  parameters: {
    steeringGain: 5,
    steeringTrim: -0.02,
    gripLimit: 7,
    throttleGain: 7.5,
    offset: 0.3,
    linearDrag: 0.15,
    drag: 0.12,
    corneringDrag: 0.25,
  },
  delays: [0.07, 0.09],
};

/** A drive of `segments` segments with a random policy, which varies throttle and steering. */
export async function driveOf(plant: PlantDefinition, seed: number, segments = 156): Promise<Recording> {
  const task = { ...carFigure8, network: { ...carFigure8.network, hidden: [5, 4] } };
  const core = await Core.load({ task, plant, rollouts: 1, steps: 12 * segments, segments });
  const random = randomNumbers(seed);
  core.view("parameters").forEach((_, i, parameters) => {
    parameters[i] = 0.4 * random();
  });
  core.seed(seed, 0);
  core.sampleStart(0);
  core.rollOut(0, segments);
  return recordingFrom(core, 0, seed);
}

/** Drives with the seeds 1 to `count`. */
export const drivesOf = (plant: PlantDefinition, count: number): Promise<Recording[]> =>
  Promise.all(Array.from({ length: count }, (_, i) => driveOf(plant, i + 1)));
