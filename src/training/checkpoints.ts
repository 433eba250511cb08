/** What a checkpoint of a training holds, how the training goes on from it, and which of them stay. */
import { rm } from "node:fs/promises";
import { bestNumberOf, type Checkpoint, checkpointPath, headerOf, listCheckpoints } from "../checkpoint/checkpoint.js";
import { wrongHeader } from "../checkpoint/header.js";
import { layersOf, restorePolicy } from "../checkpoint/policy.js";
import { isSimulated } from "../config/links.js";
import type { RegionName } from "../core/core.js";
import { UserError } from "../errors.js";
import { problemOf } from "../files.js";
import { shortened } from "../output.js";
import type { RuleState, UpdateRule } from "../rules/definition.js";
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
  const { config, core, collector, rule, ruleState, modelFitter, race } = training;
  const adjusted: RegionName[] = core.view("adjustment").some((value) => value !== 0) ? ["adjustment"] : [];
  const names = [...REGIONS, ...adjusted, ...rule.regions];
  return {
    task: core.setup.task.name,
    layers: layersOf(core),
    update: config.update,
    ...progress,
    optimiser: { ...ruleState.numbers, ...modelFitter.state(), ...race?.state() },
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
export function restore(training: Training, checkpoint: Checkpoint, path: string): Progress {
  const { config, core, collector, rule, ruleState, modelFitter, race } = training;
  const { optimiser, arrays, updates, rollouts, best, firstWindowCost } = checkpoint;
  if (checkpoint.update !== config.update) {
    throw new UserError(
      `${path} was made by update "${shortened(checkpoint.update)}", the configuration says "${config.update}": ` +
        "put back what the run was made with",
    );
  }
  restorePolicy(core, checkpoint, path);
  for (const name of [...REGIONS, ...rule.regions]) {
    const view = core.view(name);
    const found = arrays[name]?.length ?? 0;
    if (found === 0 && LATER.includes(name)) continue;
    if (found !== view.length)
      throw new UserError(
        `${path} has ${found} numbers of "${name}", this version of lapgrad needs ${view.length}: ` +
          "resume it with the version that made it, or train anew; drive, export and report still read it",
      );
    view.set(arrays[name]);
  }
  // an older version may have kept less
  for (const name of Object.keys(ruleState.numbers)) if (name in optimiser) ruleState.numbers[name] = optimiser[name];
  checkCounts(rule, ruleState, path);
  for (const name of Object.keys(ruleState.arrays)) if (name in arrays) ruleState.arrays[name] = arrays[name];
  race?.restore(core, optimiser);
  collector.restore(core, arrays);
  if (config["update-every"] !== "rollout" && !isSimulated(config)) rule.beginAnew?.(ruleState);
  modelFitter.restore(core, optimiser);
  return { updates, rollouts, best, firstWindowCost };
}

/** Refuses numbers that the rule cannot have written: it would look for what is not there. */
function checkCounts({ counts = {} }: UpdateRule, { numbers }: RuleState, path: string): void {
  for (const [name, most] of Object.entries(counts)) {
    const value = numbers[name];
    if (!Number.isInteger(value) || value < 0 || value > most)
      throw wrongHeader(path, `has ${value} for "optimiser.${name}"; allowed is a whole number from 0 to ${most}`);
  }
}

/** Of the checkpoints of a run the newest stay, and one of so many. */
const NEWEST = 10;
const ONE_OF = 10;

/**
 * Removes the checkpoints that nothing needs any more, once number `newest` is on disk. Those stay that one of the
 * newest calls the best: if those after it are found damaged, the run goes on from it, and its best is driven.
 */
export async function thinCheckpoints(run: string, newest: number): Promise<void> {
  const numbers = (await listCheckpoints(run)).filter((number) => number <= newest);
  const isNew = (number: number) => number > newest - NEWEST;
  const old = numbers.filter((number) => !isNew(number) && number % ONE_OF > 0);
  if (old.length === 0) return;
  const headers = await Promise.all(numbers.filter(isNew).map((number) => headerOf(checkpointPath(run, number))));
  if (headers.includes(undefined)) return; // who knows what it needs
  const best = new Set(headers.map((header) => header && bestNumberOf(header)));
  for (const number of old) if (!best.has(number)) await remove(checkpointPath(run, number));
}

async function remove(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
  } catch (error) {
    throw new UserError(`cannot remove ${path}: ${problemOf(error)}`, 1);
  }
}
