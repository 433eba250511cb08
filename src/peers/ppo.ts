/**
 * Proximal policy optimisation (Schulman et al. 2017), with the settings of Stable-Baselines3 2.2.1. On-policy and
 * model-free: it drives `steps` actions with one policy, goes over them `epochs` times in minibatches, and forgets
 * them.
 *
 *   advantages  A_t = sum_k (gamma lambda)^k (r_{t+k} + gamma V(s_{t+k+1}) - V(s_{t+k})), up to the episode's end
 *   actor       minimises  -mean min(q A, clip(q, 1 - c, 1 + c) A) - e entropy,  q = p(a|s) / p_old(a|s)
 *   critic      minimises  v mean (V(s) - (A_t + V_old(s)))^2
 *
 * The policy is Gaussian with a standard deviation that is the same everywhere. An episode that was only cut short
 * earns the value of its last state. It knows nothing of the robot.
 */
import { drawOrthogonal } from "./batch/initial.js";
import { type Floats, Kernels } from "./batch/kernels.js";
import { Network } from "./batch/network.js";
import { ScalarAdam } from "./batch/scalar-adam.js";
import {
  type Collected,
  clippedLoss,
  estimateAdvantages,
  gaussianLogProb,
  normalised,
  type Surrogate,
} from "./clipped.js";
import { type Diverge, definePeer, divergence, type Environment, type Progress } from "./peer.js";
import { squaredError } from "./soft-policy.js";

export interface PpoSettings {
  readonly learningRate: number;
  /** actions between updates */
  readonly steps: number;
  readonly minibatch: number;
  readonly epochs: number;
  readonly gamma: number;
  readonly lambda: number;
  readonly clip: number;
  readonly valueCoefficient: number;
  readonly entropyCoefficient: number;
  /** largest norm of the gradient, of all parameters together */
  readonly gradientNorm: number;
  readonly hidden: readonly number[];
  readonly initialLogStd: number;
  /** rewards are divided by the standard deviation of the discounted sums so far */
  readonly normalisesRewards: boolean;
}

const EPSILON = 1e-5;
/** Normalised rewards are held within ± this. */
const LARGEST_REWARD = 10;

/** With what the actor was asked and answered, [steps][…]. */
interface PolicySteps extends Collected {
  readonly observations: Float32Array;
  readonly actions: Float32Array;
  readonly logProb: Float64Array;
}

/** The divisor of rewards: the standard deviation of their discounted sum, from all that was driven. */
class RewardScale {
  private sum = 0;
  private count = 1e-4;
  private mean = 0;
  private variance = 1;

  constructor(private readonly gamma: number) {}

  /** The reward as it is learned from; `isOver`: the episode ends with it. */
  scaled(reward: number, isOver: boolean): number {
    this.sum = this.gamma * this.sum + reward;
    const difference = this.sum - this.mean;
    const total = this.count + 1;
    this.mean += difference / total;
    this.variance = (this.variance * this.count + (difference ** 2 * this.count) / total) / total;
    this.count = total;
    if (isOver) this.sum = 0;
    const scaled = reward / Math.sqrt(this.variance + 1e-8);
    return Math.min(Math.max(scaled, -LARGEST_REWARD), LARGEST_REWARD);
  }
}

class Ppo {
  private readonly actor: Network;
  private readonly critic: Network;
  private readonly logStd: Float64Array;
  private readonly byLogStd: Float64Array;
  private readonly logStdSteps: readonly ScalarAdam[];
  private readonly single: Floats;
  private readonly inputs: Floats;
  private readonly order: Int32Array;
  readonly collected: PolicySteps;

  constructor(
    private readonly kernels: Kernels,
    private readonly settings: PpoSettings,
    private readonly observationSize: number,
    private readonly actionSize: number,
  ) {
    const { steps, minibatch, hidden, initialLogStd } = settings;
    const network = (outputs: number, gain: number) => {
      const sizes = [observationSize, ...hidden, outputs];
      const made = new Network(kernels, { sizes, activation: "tanh", rows: minibatch });
      drawOrthogonal(kernels, made, [...hidden.map(() => Math.SQRT2), gain]);
      return made;
    };
    this.actor = network(actionSize, 0.01);
    this.critic = network(1, 1);
    this.logStd = new Float64Array(actionSize).fill(initialLogStd);
    this.byLogStd = new Float64Array(actionSize);
    this.logStdSteps = Array.from({ length: actionSize }, () => new ScalarAdam(EPSILON));
    this.single = kernels.floats(observationSize);
    this.inputs = kernels.floats(minibatch * observationSize);
    this.order = Int32Array.from({ length: steps }, (_, i) => i);
    this.collected = {
      observations: new Float32Array(steps * observationSize),
      actions: new Float32Array(steps * actionSize),
      logProb: new Float64Array(steps),
      rewards: new Float64Array(steps),
      values: new Float64Array(steps),
      after: new Float64Array(steps),
      isLast: new Uint8Array(steps),
      advantages: new Float64Array(steps),
    };
  }

  mean(observation: ArrayLike<number>): Float64Array {
    this.single.values.set(observation);
    const outputs = this.actor.forward(this.single, 1, "acting");
    return Float64Array.from(outputs.subarray(0, this.actionSize));
  }

  value(observation: ArrayLike<number>): number {
    this.single.values.set(observation);
    return this.critic.forward(this.single, 1, "acting")[0];
  }

