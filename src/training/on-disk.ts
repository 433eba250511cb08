/**
 * Algorithm 1 with everything on disk before the next step: recordings and metrics of every rollout, a checkpoint of
 * every update.
 */
import { checkpointPath, writeCheckpoint } from "../checkpoint/checkpoint.js";
import { isSimulated } from "../config/links.js";
import { UserError } from "../errors.js";
import { answered } from "../files.js";
import type { Link } from "../links/link.js";
import { algorithm1, type DriveEvent } from "./algorithm1.js";
import { Belief } from "./belief.js";
import { checkpointOf } from "./checkpoints.js";
import { judgeEstimate, judgePolicy, judgeRollout, judgeStop, type Progress } from "./judgement.js";
import { drivenIn, measure, type RolloutMetrics, summaryOf, type TrainedRollout, withNotices } from "./metrics.js";
import { Notices, noticesOf } from "./notices.js";
import { type RunFolder, rolloutName } from "./run-folder.js";
import type { Training } from "./training.js";

export interface TrainingRun extends Training {
  readonly folder: RunFolder;
  readonly link: Link;
  /** metrics of the rollouts driven before */
  readonly rollouts: readonly RolloutMetrics[];
  /** asks for a stop after the rollout that is being driven */
  readonly signal: AbortSignal;
  /** `refused`: why the model was not refitted before this rollout, if so */
  onRollout(metrics: TrainedRollout, refused: string | undefined): void;
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
  let kept = progress.updates; // those of the last checkpoint
  const watch = { notices: new Notices(core), belief: new Belief(link) };
  for await (const event of algorithm1(run, link, progress.rollouts, config.rollouts)) {
    switch (event.kind) {
      case "rollout": {
        const metrics = await record(run, event, progress, driven, watch);
        if (!metrics) return progress;
        driven += metrics.seconds;
        progress = judgeRollout(run, progress, metrics, kept);
        break;
      }
      case "estimate":
        judgeEstimate(run, progress, event);
        break;
      case "update":
        judgePolicy(run, progress, core.view("parameters"));
        progress = { ...progress, updates: progress.updates + 1 };
        if (!event.completes) break;
        await keepCheckpoint(run, progress);
        kept = progress.updates;
        if (signal.aborted) return progress; // a rollout is driven and learned from whole
    }
  }
  return progress;
}

/** Keeps what the training needs to go on from here. */
export async function keepCheckpoint(run: Training & Pick<TrainingRun, "folder">, progress: Progress): Promise<void> {
  const recordings = run.folder.filesOf(run.modelFitter.recordings);
  const checkpoint = checkpointOf(run, progress, recordings);
  await inTime(run, writeCheckpoint(checkpointPath(run.folder.path, progress.updates), checkpoint));
}

/** A simulation waits for its disk as long as it takes; a robot drives on meanwhile. */
function inTime(run: Training, write: Promise<void>): Promise<void> {
  return isSimulated(run.config) ? write : answered(write);
}

/**
 * Puts a drive on disk and tells of it; `start`: driving since standstill before it [s]. Undefined if the operator
 * stopped the robot: nothing can be learned from what it drove.
 */
async function record(
  run: TrainingRun,
  event: DriveEvent,
  progress: Progress,
  start: number,
  { notices, belief }: { readonly notices: Notices; readonly belief: Belief },
): Promise<RolloutMetrics | undefined> {
  const { core, folder, modelFitter, rule, ruleState } = run;
  const { index, slot, begin, steps, stopped, recording, windowCost } = event;
  const wanted = stopped !== undefined && run.signal.aborted;
  if (steps === 0) {
    if (wanted) return undefined;
    throw new UserError(`nothing was driven: ${stopped}`, 1);
  }
  const metrics = {
    ...measure(core, slot, index, begin),
    ...(index > 1 ? { ...rule.outlook(ruleState), ...modelFitter.numbers() } : {}),
    windowCost,
    ...belief.follow(recording, begin === 0),
  };
  const events = [...notices.take(recording), ...noticesOf(event)];
  const replaces = isSimulated(run.config);
  await inTime(run, folder.keepRecording(rolloutName(index), recording, events, summaryOf(metrics), replaces));
  if (wanted) return undefined;
  const driven = withNotices(
    { ...metrics, start },
    events.map(({ message }) => message),
  );
  await inTime(run, folder.appendMetrics(driven));
  run.onRollout(driven, modelFitter.refusal);
  judgeStop(run, progress, index, event);
  return metrics;
}
