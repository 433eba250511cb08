/** Algorithm 1 in simulation with nothing on disk: what studies and comparisons train with. */
import type { RunConfig } from "../config/schema.js";
import type { Core } from "../core/core.js";
import { SimLink } from "../links/kinds/sim.js";
import { initialisePolicy } from "../session.js";
import { algorithm1, type DriveEvent } from "./algorithm1.js";
import { trainingFor } from "./training.js";

/** A training that is ready to drive, its policy untrained. */
export interface TrainingInMemory {
  readonly core: Core;
  /**
   * Every rollout after it was driven and before its batch is learned from, without end unless one was stopped, or the
   * gradient was 0 or not finite. Index 0 is the drive that settles the robot, where there is one.
   */
  rollouts(): AsyncGenerator<DriveEvent, void>;
}

/** Configures core, policy and update rule. */
export async function trainingInMemory(config: RunConfig): Promise<TrainingInMemory> {
  const training = await trainingFor(config);
  initialisePolicy(training.core, config.seed);
  async function* rollouts() {
    for await (const event of algorithm1(training, new SimLink(), 0, Number.POSITIVE_INFINITY))
      if (event.kind === "settling" || event.kind === "rollout") yield event;
  }
  return { core: training.core, rollouts };
}
