/** A short rollout of the simulated car with fixed weights: the same bits on every machine. */
import { Core } from "../core/core.js";
import { UserError } from "../errors.js";
import { carFigure8 } from "../tasks/car-figure8.js";
import type { CoreProbe } from "./system.js";

const SEGMENTS = 12;
const WARM_UP = 300;
const BATCHES = 15;
const BATCH = 20;

export async function probeCore(): Promise<CoreProbe> {
  const task = carFigure8;
  const { stepsPerSegment } = task.timing;
  const plant = task.plants.nominal;
  if (!plant) throw new Error(`task ${task.name} has no plant "nominal"`);
  const steps = SEGMENTS * stepsPerSegment;
  const core = await Core.load({ task, plant, rollouts: 1, steps, segments: SEGMENTS });
  const weights = core.view("parameters");
  // quotients of whole numbers, so that no function of this Node's own has a say in the result
  for (let i = 0; i < weights.length; i++) weights[i] = (((i * 37) % 101) - 50) / 400;
  core.seed(20, 23);
  core.sampleStart(0);
  core.tryRollOut(0, SEGMENTS);
  const driven = core.view("counts")[0];
  if (driven !== steps) throw new UserError(`the core's rollout ended after ${driven} of ${steps} steps`, 1);
  const n = task.columns.state.length;
  const finalState = [...core.view("states").subarray(steps * n, (steps + 1) * n)];
  return { finalState, stepMicroseconds: timeStep(core, stepsPerSegment) };
}

/** Median over batches of the time of one control step [µs]. */
function timeStep(core: Core, step: number): number {
  const run = (repeats: number) => {
    for (let i = 0; i < repeats; i++) core.controlStep(0, 1, step);
  };
  run(WARM_UP);
  const times = Array.from({ length: BATCHES }, () => {
    const begun = performance.now();
    run(BATCH);
    return ((performance.now() - begun) * 1000) / BATCH;
  });
  return times.sort((a, b) => a - b)[BATCHES >> 1];
}
