/** How soft actor-critics drive: one action, remembered for good, then some updates from all that is remembered. */
import type { Kernels } from "./batch/kernels.js";
import { Experience, type Transitions } from "./experience.js";
import { type Diverge, divergence, type Environment, type Progress } from "./peer.js";

export interface OffPolicySettings {
  readonly batch: number;
  /** transitions that are kept */
  readonly buffer: number;
  /** actions before the first update */
  readonly learningStarts: number;
  /** these are drawn from the untrained policy; otherwise evenly from all actions */
  readonly startsByPolicy: boolean;
  /** updates after every action */
  readonly updates: number;
}

export interface Agent {
  /** drawn from the policy, or, `exploring` false, its mean; overwritten by the next call */
  act(observation: ArrayLike<number>, exploring: boolean): Float64Array;
  update(fill: (batch: Transitions) => void, diverged: Diverge): void;
}

/** Drives one action after the other into `experience`, and yields their number; learning is up to the consumer. */
export function* driveInto(
  experience: Experience,
  environment: Environment,
  settings: Pick<OffPolicySettings, "learningStarts" | "startsByPolicy">,
  kernels: Kernels,
  agent: Pick<Agent, "act">,
): Generator<number, never> {
  const evenly = new Float64Array(environment.actionSize);
  let observation = Float64Array.from(environment.reset(kernels.drawSeed()));
  for (let actions = 1; ; actions++) {
    const drawsEvenly = actions <= settings.learningStarts && !settings.startsByPolicy;
    if (drawsEvenly) for (let i = 0; i < evenly.length; i++) evenly[i] = 2 * kernels.call.uniform() - 1;
    const action = drawsEvenly ? evenly : agent.act(observation, true);
    const step = environment.step(action);
    experience.add(observation, action, step.reward, step.observation, step.terminated);
    const isOver = step.terminated || step.truncated;
    observation = Float64Array.from(isOver ? environment.reset(kernels.drawSeed()) : step.observation);
    yield actions;
  }
}

export function* learnOffPolicy(
  name: string,
  environment: Environment,
  settings: OffPolicySettings,
  kernels: Kernels,
  agent: Agent,
): Generator<Progress, never> {
  const experience = new Experience(settings.buffer, environment.observationSize, environment.actionSize);
  const progress = { actions: 0, act: (observation: Float64Array) => agent.act(observation, false) };
  const diverged = divergence(name, progress);
  const drive = driveInto(experience, environment, settings, kernels, agent);
  for (;;) {
    progress.actions = drive.next().value;
    if (progress.actions > settings.learningStarts)
      for (let i = 0; i < settings.updates; i++)
        agent.update((batch) => experience.sample(kernels, batch, settings.batch), diverged);
    yield progress;
  }
}
