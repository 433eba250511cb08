/**
 * CrossQ (Bhatt et al. 2024), with the settings of sbx: soft actor-critic without target networks. The critics see
 * (s, a) and (s', a') in one batch, whose statistics their batch norms share, so that both values are on one scale:
 *
 *   [Q_i(s, a), Q_i(s', a')] = critic i of both,   minimises  1/2 mean (Q_i(s, a) - y)^2,
 *   y = r + gamma (1 - end) (min_i Q_i(s', a') - alpha log p(a'|s')),  held fixed
 *
 * Actor and alpha as in sac.ts, with the running statistics of the critics; the actor has batch norms too. Batch
 * renorm, which takes over after 100 000 updates in sbx, is left out: no training here has as many. It knows nothing of
 * the robot.
 */
import { drawTruncatedNormal } from "./batch/initial.js";
import { type Floats, Kernels } from "./batch/kernels.js";
import { Network } from "./batch/network.js";
import { ScalarAdam } from "./batch/scalar-adam.js";
import { newTransitions, type Transitions } from "./experience.js";
import { type Diverge, learnOffPolicy, type OffPolicySettings } from "./off-policy.js";
import { definePeer, type Environment, type Progress } from "./peer.js";
import { calm, joinRows, squaredError } from "./sac.js";
import { type Draw, newDraw, squash, squashTranspose } from "./squashed.js";

export interface CrossQSettings extends OffPolicySettings {
  readonly learningRate: number;
  readonly beta1: number;
  readonly gamma: number;
  readonly policyDelay: number;
  readonly entropyCoefficient: number;
  /** per number of the action */
  readonly targetEntropy: number;
  readonly actorHidden: readonly number[];
  readonly criticHidden: readonly number[];
  readonly startsCalm: boolean;
  readonly initialLogStd: number;
}

/** Critics whose values are beyond this times the largest sum of rewards that there can be have diverged. */
const DIVERGED = 100;

class CrossQ {
  private readonly actor: Network;
  private readonly critics: readonly Network[];
  private readonly transitions: Transitions;
  private readonly observations: Floats;
  /** [2 batch][observation, action]: what was done, then what would be done next */
  private readonly pairs: Floats;
  private readonly later: Floats;
  private readonly single: Floats;
  private readonly draw: Draw;
  private readonly values: Float64Array;
  private readonly byActions: Float64Array;
  private readonly alphaStep = new ScalarAdam();
  private readonly action: Float64Array;
  private logAlpha: number;
  private updates = 0;
  private largestReward = 1e-9;

  constructor(
    private readonly kernels: Kernels,
    private readonly settings: CrossQSettings,
    private readonly observationSize: number,
    private readonly actionSize: number,
  ) {
    const { batch, actorHidden, criticHidden } = settings;
    const width = observationSize + actionSize;
    const network = (sizes: readonly number[], rows: number) => {
      const made = new Network(kernels, { sizes, activation: "relu", batchNorm: true, rows });
      drawTruncatedNormal(kernels, made, 1);
      return made;
    };
    this.actor = network([observationSize, ...actorHidden, 2 * actionSize], batch);
    if (settings.startsCalm) calm(this.actor, actionSize, settings.initialLogStd);
    this.critics = [0, 1].map(() => network([width, ...criticHidden, 1], 2 * batch));
    this.transitions = newTransitions(batch, observationSize, actionSize);
    this.observations = kernels.floats(batch * observationSize);
    this.pairs = kernels.floats(2 * batch * width);
    const half = batch * width;
    this.later = {
      address: this.pairs.address + half * Float32Array.BYTES_PER_ELEMENT,
      values: this.pairs.values.subarray(half),
    };
    this.single = kernels.floats(observationSize);
    this.draw = newDraw(batch, actionSize);
    this.values = new Float64Array(batch);
    this.byActions = new Float64Array(batch * actionSize);
    this.action = new Float64Array(actionSize);
    this.logAlpha = kernels.call.log(settings.entropyCoefficient);
  }

  act(observation: ArrayLike<number>, exploring: boolean): Float64Array {
    const { single, actionSize, draw, kernels } = this;
    single.values.set(observation);
    const head = this.actor.forward(single, 1, "acting");
    for (let i = 0; i < actionSize; i++) draw.noise[i] = exploring ? kernels.call.normal() : 0;
    squash(kernels.call, head, 1, actionSize, draw);
    this.action.set(draw.actions.subarray(0, actionSize));
    return this.action;
  }

  update(fill: (batch: Transitions) => void, diverged: Diverge): void {
    const { settings } = this;
    fill(this.transitions);
    const alpha = this.kernels.call.exp(this.logAlpha);
    const loss = this.updateCritics(alpha);
    if (!Number.isFinite(loss)) diverged(`the critics' loss is ${loss}`);
    const bound = (DIVERGED * (this.largestReward + alpha)) / (1 - settings.gamma);
    const largest = this.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (largest > bound) diverged(`a value of ${largest.toPrecision(3)}, no sum of its rewards`);
    if (++this.updates % settings.policyDelay === 0) this.updateActor(alpha);
  }