  /** Draws the action of step t and writes down what is known before it is driven. */
  draw(t: number, observation: Float64Array): Float64Array {
    const { collected, kernels, logStd, actionSize } = this;
    const mean = this.mean(observation);
    const action = mean.map((one, i) => one + kernels.call.exp(logStd[i]) * kernels.call.normal());
    collected.observations.set(observation, t * this.observationSize);
    collected.actions.set(action, t * actionSize);
    const logProb = collected.logProb.subarray(t, t + 1);
    gaussianLogProb(kernels.call, collected.actions.subarray(t * actionSize), mean, logStd, 1, logProb);
    collected.values[t] = this.value(observation);
    return action;
  }

  /** Learns from what was collected. */
  update(diverged: Diverge): void {
    const { settings, collected, order, kernels } = this;
    estimateAdvantages(collected, settings.gamma, settings.lambda);
    for (let epoch = 0; epoch < settings.epochs; epoch++) {
      kernels.shuffle(order);
      for (let first = 0; first < order.length; first += settings.minibatch) {
        const loss = this.learn(order.subarray(first, first + settings.minibatch));
        if (!Number.isFinite(loss)) diverged(`its loss is ${loss}`);
      }
    }
  }

  /** One step down the gradient of the rows' loss, which is returned. */
  private learn(rows: Int32Array): number {
    const { settings, collected, actor, critic, inputs, logStd, byLogStd, kernels } = this;
    const [count, size, width] = [rows.length, this.actionSize, this.observationSize];
    const actions = new Float32Array(count * size);
    for (const [i, row] of rows.entries()) {
      inputs.values.set(collected.observations.subarray(row * width, (row + 1) * width), i * width);
      actions.set(collected.actions.subarray(row * size, (row + 1) * size), i * size);
    }
    const batch: Surrogate = {
      ...settings,
      rows: count,
      actions,
      oldLogProb: Float64Array.from(rows, (row) => collected.logProb[row]),
      advantages: normalised(Float64Array.from(rows, (row) => collected.advantages[row])),
    };
    const means = actor.forward(inputs, count, "learning");
    let loss = clippedLoss(kernels.call, batch, means, logStd, actor.outputGradient.values, byLogStd);
    const values = critic.forward(inputs, count, "learning");
    const returns = Float64Array.from(rows, (row) => collected.advantages[row] + collected.values[row]);
    const { values: byValues } = critic.outputGradient;
    loss += 2 * settings.valueCoefficient * squaredError(values, returns, count, byValues);
    for (let i = 0; i < count; i++) byValues[i] *= 2 * settings.valueCoefficient;
    for (const network of [actor, critic]) network.backward({ parameters: true, inputs: false });
    this.step();
    return loss;
  }

  /** Adam down the gradient, after that is shortened to its largest norm. */
  private step(): void {
    const { settings, actor, critic, byLogStd, logStd, kernels } = this;
    let square = byLogStd.reduce((sum, one) => sum + one ** 2, 0);
    for (const { gradient } of [actor, critic])
      square += kernels.call.squaredNorm(gradient.address, gradient.values.length);
    const factor = Math.min(1, settings.gradientNorm / (Math.sqrt(square) + 1e-6));
    for (const network of [actor, critic]) {
      kernels.call.scale(network.gradient.address, factor, network.gradient.values.length);
      network.step({ rate: settings.learningRate, epsilon: EPSILON });
    }
    for (const [i, adam] of this.logStdSteps.entries())
      logStd[i] -= adam.step(factor * byLogStd[i], settings.learningRate);
  }
}

function* learn(environment: Environment, settings: PpoSettings, seed: number): Generator<Progress, never> {
  const { observationSize, actionSize } = environment;
  const { steps, gamma, normalisesRewards } = settings;
  const kernels = new Kernels(seed);
  const ppo = new Ppo(kernels, settings, observationSize, actionSize);
  const scale = new RewardScale(gamma);
  const progress = {
    actions: 0,
    act: (observation: Float64Array) => ppo.mean(observation).map((one) => Math.min(Math.max(one, -1), 1)),
  };
  const diverged = divergence("ppo", progress);
  let observation = Float64Array.from(environment.reset(kernels.drawSeed()));
  for (;;) {
    for (let t = 0; t < steps; t++) {
      const step = environment.step(ppo.draw(t, observation).map((one) => Math.min(Math.max(one, -1), 1)));
      const isOver = step.terminated || step.truncated;
      const { rewards, after, isLast } = ppo.collected;
      rewards[t] = normalisesRewards ? scale.scaled(step.reward, isOver) : step.reward;
      isLast[t] = isOver || t === steps - 1 ? 1 : 0;
      after[t] = isLast[t] && !step.terminated ? gamma * ppo.value(step.observation) : 0;
      observation = Float64Array.from(isOver ? environment.reset(kernels.drawSeed()) : step.observation);
      progress.actions++;
      if (t === steps - 1) ppo.update(diverged);
      yield progress;
    }
  }
}

export default definePeer<PpoSettings>({
  name: "ppo",
  label: "PPO",
  published: {
    learningRate: 3e-4,
    steps: 2048,
    minibatch: 64,
    epochs: 10,
    gamma: 0.99,
    lambda: 0.95,
    clip: 0.2,
    valueCoefficient: 0.5,
    entropyCoefficient: 0,
    gradientNorm: 0.5,
    hidden: [64, 64],
    initialLogStd: 0,
    normalisesRewards: false,
  },
  car: {
    learningRate: 1e-3,
    steps: 312,
    minibatch: 78,
    gamma: 0.97,
    lambda: 0.9,
    initialLogStd: -1,
    normalisesRewards: true,
  },
  learn,
});
