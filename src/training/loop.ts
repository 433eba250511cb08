/** Algorithm 1 of the paper, with everything on disk before the next rollout starts. */
import { type Checkpoint, checkpointPath, writeCheckpoint } from "../checkpoint/checkpoint.js";
import { layersOf, restorePolicy } from "../checkpoint/policy.js";
import type { RegionName } from "../core/core.js";
import { UserError } from "../errors.js";
import type { Link } from "../links/link.js";
import { recordingFrom } from "../recording/transfer.js";
import { writeRecording } from "../recording/writer.js";
import type { CollectedRollout } from "./collect.js";
import { measure, type RolloutMetrics } from "./metrics.js";
import type { RunFolder } from "./run-folder.js";
import type { Training } from "./training.js";

export interface TrainingRun extends Training {
  readonly folder: RunFolder;
  readonly link: Link;
  /** asks for a stop after the rollout that is being driven */
  readonly signal: AbortSignal;
  /** `refused`: why the model was not refitted before this rollout, if so */
  onRollout(metrics: RolloutMetrics, refused: string | undefined): void;
}

/** Where a run stands between two updates. */
export interface Progress {
  updates: number;
  rollouts: number;
  best: Checkpoint["best"];
  firstWindowCost: number;
}

export const START: Progress = {
  updates: 0,
  rollouts: 0,
  best: { rollout: 0, windowCost: 0, updates: 0 },
  firstWindowCost: 0,
};

/**
 * Trains from `progress` until the configured number of rollouts is driven, or the signal aborts. Throws a {@link UserError}
 * (exit code 1) if a rollout leaves its bounds or the policy gets far worse: all rollouts and checkpoints up to then are on disk.
 */
export async function train(run: TrainingRun, progress: Progress): Promise<Progress> {
  const { config, core, link, collector, rule, ruleState, modelFitter } = run;
  const settling = await collector.settle(core, link);
  if (settling && !(await record(run, settling, 0, progress))) return progress;
  while (progress.rollouts < config.rollouts && !run.signal.aborted) {
    const count = Math.min(config.batch, config.rollouts - progress.rollouts);
    let cost = 0;
    for (let i = 0; i < count; i++) {
      const driven = await collector.drive(core, link, i); // lines 3 and 5: a task, unrolled on the real system
      const metrics = await record(run, driven, progress.rollouts + 1, progress);
      if (!metrics) return progress;
      progress = judge(run, progress, metrics);
      cost += metrics.windowCost / count;
    }
    const batch = { ...collector.batch(count), cost };
    if (config["model-fit"]) modelFitter.refit(core, batch);
    const estimate = rule.estimate(core, batch, ruleState); // line 6: along the recorded trajectories
    checkEstimate(run, progress, estimate);
    rule.update(core, batch, ruleState, estimate); // line 7
    if (!core.view("parameters").every(Number.isFinite)) throw notFinite(run, progress, "updated policy");
    progress = { ...progress, updates: progress.updates + 1 };
    await writeCheckpoint(checkpointPath(run.folder.path, progress.updates), checkpointOf(run, progress));
  }
  return progress;
}

/**
 * Puts a rollout on disk and tells of it; index 0 is the drive that settles the robot, which is no rollout of the run. Undefined if the operator
 * stopped the robot: nothing can be learned from what it drove.
 */
async function record(
  run: TrainingRun,
  driven: CollectedRollout,
  index: number,
  progress: Progress,
): Promise<RolloutMetrics | undefined> {
  const { core, folder, modelFitter, rule, ruleState } = run;
  const isWanted = driven.stopped !== undefined && run.signal.aborted;
  if (driven.steps === 0) {
    if (isWanted) return undefined;
    throw new UserError(`nothing was driven: ${driven.stopped}`, 1);
  }
  const recording = recordingFrom(core, driven.slot, index, driven.from);
  const measured = {
    ...measure(core, driven.slot, index, driven.from),
    ...(index > 1 ? { ...rule.outlook(ruleState), ...modelFitter.numbers() } : {}),
  };
  // the windows of a rollout that ended early cannot be compared
  const metrics = driven.stopped ? { ...measured, windowCost: Number.NaN } : measured;
  await writeRecording(folder.rolloutPath(index), recording, metrics);
  if (isWanted) return undefined;
  modelFitter.keep(recording);
  if (index > 0) {
    await folder.appendMetrics(metrics);
    run.onRollout(metrics, modelFitter.refused());
  }
  if (driven.stopped)
    throw new UserError(
      `rollout ${index} was stopped: ${driven.stopped}. ${run.config.link === "sim" ? remedy(run, progress) : kept(run)}`,
      1,
    );
  return metrics;
}

