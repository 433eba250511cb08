/**
 * What soft actor-critics have in common: an actor whose Gaussian is squashed into (-1, 1), which climbs the lower of
 * two critics and keeps some entropy, at a price alpha that is learned ([equations](../../docs/equations.md) L1, L2).
 */
import type { Floats, Kernels } from "./batch/kernels.js";
import type { Mode } from "./batch/layer.js";
import type { AdamSettings, Network } from "./batch/network.js";
import { ScalarAdam } from "./batch/scalar-adam.js";
import type { Transitions } from "./experience.js";
import type { OffPolicySettings } from "./off-policy.js";
import type { Diverge } from "./peer.js";
import { type Draw, newDraw, squash, squashTranspose } from "./squashed.js";

export interface SoftSettings extends OffPolicySettings {
  readonly learningRate: number;
  readonly gamma: number;
  /** the actor is updated at every so many updates */
  readonly policyDelay: number;
  /** alpha at first */
  readonly entropyCoefficient: number;
  /** target entropy per number of the action */
  readonly targetEntropy: number;
  readonly actorHidden: readonly number[];
  readonly criticHidden: readonly number[];
  /** the untrained policy has mean 0 and this log std everywhere; otherwise both are as drawn */
  readonly startsCalm: boolean;
  readonly initialLogStd: number;
}

/** Critics whose values are beyond this times the largest sum of rewards that there can be have diverged. */
const DIVERGED = 100;

export class SoftPolicy {
  /** of the last batch, or observation, that actions were drawn for */
  readonly draw: Draw;
  private readonly observations: Floats;
  private readonly single: Floats;
  private readonly action: Float64Array;
  private readonly alphaStep = new ScalarAdam();
  private logAlpha: number;

  constructor(
    private readonly kernels: Kernels,
    private readonly settings: SoftSettings,
    private readonly actor: Network,
    private readonly adam: AdamSettings,
  ) {
    const { batch, startsCalm, initialLogStd, entropyCoefficient } = settings;
    const { sizes } = actor.shape;
    const size = sizes[sizes.length - 1] / 2;
    if (startsCalm) calm(actor, size, initialLogStd);
    this.draw = newDraw(batch, size);
    this.observations = kernels.floats(batch * sizes[0]);
    this.single = kernels.floats(sizes[0]);
    this.action = new Float64Array(size);
    this.logAlpha = kernels.call.log(entropyCoefficient);
  }

  get alpha(): number {
    return this.kernels.call.exp(this.logAlpha);
  }

  /** The action for one observation: drawn from the policy, or, `exploring` false, the squashed mean. */
  act(observation: ArrayLike<number>, exploring: boolean): Float64Array {
    const { single, action, draw, kernels } = this;
    single.values.set(observation);
    const head = this.actor.forward(single, 1, "acting");
    for (let i = 0; i < action.length; i++) draw.noise[i] = exploring ? kernels.call.normal() : 0;
    squash(kernels.call, head, 1, action.length, draw);
    action.set(draw.actions.subarray(0, action.length));
    return action;
  }

  /** Draws actions for observations, at most a batch; returns what the actor puts out, until its next forward pass. */
  drawAt(observations: Float32Array, mode: Mode): Float32Array {
    const { draw, kernels, settings, action } = this;
    this.observations.values.set(observations);
    for (let i = 0; i < draw.noise.length; i++) draw.noise[i] = kernels.call.normal();
    const head = this.actor.forward(this.observations, settings.batch, mode);
    squash(kernels.call, head, settings.batch, action.length, draw);
    return head;
  }

  /** An update of actor and alpha; `pairs`: room for the critics' inputs, `mode`: how they are asked. */
  improve(critics: readonly Network[], pairs: Floats, observations: Float32Array, mode: Mode): void {
    const { draw, kernels, settings, actor, action, adam } = this;
    const head = this.drawAt(observations, "learning");
    joinRows(pairs.values, observations, actor.shape.sizes[0], draw.actions, action.length, settings.batch);
    actorLoss(kernels, critics, pairs, head, draw, settings.batch, this.alpha, mode, actor.outputGradient.values);
    actor.backward({ parameters: true, inputs: false });
    actor.step(adam);
    const entropy = -draw.logProb.reduce((sum, one) => sum + one, 0) / settings.batch;
    const gradient = entropy - settings.targetEntropy * action.length;
    this.logAlpha -= this.alphaStep.step(gradient, settings.learningRate);
  }
}

