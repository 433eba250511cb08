/** Algorithm 1 in simulation with nothing on disk: what studies and comparisons train with. */
import type { RunConfig } from "../config/schema.js";
import { SimLink } from "../links/kinds/sim.js";
import type { Link } from "../links/link.js";
import { WatchedSimulation } from "../runtime/watched-simulation.js";
import { initialisePolicy } from "../session.js";
import { algorithm1 } from "./algorithm1.js";
import type { DriveEvent } from "./rollout-source.js";
import { trainingFor } from "./training.js";

/**
 * A training that is ready to drive, its policy untrained. `rollouts` gives every rollout after it was driven and
 * before its batch is learned from, without end unless one was stopped, or the gradient was 0 or not finite; `pieces`
 * too what is driven between two updates of one drive.
 */
export async function trainingInMemory(config: RunConfig, link: Link = new WatchedSimulation(new SimLink())) {
  const training = await trainingFor(config);
  const { core, modelFitter, race } = training;
  initialisePolicy(core, config.seed);
  async function* pieces(): AsyncGenerator<DriveEvent, void> {
    for await (const event of algorithm1(training, link, 0, Number.POSITIVE_INFINITY))
      if (event.kind === "piece" || event.kind === "rollout") yield event;
  }
  async function* rollouts(): AsyncGenerator<DriveEvent, void> {
    for await (const event of pieces()) if (event.kind === "rollout") yield event;
  }
  return { core, modelFitter, race, pieces, rollouts };
}
