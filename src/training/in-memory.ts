/** Algorithm 1 in simulation with nothing on disk: what studies and comparisons train with. */
import type { RunConfig } from "../config/schema.js";
import type { Core } from "../core/core.js";
import { windowCost } from "../core/windows.js";
import { SimLink } from "../links/sim.js";
import { recordingFrom } from "../recording/transfer.js";
import { initialisePolicy } from "../session.js";
import type { CollectedRollout } from "./collect.js";
import { trainingFor } from "./training.js";

/** A training that is ready to drive, its policy untrained. */
export interface MemoryTraining {
  readonly core: Core;
  /**
   * Every stretch after it was driven and before its batch is learned from, without end unless one was stopped, or the gradient was 0
   * or not finite. Index 0 is the drive that settles the robot, where there is one.
   */
  stretches(): AsyncGenerator<CollectedRollout & { readonly index: number; readonly windowCost: number }, void>;
}

/** Configures core, policy and update rule. */
export async function trainingInMemory(config: RunConfig): Promise<MemoryTraining> {
  const { core, collector, rule, ruleState, modelFitter } = await trainingFor(config);
  initialisePolicy(core, config.seed);
  const link = new SimLink();
  async function* stretches() {
    const settling = await collector.settle(core, link);
    if (settling) {
      modelFitter.keep(recordingFrom(core, settling.slot, 0, settling.from));
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
        modelFitter.keep(recordingFrom(core, driven.slot, index, driven.from));
        mean += cost / config.batch;
      }
      const batch = { ...collector.batch(config.batch), cost: mean };
      if (config["model-fit"]) modelFitter.refit(core, batch);
      const found = rule.estimate(core, batch, ruleState);
      if (!Number.isFinite(found.loss) || !(found.norm > 0)) return;
      rule.update(core, batch, ruleState, found);
    }
  }
  return { core, stretches };
}
