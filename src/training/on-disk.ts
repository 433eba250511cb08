/**
 * Algorithm 1 with everything on disk before the next step: recording and metrics of every rollout, a line for every
 * update, and a checkpoint whenever what was learned from were whole rollouts.
 */
import { checkpointPath, numberOf, writeCheckpoint } from "../checkpoint/checkpoint.js";
import { isSimulated } from "../config/links.js";
import { changesWithinLaps } from "../config/units.js";
import { UserError } from "../errors.js";
import { answered } from "../files.js";
import type { Link } from "../links/link.js";
import type { Recording } from "../recording/recording.js";
import { algorithm1 } from "./algorithm1.js";
import { Belief } from "./belief.js";
import { checkpointOf, thinCheckpoints } from "./checkpoints.js";
import { judgeEstimate, judgePolicy, judgeRollout, judgeStop, type Progress } from "./judgement.js";
import {
  drivenIn,
  measure,
  type RolloutMetrics,
  restOf,
  summaryOf,
  type TrainedRollout,
  withNotices,
} from "./metrics.js";
import { Notices, noticesOf } from "./notices.js";
import type { DriveEvent } from "./rollout-source.js";
import { type RunFolder, rolloutName } from "./run-folder.js";
import type { Training } from "./training.js";
import { UpdateLog } from "./updates.js";
import { appendUpdates } from "./updates-file.js";

export interface TrainingRun extends Training {
  readonly folder: RunFolder;
  readonly link: Link;
  /** metrics of the rollouts driven before */
  readonly rollouts: readonly RolloutMetrics[];
  readonly modelWatch?: ModelWatch | undefined;
  /** asks for a stop after the rollout that is being driven */
  readonly signal: AbortSignal;
  /** `refused`: why the model was not refitted before this rollout, if so */
  onRollout(metrics: TrainedRollout, refused: string | undefined): void;
}

/** Watches whether the model can be right, by laps and their metrics as they come. */
export interface ModelWatch {
  /** what people should know of the model; undefined: nothing */
  take(lap: Recording, metrics: Readonly<Record<string, number>>): string | undefined;
}

/**
 * Trains from `progress` until the configured number of rollouts is driven, or the signal aborts. Throws a {@link
 * UserError} (exit code 1) if a rollout leaves its bounds or the policy gets far worse: all rollouts and checkpoints up
 * to then are on disk.
 */
export async function train(run: TrainingRun, progress: Progress): Promise<Progress> {
  const { config, core, link, signal } = run;
  if (signal.aborted) return progress;
  let driven = drivenIn(run.rollouts);
  let begun = progress.updates; // before the rollout that is being driven
  const watch = watchOf(run);
  for await (const event of algorithm1(run, link, progress.rollouts, config.rollouts)) {
    switch (event.kind) {
      case "piece":
        watch.updates.drove(event, driven);
        break;
      case "rollout": {
        watch.updates.drove(event, driven);
        const metrics = await record(run, event, driven, watch);
        if (!metrics) return progress;
        judgeStop(run, progress, event.index, event);
        driven += metrics.seconds;
        progress = judgeRollout(run, progress, metrics, begun);
        break;
      }
      case "estimate":
        judgeEstimate(run, progress, event);
        break;
      case "update":
        judgePolicy(run, progress, core.view("parameters"));
        progress = { ...progress, updates: progress.updates + 1 };
        watch.updates.updated(progress.updates);
        if (!event.completes) break;
        begun = progress.updates;
        await inTime(run, appendUpdates(run.folder.path, watch.updates.take()));
        await keepCheckpoint(run, progress);
        if (signal.aborted) return progress; // a rollout is driven and learned from whole
    }
  }
  return progress;
}

/** What follows the driving beside the algorithm. */
export interface Watch {
  readonly notices: Notices;
  readonly belief: Belief;
  readonly updates: UpdateLog;
}

export function watchOf(run: Training & Pick<TrainingRun, "link">): Watch {
  return { notices: new Notices(run.core), belief: new Belief(run.link), updates: new UpdateLog(run) };
}

/** Keeps what the training needs to go on from here. */
export async function keepCheckpoint(run: Training & Pick<TrainingRun, "folder">, progress: Progress): Promise<void> {
  const recordings = run.folder.filesOf(run.modelFitter.recordings);
  const checkpoint = checkpointOf(run, progress, recordings);
  const number = numberOf(checkpoint);
  await inTime(run, writeCheckpoint(checkpointPath(run.folder.path, number), checkpoint));
  await inTime(run, thinCheckpoints(run.folder.path, number));
}

/** A simulation waits for its disk as long as it takes; a robot drives on meanwhile. */
export function inTime(run: Training, write: Promise<void>): Promise<void> {
  return isSimulated(run.config) ? write : answered(write);
}

/**
 * Puts a drive on disk and tells of it; `start`: driving since standstill before it [s]. Undefined if the operator
 * stopped the robot: nothing can be learned from what it drove.
 */
export async function record(
  run: TrainingRun,
  event: DriveEvent,
  start: number,
  { notices, belief, updates }: Watch,
): Promise<RolloutMetrics | undefined> {
  const { config, core, folder, modelFitter, rule, ruleState, race } = run;
  const { index, slot, begin, steps, stopped, recording, windowCost } = event;
  const wanted = stopped !== undefined && run.signal.aborted;
  if (steps === 0) {
    if (wanted) return undefined;
    throw new UserError(`nothing was driven: ${stopped}`, 1);
  }
  const metrics = {
    ...measure(core, slot, index, begin),
    ...(begin === 0 ? restOf(core, slot) : {}),
    ...(index > 1 && !changesWithinLaps(config) ? rule.outlook(ruleState) : {}),
    ...(index > 1 ? modelFitter.numbers() : {}),
    windowCost,
    ...race?.lap(),
    ...belief.follow(recording, begin === 0),
  };
  const alarm = stopped === undefined ? run.modelWatch?.take(recording, metrics) : undefined;
  if (alarm !== undefined) rule.distrust?.(ruleState);
  const noticed = alarm === undefined ? event.noticed : [...event.noticed, alarm];
  const events = [...notices.take(recording), ...noticesOf({ noticed, recording })];
  const replaces = isSimulated(run.config);
  await inTime(run, folder.keepRecording(rolloutName(index), recording, events, summaryOf(metrics), replaces));
  if (wanted) {
    await inTime(run, appendUpdates(folder.path, updates.take()));
    return undefined;
  }
  const driven = withNotices(
    { ...metrics, start },
    events.map(({ message }) => message),
  );
  await inTime(run, folder.appendMetrics(driven));
  await inTime(run, appendUpdates(folder.path, updates.take()));
  run.onRollout(driven, modelFitter.refusal);
  return metrics;
}
