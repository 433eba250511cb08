/** A training of any kind, as a study sees it: driving that is over, and the policy that has learned from it. */
import type { RunConfig } from "../config/schema.js";
import { CarEnvironment, type Observation } from "./car-environment.js";
import type { ClassicalRule } from "./classical.js";
import type { Evaluation } from "./evaluation.js";
import { LapDrive } from "./lap-drive.js";
import { Diverged, type Peer, type Settings } from "./peer.js";

/** Some driving. Every control step of a training is in one of them, explored or not. */
export interface DrivenPart {
  /** stage costs, one per control step */
  readonly costs: Float64Array;
  /** a drive is over with it: the next one begins at a start of its own */
  readonly ends: boolean;
  /** what ended the training, for people */
  readonly stopped?: string;
  /** mean stage cost of the policy that has learned from all driving until here, after `driven` seconds of it */
  readonly evaluate: (evaluation: Evaluation, driven: number) => number | Promise<number>;
}

/** Without an end, unless it is stopped. */
export type Learner = AsyncGenerator<DrivenPart, void>;

const seedOf = (config: RunConfig) => config.seed % 2 ** 31;

/** A peer that learns from actions and rewards. */
export async function* peerLearner(
  peer: Peer,
  config: RunConfig,
  observation: Observation,
  settings: Settings = peer.car,
): Learner {
  const environment = await CarEnvironment.load(config, observation);
  let costs: Float64Array | undefined;
  let ends = false;
  const training = peer.train(
    {
      observationSize: environment.observationSize,
      actionSize: environment.actionSize,
      reset: (seed) => environment.reset(seed),
      step(action) {
        const step = environment.step(action);
        costs = environment.costs.slice();
        ends = step.truncated;
        return step;
      },
    },
    settings,
    seedOf(config),
  );
  for (;;) {
    const next = advanced(training);
    if (typeof next === "string") {
      yield { costs: new Float64Array(0), ends: true, stopped: next, evaluate: () => Number.POSITIVE_INFINITY };
      return;
    }
    if (!costs) throw new Error(`${peer.name} yields without having driven`);
    yield { costs, ends, evaluate: (evaluation, driven) => evaluation.ofActions(next.act, driven, observation) };
    costs = undefined;
  }
}

/** The next action's progress, or why there is none. */
function advanced(training: ReturnType<Peer["train"]>) {
  try {
    return training.next().value;
  } catch (error) {
    if (error instanceof Diverged) return error.message;
    throw error;
  }
}

/** A rule that learns from laps, without a network. */
export async function* classicalLearner(
  rule: ClassicalRule,
  config: RunConfig,
  settings: Readonly<Record<string, number>> = rule.settings,
): Learner {
  const laps = await LapDrive.load(config);
  const learner = rule.start(laps, settings);
  for (;;) {
    const stopped = laps.driveLap(learner.act);
    const costs = laps.costs.slice();
    if (stopped !== undefined) {
      yield { costs, ends: true, stopped, evaluate: () => Number.POSITIVE_INFINITY };
      return;
    }
    learner.learn();
    const act = (_: Float64Array, taskTime: number) => learner.act(taskTime);
    yield { costs, ends: false, evaluate: (evaluation, driven) => evaluation.ofActions(act, driven) };
  }
}
