/**
 * One training of the double pendulum, with or without low-level feedback, without disk: the batch cost after every
 * update.
 */
import { completeConfig } from "../config/config.js";
import type { RunConfig } from "../config/schema.js";
import { pendulumReach } from "../tasks/pendulum-reach.js";
import { trainingInMemory } from "../training/in-memory.js";

/** Rollouts per update [paper, section 7]. */
export const BATCH = 5;

/** What the differentiated model has of the true arm; what is driven is always the true one. */
export const models = {
  true: { masses: 1, lengths: 1, label: "true model" },
  half: { masses: 0.5, lengths: 1, label: "masses × 0.5" },
  short: { masses: 0.7, lengths: 0.9, label: "masses × 0.7, lengths × 0.9" },
} as const;
export type ModelName = keyof typeof models;

/** closed: the network moves setpoint and gains of an LQR; open: it gives the torques. */
export const loops = { closed: "pendulum-reach", open: "pendulum-reach-open" } as const;
export type LoopName = keyof typeof loops;

/** What a training is of, but for its seed and learning rate. */
export interface Setting {
  readonly model: ModelName;
  readonly loop: LoopName;
  readonly truncation: RunConfig["truncation"];
}

/** One training: plain data, so that it can be sent to a worker. */
export interface Job extends Setting {
  readonly seed: number;
  readonly learningRate: number;
  readonly updates: number;
}

/** What became of it. */
export interface Curve {
  /**
   * mean window cost [m^2] of the batch after 0, 1, ... updates; infinite from a failure on, constant once it is stuck
   */
  readonly costs: readonly number[];
  /** a rollout left its bounds, or the gradient was not finite, after so many updates; null if neither happened */
  readonly failure: { readonly updates: number; readonly why: string } | null;
  /** updates after which the gradient was exactly 0: the policy stays as it is; null if it never was */
  readonly stuck: number | null;
}

/** The complete configuration of a job. */
export function configOf({ model, loop, truncation, seed, learningRate, updates }: Job): RunConfig {
  const { masses, lengths } = models[model];
  const { length1 = 1, length2 = 1 } = pendulumReach.model.parameters;
  return completeConfig({
    task: loops[loop],
    seed,
    update: "sgd",
    "learning-rate": learningRate,
    truncation,
    batch: BATCH,
    rollouts: BATCH * (updates + 1),
    model: "nominal",
    "model-scale": masses,
    parameters: { model: { length1: lengths * length1, length2: lengths * length2 } },
  });
}

/** Trains; the last policy is driven too. */
export async function trainOnce(job: Job): Promise<Curve> {
  const { core, rollouts } = await trainingInMemory(configOf(job));
  const costs: number[] = [];
  const goingOn = (cost: number) => [...costs, ...new Array<number>(job.updates + 1 - costs.length).fill(cost)];
  const failed = (updates: number, why: string): Curve => ({
    costs: goingOn(Number.POSITIVE_INFINITY),
    failure: { updates, why },
    stuck: null,
  });
  let sum = 0;
  for await (const { index, windowCost, stopped } of rollouts()) {
    if (stopped !== undefined) return failed(costs.length, stopped);
    sum += windowCost;
    if (index % BATCH > 0) continue;
    costs.push(sum / BATCH);
    sum = 0;
    if (costs.length > job.updates) return { costs, failure: null, stuck: null };
  }
  const updates = costs.length - 1;
  if (core.gradientNorm() !== 0) return failed(updates, "the gradient is not finite");
  return { costs: goingOn(costs.at(-1) ?? Number.NaN), failure: null, stuck: updates };
}
