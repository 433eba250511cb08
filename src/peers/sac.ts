/**
 * Soft actor-critic (Haarnoja et al. 2018), with the settings of Stable-Baselines3 2.2.1. Off-policy and model-free:
 * after every action it draws a batch of all that was driven, and
 *
 *   critics   minimise  1/2 mean (Q_i(s, a) - y)^2,  y = r + gamma (1 - end) (min_i Q'_i(s', a') - alpha log p(a'|s'))
 *   actor     minimises  mean (alpha log p(a|s) - min_i Q_i(s, a)),  a drawn from the policy
 *   alpha     minimises  -log(alpha) mean (log p(a|s) + target entropy)
 *   Q'        follow Q by the part tau
 *
 * It knows nothing of the robot.
 */
import { drawUniform } from "./batch/initial.js";
import { type Floats, Kernels } from "./batch/kernels.js";
import type { Mode } from "./batch/layer.js";
import { Network, type NetworkShape } from "./batch/network.js";
import { ScalarAdam } from "./batch/scalar-adam.js";
import { newTransitions, type Transitions } from "./experience.js";
import { type Diverge, learnOffPolicy, type OffPolicySettings } from "./off-policy.js";
import { definePeer, type Environment, type Progress } from "./peer.js";
import { type Draw, newDraw, squash, squashTranspose } from "./squashed.js";

export interface SacSettings extends OffPolicySettings {
  readonly learningRate: number;
  readonly tau: number;
  readonly gamma: number;
  /** the actor is updated at every so many updates */
  readonly policyDelay: number;
  /** alpha at first; and whether it is learned */
  readonly entropyCoefficient: number;
  readonly learnsEntropy: boolean;
  /** target entropy per number of the action */
  readonly targetEntropy: number;
  readonly actorHidden: readonly number[];
  readonly criticHidden: readonly number[];
  /** in the critics */
  readonly layerNorm: boolean;
  readonly dropout: number;
  /** the untrained policy has mean 0 and this log std everywhere; otherwise both are as drawn */
  readonly startsCalm: boolean;
  readonly initialLogStd: number;
}

export const SAC: SacSettings = {
  learningRate: 3e-4,
  batch: 256,
  buffer: 1_000_000,
  learningStarts: 100,
  startsByPolicy: false,
  tau: 0.005,
  gamma: 0.99,
  updates: 1,
  policyDelay: 1,
  entropyCoefficient: 1,
  learnsEntropy: true,
  targetEntropy: -1,
  actorHidden: [256, 256],
  criticHidden: [256, 256],
  layerNorm: false,
  dropout: 0,
  startsCalm: false,
  initialLogStd: -1,
};

/** Critics whose values are beyond this times the largest sum of rewards that there can be have diverged. */
const DIVERGED = 100;

/** Networks and updates, whatever the transitions come from. */
export class SoftActorCritic {
  readonly actor: Network;
  private readonly critics: readonly Network[];
  private readonly targets: readonly Network[];
  private readonly transitions: Transitions;
  /** inputs of the networks, [batch][…]: observations, and observations with actions behind them */
  private readonly observations: Floats;
  private readonly pairs: Floats;
  private readonly single: Floats;
  private readonly draw: Draw;
  private readonly byActions: Float64Array;
  private readonly values: Float64Array;
  private readonly action: Float64Array;
  private logAlpha: number;
  private readonly alphaStep = new ScalarAdam();
  private updates = 0;
  private largestReward = 1e-9;

