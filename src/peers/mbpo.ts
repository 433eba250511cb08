/**
 * Model-based policy optimisation (Janner et al. 2019), with the settings of mbrl-lib: an ensemble (ensemble.ts) learns
 * what actions do from all that was driven; short rollouts in it, begun at states that were seen, are what soft
 * actor-critic learns from. Once every `retrainEvery` actions the ensemble is trained on, and
 *
 *   rolloutsPerAction * retrainEvery  rollouts of  k  actions  are drawn, each action by an elite drawn anew,
 *
 * k growing from 1 to its last length between two counts of actions; between, `updates` updates after every action.
 * Models are not told where episodes would end. It knows nothing of the robot: its model is learned from nothing.
 */
import { Kernels } from "./batch/kernels.js";
import { Ensemble, type EnsembleSettings } from "./ensemble.js";
import { Experience, newTransitions, type Transitions } from "./experience.js";
import { driveInto } from "./off-policy.js";
import { definePeer, divergence, type Environment, type Progress } from "./peer.js";
import { SAC, SAC_CAR, type SacSettings, SoftActorCritic } from "./sac.js";

export interface MbpoSettings extends SacSettings, EnsembleSettings {
  readonly retrainEvery: number;
  readonly rolloutsPerAction: number;
  /** trainings of the ensemble whose rollouts are kept */
  readonly retained: number;
  /** longest rollout, and the actions at which lengths begin to grow, and end to */
  readonly longestRollout: number;
  readonly growsFrom: number;
  readonly growsUntil: number;
}

/** Rollouts in the ensemble, into what soft actor-critic learns from. */
class ModelRollouts {
  experience: Experience | undefined;
  private readonly starts: Transitions;
  private readonly batch: Transitions;
  private current: Float32Array;
  private later: Float32Array;

  constructor(
    private readonly kernels: Kernels,
    private readonly settings: MbpoSettings,
    private readonly ensemble: Ensemble,
    private readonly agent: SoftActorCritic,
    private readonly environment: Environment,
  ) {
    const { observationSize, actionSize } = environment;
    this.starts = newTransitions(1, observationSize, actionSize);
    this.batch = newTransitions(Math.min(settings.modelBatch, settings.batch), observationSize, actionSize);
    const count = settings.rolloutsPerAction * settings.retrainEvery;
    this.current = new Float32Array(count * observationSize);
    this.later = new Float32Array(count * observationSize);
  }

  /** Draws rollouts of `length` actions from states of `driven`. */
  draw(driven: Experience, length: number): void {
    const { kernels, settings, environment, ensemble } = this;
    const { observationSize, actionSize } = environment;
    const count = settings.rolloutsPerAction * settings.retrainEvery;
    const capacity = count * length * settings.retained;
    this.experience = this.experience?.resized(capacity) ?? new Experience(capacity, observationSize, actionSize);
    for (let row = 0; row < count; row++) {
      driven.sample(kernels, this.starts, 1);
      this.current.set(this.starts.observations, row * observationSize);
    }
    const rows = this.batch.rewards.length;
    for (let k = 0; k < length; k++) {
      // rows are drawn at random: a part for each elite, in another order at every action
      const order = Int32Array.from({ length: count }, (_, i) => i);
      kernels.shuffle(order);
      const part = Math.ceil(count / ensemble.elites.length);
      for (let first = 0; first < count; ) {
        const elite = Math.floor(first / part);
        const size = Math.min(rows, (elite + 1) * part - first, count - first);
        const chosen = order.subarray(first, first + size);
        for (const [i, row] of chosen.entries())
          this.batch.observations.set(
            this.current.subarray(row * observationSize, (row + 1) * observationSize),
            i * observationSize,
          );
        this.agent.explore(this.batch, size);
        ensemble.predict(ensemble.elites[elite], this.batch, size);
        for (const [i, row] of chosen.entries()) {
          const [from, to] = [i * observationSize, (i + 1) * observationSize];
          const observation = this.batch.observations.subarray(from, to);
          const action = this.batch.actions.subarray(i * actionSize, (i + 1) * actionSize);
          const next = this.batch.nextObservations.subarray(from, to);
          this.experience.add(observation, action, this.batch.rewards[i], next, false);
          this.later.set(next, row * observationSize);
        }
        first += size;
      }
      [this.current, this.later] = [this.later, this.current];
    }
  }
}

/** Actions of a model rollout. */
export function rolloutLength(
  { longestRollout, growsFrom, growsUntil }: Pick<MbpoSettings, "longestRollout" | "growsFrom" | "growsUntil">,
  actions: number,
): number {
  if (actions >= growsUntil) return longestRollout;
  const part = Math.max(actions - growsFrom, 0) / (growsUntil - growsFrom);
  return Math.floor(1 + part * (longestRollout - 1));
}

function* learn(environment: Environment, settings: MbpoSettings, seed: number): Generator<Progress, never> {
  const { observationSize, actionSize } = environment;
  const kernels = new Kernels(seed, 256);
  const agent = new SoftActorCritic(kernels, settings, observationSize, actionSize);
  const ensemble = new Ensemble(kernels, settings, observationSize, actionSize);
  const driven = new Experience(settings.buffer, observationSize, actionSize);
  const rollouts = new ModelRollouts(kernels, settings, ensemble, agent, environment);
  const progress = { actions: 0, act: (observation: Float64Array) => agent.act(observation, false) };
  const diverged = divergence("mbpo", progress);
  const drive = driveInto(driven, environment, settings, kernels, agent);
  for (;;) {
    progress.actions = drive.next().value;
    const learned = progress.actions - settings.learningStarts;
    if (learned >= 0 && learned % settings.retrainEvery === 0) {
      const error = ensemble.train(driven);
      if (!Number.isFinite(error)) diverged(`its models' error is ${error}`);
      rollouts.draw(driven, rolloutLength(settings, progress.actions));
    }
    const { experience } = rollouts;
    if (experience)
      for (let i = 0; i < settings.updates; i++)
        agent.update((batch) => experience.sample(kernels, batch, settings.batch), diverged);
    yield progress;
  }
}

const MODEL: Omit<MbpoSettings, keyof SacSettings> = {
  members: 7,
  elites: 5,
  modelHidden: [200, 200, 200, 200],
  modelLearningRate: 1e-3,
  modelDecay: 5e-5,
  modelBatch: 256,
  validation: 0.2,
  waits: 5,
  maxPasses: 50,
  retrainEvery: 250,
  rolloutsPerAction: 400,
  retained: 4,
  longestRollout: 15,
  growsFrom: 20_000,
  growsUntil: 100_000,
};

export default definePeer<MbpoSettings>({
  name: "mbpo",
  label: "MBPO",
  published: { ...SAC, ...MODEL, updates: 20, learningStarts: 5000 },
  car: {
    ...SAC_CAR,
    updates: 10,
    retrainEvery: 78,
    rolloutsPerAction: 100,
    retained: 2,
    longestRollout: 3,
    growsFrom: 500,
    growsUntil: 2000,
  },
  learn,
});