  /** Returns the loss. */
  private updateCritics(alpha: number): number {
    const { settings, transitions, values, pairs, later, draw, observationSize, actionSize } = this;
    const { batch, gamma, learningRate, beta1 } = settings;
    const { observations, actions, nextObservations, rewards, terminated } = transitions;
    this.drawActions(nextObservations, "acting");
    joinRows(pairs.values, observations, observationSize, actions, actionSize, batch);
    joinRows(later.values, nextObservations, observationSize, draw.actions, actionSize, batch);
    const outputs = this.critics.map((critic) => critic.forward(pairs, 2 * batch, "learning"));
    for (let i = 0; i < batch; i++) {
      this.largestReward = Math.max(this.largestReward, Math.abs(rewards[i]));
      const left = Math.min(outputs[0][batch + i], outputs[1][batch + i]) - alpha * draw.logProb[i];
      values[i] = rewards[i] + gamma * (1 - terminated[i]) * left;
    }
    let loss = 0;
    for (const [k, critic] of this.critics.entries()) {
      const gradient = critic.outputGradient.values;
      loss += squaredError(outputs[k], values, batch, gradient);
      // the values are held fixed, but what comes next moves the statistics that both share
      gradient.fill(0, batch);
      critic.backward({ parameters: true, inputs: false });
      critic.step({ rate: learningRate, beta1 });
    }
    return loss;
  }

  private updateActor(alpha: number): void {
    const { settings, transitions, pairs, draw, byActions, observationSize, actionSize, critics, kernels } = this;
    const { batch, learningRate, beta1 } = settings;
    const head = this.drawActions(transitions.observations, "learning");
    joinRows(pairs.values, transitions.observations, observationSize, draw.actions, actionSize, batch);
    const outputs = critics.map((critic) => critic.forward(pairs, batch, "acting"));
    byActions.fill(0);
    for (const [k, critic] of critics.entries()) {
      const [own, other] = [outputs[k], outputs[1 - k]];
      for (let i = 0; i < batch; i++)
        critic.outputGradient.values[i] = own[i] < other[i] || (own[i] === other[i] && k === 0) ? -1 / batch : 0;
      critic.backward({ parameters: false, inputs: true });
      const width = observationSize + actionSize;
      for (let i = 0; i < batch; i++)
        for (let j = 0; j < actionSize; j++)
          byActions[i * actionSize + j] += critic.inputGradient.values[i * width + observationSize + j];
    }
    const byHead = this.actor.outputGradient.values;
    squashTranspose(kernels.call, head, batch, actionSize, draw, byActions, alpha / batch, byHead);
    this.actor.backward({ parameters: true, inputs: false });
    this.actor.step({ rate: learningRate, beta1 });
    const entropy = -draw.logProb.reduce((sum, one) => sum + one, 0) / batch;
    this.logAlpha -= this.alphaStep.step(entropy - settings.targetEntropy * actionSize, learningRate);
  }

  /** Draws from the policy; returns what it puts out, which the next forward pass overwrites. */
  private drawActions(observations: Float32Array, mode: "learning" | "acting"): Float32Array {
    const { draw, kernels, settings, actionSize } = this;
    this.observations.values.set(observations);
    for (let i = 0; i < draw.noise.length; i++) draw.noise[i] = kernels.call.normal();
    const head = this.actor.forward(this.observations, settings.batch, mode);
    squash(kernels.call, head, settings.batch, actionSize, draw);
    return head;
  }
}

function learn(environment: Environment, settings: CrossQSettings, seed: number): Generator<Progress, never> {
  const kernels = new Kernels(seed, 256);
  const agent = new CrossQ(kernels, settings, environment.observationSize, environment.actionSize);
  return learnOffPolicy("crossq", environment, settings, kernels, agent);
}

export default definePeer<CrossQSettings>({
  name: "crossq",
  label: "CrossQ",
  published: {
    learningRate: 1e-3,
    beta1: 0.5,
    batch: 256,
    buffer: 1_000_000,
    learningStarts: 100,
    startsByPolicy: false,
    gamma: 0.99,
    updates: 1,
    policyDelay: 3,
    entropyCoefficient: 1,
    targetEntropy: -1,
    actorHidden: [256, 256],
    criticHidden: [1024, 1024],
    startsCalm: false,
    initialLogStd: -1,
  },
  car: {
    gamma: 0.95,
    actorHidden: [64, 64],
    criticHidden: [256, 256],
    entropyCoefficient: 0.01,
    startsCalm: true,
    learningStarts: 156,
    startsByPolicy: true,
  },
  learn,
});
