/** What a training is made of. */
import type { RunConfig } from "../config/schema.js";
import type { Core } from "../core/core.js";
import { refuseWithoutWideVectors } from "../core/module.js";
import { setTiming, timingOf } from "../recording/timing.js";
import type { RuleState, UpdateRule } from "../rules/definition.js";
import { updateRules } from "../rules/rules.js";
import { coreFor } from "../session.js";
import { type Collector, collectorFor } from "./collect.js";
import { ModelFitter } from "./model-fit.js";
import { pacesOf } from "./paces.js";
import { Race } from "./race.js";

export interface Training {
  readonly config: RunConfig;
  readonly core: Core;
  readonly collector: Collector;
  readonly rule: UpdateRule;
  readonly ruleState: RuleState;
  readonly modelFitter: ModelFitter;
  /** of a training for lap time */
  readonly race: Race | undefined;
}

/** Everything that a configuration asks for, before the first rollout; the policy is not drawn yet. */
export async function trainingFor(config: RunConfig): Promise<Training> {
  if (config.revectorise) refuseWithoutWideVectors();
  const race = config.race ? new Race(config) : undefined;
  const collector = collectorFor(config, race);
  const { rollouts, steps, segments } = collector.room;
  const core = await coreFor(config, rollouts, segments, steps);
  setTiming(core, timingOf(config));
  race?.apply(core);
  const { least, most } = pacesOf(config);
  if (least < most) core.setPace(least);
  const rule = updateRules[config.update];
  const ruleState = rule.start(config["learning-rate"]);
  return { config, core, collector, rule, ruleState, modelFitter: new ModelFitter(config), race };
}
