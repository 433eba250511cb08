/**
 * Whether a training may go on: each judgement throws a {@link UserError} (exit code 1) with what happened and the
 * remedy if not.
 */
import type { Checkpoint } from "../checkpoint/checkpoint.js";
import { isSimulated } from "../config/links.js";
import type { RunConfig } from "../config/schema.js";
import { unitOf } from "../config/units.js";
import { UserError } from "../errors.js";
import type { DriveResult } from "../links/link.js";
import type { Estimate } from "../rules/definition.js";
import { updateRules } from "../rules/rules.js";
import { isBetter, racedTime } from "./better.js";
import type { RolloutMetrics } from "./metrics.js";

/** Where a run stands between two updates. */
export interface Progress {
  readonly updates: number;
  readonly rollouts: number;
  readonly best: Checkpoint["best"];
  readonly firstWindowCost: number;
}

export const START: Progress = {
  updates: 0,
  rollouts: 0,
  best: { rollout: 0, windowCost: 0, updates: 0 },
  firstWindowCost: 0,
};

/** What is judged: its settings, and where it is kept. */
interface Run {
  readonly config: RunConfig;
  readonly folder: { readonly path: string };
}

/**
 * Counts a rollout that began after `before` updates; refuses a cost that is not finite, and one far above the first.
 */
export function judgeRollout(run: Run, progress: Progress, metrics: RolloutMetrics, before: number): Progress {
  const { index, cost, windowCost } = metrics;
  if (!Number.isFinite(cost)) throw notFinite(run, progress, `cost of ${unitOf(run.config)} ${index}`);
  const first = progress.rollouts === 0 ? windowCost : progress.firstWindowCost;
  const factor = run.config["stop-factor"];
  // of a race costs at other usages are no measure
  if (windowCost > factor * first && !run.config.race) {
    const times = (windowCost / first).toPrecision(3);
    const both = `${windowCost.toPrecision(4)} against ${first.toPrecision(4)}; stop-factor is ${factor}`;
    throw new UserError(
      `${unitOf(run.config)} ${index} cost ${times} times the first one (${both}). ${remedy(run, progress)}`,
      1,
    );
  }
  const { best } = progress;
  // a lap time is kept only of a race, and of a lap inside its budget
  const improved = best.rollout === 0 || isBetter(metrics, { ...best, budgetUsed: 0 });
  const lapTime = racedTime(metrics);
  const raced = lapTime < Number.POSITIVE_INFINITY ? { lapTime } : {};
  return {
    updates: progress.updates,
    rollouts: index,
    best: improved ? { rollout: index, windowCost, updates: before, ...raced } : best,
    firstWindowCost: first,
  };
}

/** Refuses a drive that ended before its end. */
export function judgeStop(
  run: Run,
  progress: Progress,
  index: number,
  { stopped, remedy: known }: Pick<DriveResult, "stopped" | "remedy">,
): void {
  if (stopped === undefined) return;
  const unknown = isSimulated(run.config) ? remedy(run, progress) : kept(run);
  const advice = known === undefined ? unknown : `Remedy: ${known}. ${kept(run)}`;
  throw new UserError(`${unitOf(run.config)} ${index} was stopped: ${stopped}. ${advice}`, 1);
}

/** Refuses an estimate of which no update can be made. */
export function judgeEstimate(run: Run, progress: Progress, { loss, norm, hopeless }: Estimate): void {
  if (hopeless !== undefined) throw new UserError(`${hopeless}. ${remedy(run, progress)}`, 1);
  if (!Number.isFinite(loss) || !Number.isFinite(norm)) throw notFinite(run, progress, "gradient");
  if (norm > 0) return;
  const why = progress.updates > 0 ? ": the network is saturated" : "";
  throw new UserError(`the gradient is 0, nothing more can be learned${why}. ${remedy(run, progress)}`, 1);
}

/** Refuses parameters that must not drive. */
export function judgePolicy(run: Run, progress: Progress, parameters: Float64Array): void {
  if (!parameters.every(Number.isFinite)) throw notFinite(run, progress, "updated policy");
}

function notFinite(run: Run, progress: Progress, what: string): UserError {
  return new UserError(`the ${what} is not finite: no update is made. ${remedy(run, progress)}`, 1);
}

/** Before the first update what it learns by cannot be at fault. */
function remedy(run: Run, { updates }: Progress): string {
  const settings = "check parameters, model-scale and the periods: nothing was learned yet";
  return `Remedy: ${updates > 0 ? remedyOf(run.config) : settings}. ${kept(run)}`;
}

/** What mends an update rule under which the cost grew. */
export function remedyOf(config: RunConfig): string {
  return updateRules[config.update].remedy ?? `train anew with a learning-rate below ${config["learning-rate"]}`;
}

function kept({ folder }: Run): string {
  return `All up to here is kept in ${folder.path}`;
}
