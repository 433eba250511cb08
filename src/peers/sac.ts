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
import { Network, type NetworkShape } from "./batch/network.js";
import { newTransitions, type Transitions } from "./experience.js";
import { type Agent, learnOffPolicy } from "./off-policy.js";
import { type Diverge, definePeer, type Environment, type Progress } from "./peer.js";
import { joinRows, SoftPolicy, type SoftSettings, SoftValues, squaredError } from "./soft-policy.js";

export interface SacSettings extends SoftSettings {
  readonly tau: number;
  /** in the critics */
  readonly layerNorm: boolean;
  readonly dropout: number;
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
  targetEntropy: -1,
  actorHidden: [256, 256],
  criticHidden: [256, 256],
  layerNorm: false,
  dropout: 0,
  startsCalm: false,
  initialLogStd: -1,
};

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

/** Networks and updates, whatever the transitions come from. */
export class SoftActorCritic implements Agent {
  private readonly policy: SoftPolicy;
  private readonly critics: readonly Network[];
  private readonly targets: readonly Network[];
  private readonly transitions: Transitions;
  /** inputs of the critics, [batch][observation, action] */
  private readonly pairs: Floats;
  private readonly values: SoftValues;
  private updates = 0;

  constructor(
    kernels: Kernels,
    private readonly settings: SacSettings,
    private readonly observationSize: number,
    private readonly actionSize: number,
  ) {
    const { batch, actorHidden, criticHidden, layerNorm, dropout, learningRate, gamma } = settings;
    const actorSizes = [observationSize, ...actorHidden, 2 * actionSize];
    const actor = new Network(kernels, { sizes: actorSizes, activation: "relu", rows: batch });
    const sizes = [observationSize + actionSize, ...criticHidden, 1];
    const shape: NetworkShape = { sizes, activation: "relu", layerNorm, dropout, rows: batch };
    this.critics = [0, 1].map(() => new Network(kernels, shape));
    this.targets = [0, 1].map(() => new Network(kernels, shape));
    drawUniform(kernels, actor);
    for (const [i, critic] of this.critics.entries()) {
      drawUniform(kernels, critic);
      this.targets[i].parameters.values.set(critic.parameters.values);
    }
    this.policy = new SoftPolicy(kernels, settings, actor, { rate: learningRate });
    this.transitions = newTransitions(batch, observationSize, actionSize);
    this.pairs = kernels.floats(batch * (observationSize + actionSize));
    this.values = new SoftValues(batch, gamma);
  }

  act(observation: ArrayLike<number>, exploring: boolean): Float64Array {
    return this.policy.act(observation, exploring);
  }

  /** Draws actions for the first `rows` observations of a batch, at most as many as one of {@link update} has. */
  explore(transitions: Transitions, rows: number): void {
    this.policy.drawAt(transitions.observations.subarray(0, rows * this.observationSize), "learning");
    transitions.actions.set(this.policy.draw.actions.subarray(0, rows * this.actionSize));
  }

  update(fill: (batch: Transitions) => void, diverged: Diverge): void {
    const { transitions, settings, policy, critics } = this;
    fill(transitions);
    this.values.check(this.updateCritics(), policy.alpha, diverged);
    if (++this.updates % settings.policyDelay === 0)
      policy.improve(critics, this.pairs, transitions.observations, "learning");
    for (const [i, critic] of critics.entries()) this.targets[i].follow(critic, settings.tau);
  }

  /** Returns the loss. Dropout acts wherever critics are asked (Hiraoka et al. 2022), targets included. */
  private updateCritics(): number {
    const { transitions, policy, pairs, values } = this;
    const { batch, learningRate } = this.settings;
    policy.drawAt(transitions.nextObservations, "learning");
    this.fillPairs(transitions.nextObservations, policy.draw.actions);
    const later = this.targets.map((target) => target.forward(pairs, batch, "learning"));
    values.fill(transitions, later, 0, policy.draw.logProb, policy.alpha);
    this.fillPairs(transitions.observations, transitions.actions);
    let loss = 0;
    for (const critic of this.critics) {
      const outputs = critic.forward(pairs, batch, "learning");
      loss += squaredError(outputs, values.values, batch, critic.outputGradient.values);
      critic.backward({ parameters: true, inputs: false });
      critic.step({ rate: learningRate });
    }
    return loss;
  }

  private fillPairs(observations: Float32Array, actions: ArrayLike<number>): void {
    joinRows(this.pairs.values, observations, this.observationSize, actions, this.actionSize, this.settings.batch);
  }
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

export default definePeer<SacSettings>({
  name: "sac",
  label: "SAC",
  published: SAC,
  car: SAC_CAR,
  learn: (environment, settings, seed) => learnSoft("sac", environment, settings, seed),
});