  constructor(
    private readonly kernels: Kernels,
    private readonly settings: SacSettings,
    private readonly observationSize: number,
    private readonly actionSize: number,
  ) {
    const { batch, actorHidden, criticHidden, layerNorm, dropout } = settings;
    const rows = batch;
    this.actor = new Network(kernels, {
      sizes: [observationSize, ...actorHidden, 2 * actionSize],
      activation: "relu",
      rows,
    });
    const sizes = [observationSize + actionSize, ...criticHidden, 1];
    const shape: NetworkShape = { sizes, activation: "relu", layerNorm, dropout, rows };
    const twins = () => [new Network(kernels, shape), new Network(kernels, shape)];
    this.critics = twins();
    this.targets = twins();
    drawUniform(kernels, this.actor);
    if (settings.startsCalm) calm(this.actor, actionSize, settings.initialLogStd);
    for (const [i, critic] of this.critics.entries()) {
      drawUniform(kernels, critic);
      this.targets[i].parameters.values.set(critic.parameters.values);
    }
    this.transitions = newTransitions(batch, observationSize, actionSize);
    this.observations = kernels.floats(batch * observationSize);
    this.pairs = kernels.floats(batch * (observationSize + actionSize));
    this.single = kernels.floats(observationSize);
    this.draw = newDraw(batch, actionSize);
    this.byActions = new Float64Array(batch * actionSize);
    this.values = new Float64Array(batch);
    this.action = new Float64Array(actionSize);
    this.logAlpha = kernels.call.log(settings.entropyCoefficient);
  }

  /** The action for one observation: drawn from the policy, or, `exploring` false, the squashed mean. */
  act(observation: ArrayLike<number>, exploring: boolean): Float64Array {
    const { single, actionSize, action, draw, kernels } = this;
    single.values.set(observation);
    const head = this.actor.forward(single, 1, "acting");
    for (let i = 0; i < actionSize; i++) draw.noise[i] = exploring ? kernels.call.normal() : 0;
    squash(kernels.call, head, 1, actionSize, draw);
    action.set(draw.actions.subarray(0, actionSize));
    return action;
  }

  /** Draws actions for the first `rows` observations of a batch, at most as many as one of {@link update} has. */
  explore(transitions: Transitions, rows: number): void {
    this.observations.values.set(transitions.observations.subarray(0, rows * this.observationSize));
    this.drawActions();
    transitions.actions.set(this.draw.actions.subarray(0, rows * this.actionSize));
  }

  /** An update from a batch that `fill` puts together. */
  update(fill: (batch: Transitions) => void, diverged: Diverge): void {
    const { transitions, settings } = this;
    fill(transitions);
    const alpha = this.kernels.call.exp(this.logAlpha);
    const loss = this.updateCritics(alpha);
    if (!Number.isFinite(loss)) diverged(`the critics' loss is ${loss}`);
    const bound = (DIVERGED * (this.largestReward + alpha)) / (1 - settings.gamma);
    const largest = this.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (largest > bound) diverged(`a value of ${largest.toPrecision(3)}, no sum of its rewards`);
    if (++this.updates % settings.policyDelay === 0) this.updateActor(alpha);
    for (const [i, critic] of this.critics.entries()) this.targets[i].follow(critic, settings.tau);
  }

  /** Returns the loss. */
  private updateCritics(alpha: number): number {
    const { settings, transitions, values, pairs, draw } = this;
    const { batch, gamma, learningRate } = settings;
    this.observations.values.set(transitions.nextObservations);
    this.drawActions();
    this.fillPairs(transitions.nextObservations, draw.actions);
    const next = this.targets.map((target) => target.forward(pairs, batch, this.criticMode()));
    for (let i = 0; i < batch; i++) {
      this.largestReward = Math.max(this.largestReward, Math.abs(transitions.rewards[i]));
      const left = Math.min(next[0][i], next[1][i]) - alpha * draw.logProb[i];
      values[i] = transitions.rewards[i] + gamma * (1 - transitions.terminated[i]) * left;
    }
    this.fillPairs(transitions.observations, transitions.actions);
    let loss = 0;
    for (const critic of this.critics) {
      const outputs = critic.forward(pairs, batch, this.criticMode());
      loss += squaredError(outputs, values, batch, critic.outputGradient.values);
      critic.backward({ parameters: true, inputs: false });
      critic.step({ rate: learningRate });
    }
    return loss;
  }

