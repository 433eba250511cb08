/**
 * What curvature has to do with learning rates: 2 over the largest eigenvalue of every task's Hessian, beside the rate
 * that was found best.
 */
import { completeConfig } from "../../config/config.js";
import { hessianOf } from "../../curvature/hessian.js";
import { extremeEigenvalue } from "../../curvature/lanczos.js";
import { digits } from "../../output.js";
import { coreFor, initialisePolicy } from "../../session.js";
import { tasks } from "../../tasks/tasks.js";

/** The paper's batch for the pendulum. */
export const ROLLOUTS = 5;

export interface Stability {
  readonly task: string;
  /** largest eigenvalue of the Hessian of the mean window cost, untrained */
  readonly eigenvalue: number;
  /** 2 / eigenvalue: above it plain gradient steps overshoot along the eigenvector */
  readonly largestRate: number;
  /** the task's default for plain gradient steps */
  readonly usedRate: number;
}

/** Of every task, with the settings of `--update sgd`, along rollouts of its plant. */
export async function stableRates(): Promise<Stability[]> {
  const found: Stability[] = [];
  for (const task of Object.keys(tasks)) {
    const config = completeConfig({ task, update: "sgd" });
    const segments = config["rollout-segments"];
    const core = await coreFor(config, ROLLOUTS, segments);
    initialisePolicy(core, 1);
    for (let slot = 0; slot < ROLLOUTS; slot++) {
      core.sampleStart(slot);
      core.rollOut(slot, segments);
    }
    const product = hessianOf(core, 0, ROLLOUTS);
    const { value } = extremeEigenvalue(product, core.parameterCount(), { of: "largest" });
    found.push({ task, eigenvalue: value, largestRate: 2 / value, usedRate: config["learning-rate"] });
  }
  return found;
}

export function rateTable(rates: readonly Stability[]): string[][] {
  return [
    ["task", "λ", "2/λ", "rate used", "rate used × λ/2"],
    ...rates.map(({ task, eigenvalue, largestRate, usedRate }) => [
      task,
      digits(eigenvalue),
      largestRate.toExponential(2),
      usedRate.toExponential(0),
      digits(usedRate / largestRate, 3),
    ]),
  ];
}
