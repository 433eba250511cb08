/** What a checkpoint of a training holds, and how the training goes on from it. */
import type { Checkpoint } from "../checkpoint/checkpoint.js";
import { layersOf, restorePolicy } from "../checkpoint/policy.js";
import type { RegionName } from "../core/core.js";
import { UserError } from "../errors.js";
import { shortened } from "../output.js";
import type { Progress } from "./judgement.js";
import { lastingSettings } from "./resumed-config.js";
import type { Training } from "./training.js";

/** Regions that earlier versions did not keep: a core begins as they drove. */
const LATER: readonly RegionName[] = [
  "pace",
  "modelFitted",
  "reflex",
  "reflexPlaces",
  "reflexFirings",
  "controllerParameters",
];
/** Regions that every checkpoint holds; the update rule adds its own. */
const REGIONS: readonly RegionName[] = ["parameters", "random", "modelParameters", "inputDelays", ...LATER];

/** Everything needed to go on from here; `recordings`: files of those that the model is fitted to. */
export function checkpointOf(
  training: Training,
  progress: Progress,
  recordings: Checkpoint["recordings"] = [],
): Checkpoint {
  const { config, core, collector, rule, ruleState, modelFitter } = training;
  const names = [...REGIONS, ...rule.regions];
  return {
    task: core.setup.task.name,
    layers: layersOf(core),
    update: config.update,
    ...progress,
    optimiser: { ...ruleState.numbers, ...modelFitter.state() },
    recordings,
    config: lastingSettings(config),
    arrays: {
      ...Object.fromEntries(names.map((name) => [name, core.view(name).slice()])),
      ...ruleState.arrays,
      ...collector.state(core),
    },
  };
}

/** Puts a checkpoint back into core, collector and update rule; refuses one of another task, network or update rule. */
export function restore(training: Training, checkpoint: Checkpoint): Progress {
  const { config, core, collector, rule, ruleState, modelFitter } = training;
  const { optimiser, arrays, updates, rollouts, best, firstWindowCost } = checkpoint;
  if (checkpoint.update !== config.update) {
    throw new UserError(
      `the checkpoint was made by update "${shortened(checkpoint.update)}", the configuration says "${config.update}"`,
    );
  }
  restorePolicy(core, checkpoint);
  for (const name of [...REGIONS, ...rule.regions]) {
    const view = core.view(name);
    const found = arrays[name]?.length ?? 0;
    if (found === 0 && LATER.includes(name)) continue;
    if (found !== view.length)
      throw new UserError(
        `the checkpoint has ${found} numbers of "${name}", this version of lapgrad needs ${view.length}: ` +
          "resume it with the version that made it, or train anew; drive, export and report still read it",
      );
    view.set(arrays[name]);
  }
  // an older version may have kept less
  for (const name of Object.keys(ruleState.numbers)) if (name in optimiser) ruleState.numbers[name] = optimiser[name];
  for (const name of Object.keys(ruleState.arrays)) if (name in arrays) ruleState.arrays[name] = arrays[name];
  collector.restore(core, arrays);
  modelFitter.restore(core, optimiser);
  return { updates, rollouts, best, firstWindowCost };
}