  private updateActor(alpha: number): void {
    const { settings, transitions, observationSize, actionSize, critics, pairs, draw, byActions, kernels } = this;
    const { batch, learningRate } = settings;
    this.observations.values.set(transitions.observations);
    const head = this.drawActions();
    this.fillPairs(transitions.observations, draw.actions);
    const outputs = critics.map((critic) => critic.forward(pairs, batch, this.criticMode()));
    byActions.fill(0);
    for (const [k, critic] of critics.entries()) {
      const [own, other] = [outputs[k], outputs[1 - k]];
      // of -min(Q_0, Q_1): where they are equal, the first one counts
      for (let i = 0; i < batch; i++)
        critic.outputGradient.values[i] = own[i] < other[i] || (own[i] === other[i] && k === 0) ? -1 / batch : 0;
      critic.backward({ parameters: false, inputs: true });
      const width = observationSize + actionSize;
      for (let i = 0; i < batch; i++)
        for (let j = 0; j < actionSize; j++)
          byActions[i * actionSize + j] += critic.inputGradient.values[i * width + observationSize + j];
    }
    squashTranspose(
      kernels.call,
      head,
      batch,
      actionSize,
      draw,
      byActions,
      alpha / batch,
      this.actor.outputGradient.values,
    );
    this.actor.backward({ parameters: true, inputs: false });
    this.actor.step({ rate: learningRate });
    if (!settings.learnsEntropy) return;
    const entropy = -draw.logProb.reduce((sum, one) => sum + one, 0) / batch;
    const gradient = entropy - settings.targetEntropy * actionSize;
    this.logAlpha -= this.alphaStep.step(gradient, learningRate);
  }

  /** Draws from the policy at {@link observations}; returns the head, which the next forward pass overwrites. */
  private drawActions(): Float32Array {
    const { draw, kernels, settings, actionSize } = this;
    for (let i = 0; i < draw.noise.length; i++) draw.noise[i] = kernels.call.normal();
    const head = this.actor.forward(this.observations, settings.batch, "learning");
    squash(kernels.call, head, settings.batch, actionSize, draw);
    return head;
  }

  private fillPairs(observations: Float32Array, actions: ArrayLike<number>): void {
    joinRows(this.pairs.values, observations, this.observationSize, actions, this.actionSize, this.settings.batch);
  }

  /** Dropout acts wherever critics are asked (Hiraoka et al. 2022), without it there is no difference. */
  private criticMode(): Mode {
    return "learning";
  }
}

/** 1/2 mean (outputs - values)^2, and its gradient by the outputs. */
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
export function calm(actor: Network, actionSize: number, logStd: number): void {
  const { weights, bias } = actor.layer(actor.places.length - 1);
  weights.fill(0);
  bias.fill(0, 0, actionSize);
  bias.fill(logStd, actionSize);
}

/** The training of a soft actor-critic on what it drives itself. */
export function learnSoft(
  name: string,
  environment: Environment,
  settings: SacSettings,
  seed: number,
): Generator<Progress, never> {
  const kernels = new Kernels(seed);
  const agent = new SoftActorCritic(kernels, settings, environment.observationSize, environment.actionSize);
  return learnOffPolicy(name, environment, settings, kernels, agent);
}

/** What does better on the car. */
export const SAC_CAR: Partial<SacSettings> = {
  learningRate: 1e-3,
  gamma: 0.95,
  tau: 0.01,
  updates: 2,
  actorHidden: [64, 64],
  criticHidden: [128, 128],
  layerNorm: true,
  entropyCoefficient: 0.01,
  startsCalm: true,
  initialLogStd: -1,
  learningStarts: 156,
  startsByPolicy: true,
};

export default definePeer<SacSettings>({
  name: "sac",
  label: "SAC",
  published: SAC,
  car: SAC_CAR,
  learn: (environment, settings, seed) => learnSoft("sac", environment, settings, seed),
});
