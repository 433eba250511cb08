/** Algorithm 1 in simulation with nothing on disk: what studies and comparisons train with. */
import type { RunConfig } from "../config/schema.js";
import type { Core } from "../core/core.js";
import { windowCost } from "../core/windows.js";
import { SimLink } from "../links/sim.js";
import { recordingFrom } from "../recording/transfer.js";
import { coreFor, initialisePolicy } from "../session.js";
import { collectorFor, type Driven } from "./collect.js";
import { ModelMemory } from "./model-fit.js";
import { optimiserFor } from "./optimisers.js";

/** A training that is ready to drive, its policy untrained. */
export interface Training {
  readonly core: Core;
  /**
   * Every stretch after it was driven and before its batch is learned from, without end unless one was stopped, or the gradient was 0
   * or not finite. Index 0 is the drive that settles the robot, where there is one.
   */
  stretches(): AsyncGenerator<Driven & { readonly index: number; readonly windowCost: number }, void>;
}

/** Configures core, policy and update rule. */
export async function trainingInMemory(config: RunConfig): Promise<Training> {
  const collector = collectorFor(config);
  const core = await coreFor(config, collector.room.rollouts, collector.room.segments);
  collector.prepare(core);
  initialisePolicy(core, config.seed);
  const optimiser = optimiserFor(config);
  const memory = new ModelMemory(config);
  const link = new SimLink();
  async function* stretches() {
    const settling = await collector.settle(core, link);
    if (settling) {
      memory.keep(recordingFrom(core, settling.slot, 0, settling.from));
      yield { ...settling, index: 0, windowCost: Number.NaN };
      if (settling.stopped) return;
    }
    for (let index = 1; ; ) {
      let mean = 0;
      for (let i = 0; i < config.batch; i++, index++) {
        const driven = await collector.drive(core, link, i);
        const cost = driven.stopped ? Number.NaN : windowCost(core, driven.slot);
        yield { ...driven, index, windowCost: cost };
        if (driven.stopped) return;
        memory.keep(recordingFrom(core, driven.slot, index, driven.from));
        mean += cost / config.batch;
      }
      const batch = { ...collector.batch(config.batch), cost: mean };
      if (config["model-fit"]) memory.refit(core, batch);
      const { loss, norm } = optimiser.estimate(core, batch);
      if (!Number.isFinite(loss) || !(norm > 0)) return;
      optimiser.update(core, batch);
    }
  }
  return { core, stretches };
}
