/** Trainings of sweeps by their settings alone. */
import { type Curve, trainFor } from "../compare/training.js";
import { completeConfig, type PartialConfig } from "../config/config.js";
import { segmentsPerLap } from "../config/resolve.js";
import { coreFor } from "../session.js";
import { trainingInMemory } from "../training/in-memory.js";
import { measureSteps, type RolloutMetrics } from "../training/metrics.js";

/** One training of a custom sweep. */
export interface Training {
  readonly config: PartialConfig;
  /** driving that may be learned from [min] */
  readonly minutes: number;
}

export function train({ config, minutes }: Training): Promise<Curve> {
  return trainFor(completeConfig(config), minutes);
}

/** Window cost of every rollout, or lap, of one training, infinite once it left its bounds. */
export async function windowCosts(given: PartialConfig): Promise<number[]> {
  const config = completeConfig(given);
  const { rollouts } = await trainingInMemory(config);
  const costs: number[] = [];
  for await (const { stopped, windowCost } of rollouts()) {
    if (stopped) break;
    costs.push(windowCost);
    if (costs.length === config.rollouts) break;
  }
  return [...costs, ...new Array<number>(config.rollouts - costs.length).fill(Number.POSITIVE_INFINITY)];
}

/** Metrics of the last lap of six from the task's own start, untrained or with the `parameters` of a policy. */
export async function untrainedLap(given: PartialConfig, parameters?: Float64Array): Promise<RolloutMetrics> {
  const config = completeConfig(given);
  const { task } = (await coreFor(config, 1, 1)).setup;
  const segments = segmentsPerLap(task) as number; // it is told of tasks with laps
  const core = await coreFor(config, 1, 6 * segments);
  if (parameters) core.write("parameters", parameters);
  core.writeStart(task.initialState, 0);
  core.rollOut(0, 6 * segments);
  const steps = segments * config["steps-per-segment"];
  return measureSteps(core, 0, 5 * steps, 6 * steps, 6);
}