/** Counts a rollout; stops the training if it must not go on. */
function judge(run: TrainingRun, progress: Progress, { index, cost, windowCost }: RolloutMetrics): Progress {
  const { config } = run;
  if (!Number.isFinite(cost)) throw notFinite(run, progress, `cost of rollout ${index}`);
  const first = progress.rollouts === 0 ? windowCost : progress.firstWindowCost;
  if (windowCost > config["stop-factor"] * first) {
    const factor = (windowCost / first).toPrecision(3);
    throw new UserError(
      `rollout ${index} cost ${factor} times the first one (${windowCost.toPrecision(4)} against ${first.toPrecision(4)}; stop-factor is ${config["stop-factor"]}). ${remedy(run, progress)}`,
      1,
    );
  }
  const improved = progress.best.rollout === 0 || windowCost < progress.best.windowCost;
  return {
    updates: progress.updates,
    rollouts: index,
    best: improved ? { rollout: index, windowCost, updates: progress.updates } : progress.best,
    firstWindowCost: first,
  };
}

function checkEstimate(run: TrainingRun, progress: Progress, { loss, norm }: { loss: number; norm: number }): void {
  if (!Number.isFinite(loss) || !Number.isFinite(norm)) throw notFinite(run, progress, "gradient");
  if (norm > 0) return;
  const why = progress.updates > 0 ? ": the network is saturated" : "";
  throw new UserError(`the gradient is 0, nothing more can be learned${why}. ${remedy(run, progress)}`, 1);
}

function notFinite(run: TrainingRun, progress: Progress, what: string): UserError {
  return new UserError(`the ${what} is not finite: no update is made. ${remedy(run, progress)}`, 1);
}

/** Before the first update the learning rate cannot be at fault. */
function remedy(run: TrainingRun, { updates }: Progress): string {
  const { config } = run;
  const rate = `train anew with a learning-rate below ${config["learning-rate"]}`;
  const settings = "check parameters, model-scale and the periods: nothing was learned yet";
  return `Remedy: ${updates > 0 ? rate : settings}. ${kept(run)}`;
}

function kept({ folder }: TrainingRun): string {
  return `All up to here is kept in ${folder.path}`;
}

/** Regions that every checkpoint holds; the update rule adds its own. */
const REGIONS: readonly RegionName[] = ["parameters", "random", "modelParameters", "inputDelays"];

/** Everything needed to go on from here. */
export function checkpointOf(run: Training, progress: Progress): Checkpoint {
  const { task } = run.core.setup;
  const names = [...REGIONS, ...run.rule.regions];
  return {
    task: task.name,
    layers: layersOf(run.core),
    update: run.config.update,
    ...progress,
    optimiser: { ...run.ruleState.numbers, ...run.modelFitter.state() },
    arrays: {
      ...Object.fromEntries(names.map((name) => [name, run.core.view(name).slice()])),
      ...run.ruleState.arrays,
      ...run.collector.state(run.core),
    },
  };
}

/** Puts a checkpoint back into core, collector and update rule; refuses one of another task, network or update rule. */
export function restore(run: Training, checkpoint: Checkpoint): Progress {
  if (checkpoint.update !== run.config.update) {
    throw new UserError(
      `the checkpoint was made by update "${checkpoint.update}", the configuration says "${run.config.update}"`,
    );
  }
  restorePolicy(run.core, checkpoint);
  for (const name of [...REGIONS, ...run.rule.regions]) {
    const array = checkpoint.arrays[name];
    const { length } = run.core.view(name);
    if (array?.length !== length)
      throw new UserError(`the checkpoint has ${array?.length ?? 0} numbers of "${name}", this run needs ${length}`);
    run.core.view(name).set(array);
  }
  const { numbers, arrays } = run.ruleState;
  for (const name of Object.keys(numbers)) numbers[name] = checkpoint.optimiser[name] ?? numbers[name];
  for (const name of Object.keys(arrays)) arrays[name] = checkpoint.arrays[name] ?? arrays[name];
  run.collector.restore(run.core, checkpoint.arrays);
  run.modelFitter.restore(run.core, checkpoint.optimiser);
  const { updates, rollouts, best, firstWindowCost } = checkpoint;
  return { updates, rollouts, best, firstWindowCost };
}
