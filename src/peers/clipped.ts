/**
 * The Gaussian, the clipped loss and the advantages of proximal policy optimisation (Schulman et al. 2016, 2017),
 * [equations](../../docs/equations.md) L3.
 */
import type { Exports } from "./batch/kernels.js";
import { HALF_LOG_TWO_PI } from "./squashed.js";

/**
 * log p(a) of a Gaussian for each row: actions, means [rows][size], logStd [size].
 */
export function gaussianLogProb(
  call: Exports,
  actions: ArrayLike<number>,
  means: ArrayLike<number>,
  logStd: ArrayLike<number>,
  rows: number,
  logProb: Float64Array,
): void {
  const size = logStd.length;
  for (let row = 0; row < rows; row++) {
    logProb[row] = 0;
    for (let i = 0; i < size; i++) {
      const deviation = (actions[row * size + i] - means[row * size + i]) / call.exp(logStd[i]);
      logProb[row] -= deviation ** 2 / 2 + logStd[i] + HALF_LOG_TWO_PI;
    }
  }
}

/** A minibatch as the actor's loss sees it. */
export interface Surrogate {
  readonly rows: number;
  readonly actions: ArrayLike<number>;
  readonly oldLogProb: ArrayLike<number>;
  readonly advantages: ArrayLike<number>;
  readonly clip: number;
  readonly entropyCoefficient: number;
}

/** The actor's loss; its gradients by means [rows][size] and logStd [size] are written. */
export function clippedLoss(
  call: Exports,
  batch: Surrogate,
  means: ArrayLike<number>,
  logStd: ArrayLike<number>,
  byMeans: Float32Array | Float64Array,
  byLogStd: Float64Array,
): number {
  const { rows, actions, oldLogProb, advantages, clip, entropyCoefficient } = batch;
  const size = logStd.length;
  const logProb = new Float64Array(rows);
  gaussianLogProb(call, actions, means, logStd, rows, logProb);
  let loss = 0;
  byLogStd.fill(-entropyCoefficient);
  for (let i = 0; i < size; i++) loss -= entropyCoefficient * (logStd[i] + 0.5 + HALF_LOG_TWO_PI);
  for (let row = 0; row < rows; row++) {
    const ratio = call.exp(logProb[row] - oldLogProb[row]);
    const free = ratio * advantages[row];
    const clipped = Math.min(Math.max(ratio, 1 - clip), 1 + clip) * advantages[row];
    loss -= Math.min(free, clipped) / rows;
    const byLogProb = free <= clipped ? -free / rows : 0;
    for (let i = 0; i < size; i++) {
      const std = call.exp(logStd[i]);
      const deviation = (actions[row * size + i] - means[row * size + i]) / std;
      byMeans[row * size + i] = (byLogProb * deviation) / std;
      byLogStd[i] += byLogProb * (deviation ** 2 - 1);
    }
  }
  return loss;
}

/** What was driven with one policy, [steps] each. */
export interface Collected {
  readonly rewards: Float64Array;
  /** of the states before */
  readonly values: Float64Array;
  /** gamma times the value of what came after the last action of an episode; 0 within */
  readonly after: Float64Array;
  /** 1 for the last action of an episode, or of all */
  readonly isLast: Uint8Array;
  readonly advantages: Float64Array;
}

/** Generalised advantage estimation (Schulman et al. 2016), backwards over all steps. */
export function estimateAdvantages(collected: Collected, gamma: number, lambda: number): void {
  const { rewards, values, after, isLast, advantages } = collected;
  for (let t = rewards.length - 1; t >= 0; t--) {
    const next = isLast[t] ? after[t] : gamma * values[t + 1];
    const later = isLast[t] ? 0 : gamma * lambda * advantages[t + 1];
    advantages[t] = rewards[t] + next - values[t] + later;
  }
}

/** Mean 0, standard deviation 1. */
export function normalised(values: Float64Array): Float64Array {
  if (values.length < 2) return values;
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
  const square = values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (values.length - 1);
  return values.map((one) => (one - mean) / (Math.sqrt(square) + 1e-8));
}