/**
 * Mean of alpha log p - min(Q_0, Q_1) over `rows`; its gradient by what the actor puts out, `head`, is written.
 * `draw`: squashed from `head`; `pairs`: observations with its actions behind them.
 */
export function actorLoss(
  kernels: Kernels,
  critics: readonly Network[],
  pairs: Floats,
  head: ArrayLike<number>,
  draw: Draw,
  rows: number,
  alpha: number,
  mode: Mode,
  byHead: Float32Array | Float64Array,
): number {
  const outputs = critics.map((critic) => critic.forward(pairs, rows, mode));
  const size = draw.actions.length / draw.logProb.length;
  const byActions = new Float64Array(rows * size);
  let loss = 0;
  for (const [k, critic] of critics.entries()) {
    const [own, other] = [outputs[k], outputs[1 - k]];
    for (let i = 0; i < rows; i++) {
      // where they are equal, the first one counts
      const isLower = own[i] < other[i] || (own[i] === other[i] && k === 0);
      critic.outputGradient.values[i] = isLower ? -1 / rows : 0;
      if (isLower) loss += (alpha * draw.logProb[i] - own[i]) / rows;
    }
    critic.backward({ parameters: false, inputs: true });
    const width = critic.shape.sizes[0];
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < size; j++)
        byActions[i * size + j] += critic.inputGradient.values[i * width + width - size + j];
  }
  squashTranspose(kernels.call, head, rows, size, draw, byActions, alpha / rows, byHead);
  return loss;
}

/** What the critics are drawn to: sums of rewards, and whether they can still be believed. */
export class SoftValues {
  readonly values: Float64Array;
  private largestReward = 1e-9;

  constructor(
    rows: number,
    private readonly gamma: number,
  ) {
    this.values = new Float64Array(rows);
  }

  /** r + gamma (1 - end) (min(Q_0, Q_1) - alpha log p), `later`: both critics' Q, from row `first` on. */
  fill(batch: Transitions, later: readonly ArrayLike<number>[], first: number, logProb: Float64Array, alpha: number) {
    for (let i = 0; i < this.values.length; i++) {
      const reward = batch.rewards[i];
      this.largestReward = Math.max(this.largestReward, Math.abs(reward));
      const left = Math.min(later[0][first + i], later[1][first + i]) - alpha * logProb[i];
      this.values[i] = reward + this.gamma * (1 - batch.terminated[i]) * left;
    }
  }

  check(loss: number, alpha: number, diverged: Diverge): void {
    if (!Number.isFinite(loss)) diverged(`the critics' loss is ${loss}`);
    const bound = (DIVERGED * (this.largestReward + alpha)) / (1 - this.gamma);
    const largest = this.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (largest > bound) diverged(`a value of ${largest.toPrecision(3)}, no sum of its rewards`);
  }
}

/** 1/2 mean (outputs - values)^2 over `rows`, and its gradient by the outputs. */
export function squaredError(
  outputs: ArrayLike<number>,
  values: ArrayLike<number>,
  rows: number,
  gradient: Float32Array | Float64Array,
): number {
  let loss = 0;
  for (let i = 0; i < rows; i++) {
    const error = outputs[i] - values[i];
    gradient[i] = error / rows;
    loss += error ** 2 / (2 * rows);
  }
  return loss;
}

/** Rows of `a` with those of `b` behind them. */
export function joinRows(
  joined: Float32Array,
  a: ArrayLike<number>,
  aWidth: number,
  b: ArrayLike<number>,
  bWidth: number,
  rows: number,
): void {
  const width = aWidth + bWidth;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < aWidth; j++) joined[i * width + j] = a[i * aWidth + j];
    for (let j = 0; j < bWidth; j++) joined[i * width + aWidth + j] = b[i * bWidth + j];
  }
}

/** Last layer: mean 0, log std as given, for every observation. */
function calm(actor: Network, actionSize: number, logStd: number): void {
  const { weights, bias } = actor.layer(actor.places.length - 1);
  weights.fill(0);
  bias.fill(0, 0, actionSize);
  bias.fill(logStd, actionSize);
}
