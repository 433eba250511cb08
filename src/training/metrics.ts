/** Numbers of one rollout that people and machines look at. */
import type { Core } from "../core/core.js";
import { progressAlong } from "../tracks/progress.js";
import { isBetter } from "./better.js";

/**
 * Numbers of one rollout. Costs as in docs/equations.md; further keys are the task's own metrics, those of update rule
 * and model, `pace`, the mean, where it was not 1 and no race's, on a track `lapTime`, the time of a lap at its mean
 * progress [s], and in a training `start`: driving since standstill at which it began [s], and `fromRest` (1) if it
 * began standing.
 */
export interface RolloutMetrics {
  /** from 1 */
  readonly index: number;
  /** driving time of this rollout [s] */
  readonly seconds: number;
  /** sum of stage costs over the whole rollout */
  readonly cost: number;
  /** sum of stage costs over the counted windows; NaN (in JSON: null) if the rollout was stopped before its end */
  readonly windowCost: number;
  /** mean stage cost per control step */
  readonly meanCost: number;
  /** driving time below pace {@link SLOW} [s] */
  readonly slowSeconds: number;
  /** the task's metrics, e.g. rmsRadialError [m] and meanSpeed [m/s], over the whole rollout */
  readonly [metric: string]: number;
}

/** What is kept of a rollout of a training: a line of metrics.jsonl. */
export type TrainedRollout = RolloutMetrics & {
  /** what was seen to have changed in it, for people; empty: nothing */
  readonly noticed: readonly string[];
};

export function withNotices(metrics: RolloutMetrics, noticed: readonly string[]): TrainedRollout {
  return Object.assign<RolloutMetrics, Pick<TrainedRollout, "noticed">>({ ...metrics }, { noticed });
}

/** Below this pace the task is driven slowly. */
export const SLOW = 0.95;

/** Metrics of rollout `slot` of the core, from its segment `from` on, which is number `index` of its run. */
export function measure(core: Core, slot: number, index: number, from = 0): RolloutMetrics {
  const [steps] = core.view("counts", slot);
  const first = from === 0 ? 0 : core.view("segmentStarts", slot)[from];
  return { ...measureSteps(core, slot, first, steps, index), windowCost: core.windowCost(slot) };
}

/** Metrics of the control steps [from, to) of a rollout alone, all of which count. */
export function measureSteps(core: Core, slot: number, from: number, to: number, index: number): RolloutMetrics {
  const { task } = core.setup;
  const steps = to - from;
  const sumOf = (values: Float64Array, columns: number, column: number, term: (x: number) => number) => {
    let sum = 0;
    for (let t = from; t < to; t++) sum += term(values[t * columns + column]);
    return sum;
  };
  const cost = sumOf(core.view("stageCosts", slot), 1, 0, (c) => c);
  const metrics: Record<string, number> = {};
  const residuals = core.view("residuals", slot);
  const largestOf = (residual: number) => {
    let largest = 0;
    for (let t = from; t < to; t++)
      largest = Math.max(largest, Math.abs(residuals[t * task.columns.residual.length + residual]));
    return largest;
  };
  for (const [name, metric] of Object.entries(task.metrics)) {
    if (metric.of === "mean")
      metrics[name] = sumOf(core.view("states", slot), task.columns.state.length, metric.state, (x) => x) / steps;
    else if (metric.of === "largest") metrics[name] = largestOf(metric.residual);
    else
      metrics[name] = Math.sqrt(sumOf(residuals, task.columns.residual.length, metric.residual, (r) => r * r) / steps);
  }
  const times = core.view("times", slot);
  const seconds = steps > 0 ? times[to - 1] + core.view("periods", slot)[to - 1] - times[from] : 0;
  const [paces, periods] = [core.view("paces", slot), core.view("periods", slot)];
  let [slowSeconds, taskSeconds] = [0, 0];
  const slow = SLOW * Math.sqrt(core.usage);
  for (let t = from; t < to; t++) {
    if (paces[t] < slow) slowSeconds += periods[t];
    taskSeconds += paces[t] * periods[t];
  }
  if (core.usage === 1 && paces.subarray(from, to).some((pace) => pace !== 1)) metrics.pace = taskSeconds / seconds;
  if (task.track) {
    const columns = task.columns.state.length;
    const states = core.view("states", slot).subarray(from * columns, (to + 1) * columns);
    const progress = Math.max(0, progressAlong(task.track, states, columns)); // backwards it never comes round
    metrics.lapTime = (seconds * task.track.length) / progress;
  }
  return { index, seconds, cost, windowCost: cost, meanCost: cost / steps, slowSeconds, ...metrics };
}

/** Below this speed [m/s] a robot begins from rest. */
const REST = 0.05;

/** `fromRest` of the rollout in `slot`, with which a drive began, if a vehicle stood there; nothing else. */
export function restOf(core: Core, slot: number): { readonly fromRest?: 1 } {
  const { state } = core.setup.task.columns;
  const speed = state.indexOf("v [m/s]");
  return speed >= 0 && state.includes("phi [rad]") && Math.abs(core.view("states", slot)[speed]) < REST
    ? { fromRest: 1 }
    : {};
}

/** What a recording says of its rollout: as of the paces, nothing of slow driving where there was none. */
export function summaryOf({ slowSeconds, ...others }: RolloutMetrics): Readonly<Record<string, number>> {
  return slowSeconds > 0 ? { ...others, slowSeconds } : others;
}

/** Driving of a run since standstill [s]. */
export function drivenIn(rollouts: readonly RolloutMetrics[]): number {
  const last = rollouts.at(-1);
  return last ? last.start + last.seconds : 0;
}

/**
 * The rollout with the lowest window cost, of a race the fastest lap that stayed inside its budget, the earliest of
 * equals; undefined if none was driven to its end.
 */
export function bestOf(rollouts: readonly RolloutMetrics[]): RolloutMetrics | undefined {
  return rollouts.reduce<RolloutMetrics | undefined>((best, one) => (isBetter(one, best) ? one : best), undefined);
}
