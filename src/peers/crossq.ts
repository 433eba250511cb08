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
import { newTransitions, type Transitions } from "./experience.js";
import { type Agent, learnOffPolicy } from "./off-policy.js";
import { type Diverge, definePeer, type Environment, type Progress } from "./peer.js";
import { joinRows, SoftPolicy, type SoftSettings, SoftValues, squaredError } from "./soft-policy.js";

export interface CrossQSettings extends SoftSettings {
  /** of Adam */
  readonly beta1: number;
}

class CrossQ implements Agent {
  private readonly policy: SoftPolicy;
  private readonly critics: readonly Network[];
  private readonly transitions: Transitions;
  /** [2 batch][observation, action]: what was done, then what would be done next */
  private readonly pairs: Floats;
  private readonly later: Float32Array;
  private readonly values: SoftValues;
  private updates = 0;

  constructor(
    kernels: Kernels,
    private readonly settings: CrossQSettings,
    private readonly observationSize: number,
    private readonly actionSize: number,
  ) {
    const { batch, actorHidden, criticHidden, learningRate, beta1, gamma } = settings;
    const width = observationSize + actionSize;
    const network = (sizes: readonly number[], rows: number) => {
      const made = new Network(kernels, { sizes, activation: "relu", batchNorm: true, rows });
      drawTruncatedNormal(kernels, made, 1);
      return made;
    };
    const actor = network([observationSize, ...actorHidden, 2 * actionSize], batch);
    this.critics = [0, 1].map(() => network([width, ...criticHidden, 1], 2 * batch));
    this.policy = new SoftPolicy(kernels, settings, actor, { rate: learningRate, beta1 });
    this.transitions = newTransitions(batch, observationSize, actionSize);
    this.pairs = kernels.floats(2 * batch * width);
    this.later = this.pairs.values.subarray(batch * width);
    this.values = new SoftValues(batch, gamma);
  }

  act(observation: ArrayLike<number>, exploring: boolean): Float64Array {
    return this.policy.act(observation, exploring);
  }

  update(fill: (batch: Transitions) => void, diverged: Diverge): void {
    const { transitions, settings, policy } = this;
    fill(transitions);
    this.values.check(this.updateCritics(), policy.alpha, diverged);
    if (++this.updates % settings.policyDelay === 0)
      policy.improve(this.critics, this.pairs, transitions.observations, "acting");
  }

  /** Returns the loss. */
  private updateCritics(): number {
    const { transitions, values, pairs, policy, observationSize, actionSize } = this;
    const { batch, learningRate, beta1 } = this.settings;
    const { observations, actions, nextObservations } = transitions;
    policy.drawAt(nextObservations, "acting");
    joinRows(pairs.values, observations, observationSize, actions, actionSize, batch);
    joinRows(this.later, nextObservations, observationSize, policy.draw.actions, actionSize, batch);
    const outputs = this.critics.map((critic) => critic.forward(pairs, 2 * batch, "learning"));
    values.fill(transitions, outputs, batch, policy.draw.logProb, policy.alpha);
    let loss = 0;
    for (const [k, critic] of this.critics.entries()) {
      const gradient = critic.outputGradient.values;
      loss += squaredError(outputs[k], values.values, batch, gradient);
      // the values are held fixed, but what comes next moves the statistics that both share
      gradient.fill(0, batch);
      critic.backward({ parameters: true, inputs: false });
      critic.step({ rate: learningRate, beta1 });
    }
    return loss;
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
