/**
 * What deep-RL peers and the environments that they learn in have in common: one action at a time, and every one of
 * them counts. A peer knows neither clock nor disk nor what it is compared with.
 */
import { UserError } from "../errors.js";

/** What an action led to. */
export interface Outcome {
  /** of the state after it, {@link Environment.observationSize} numbers; the peer copies what it keeps */
  readonly observation: Float64Array;
  readonly reward: number;
  /** the state is final: nothing is earned after it */
  readonly terminated: boolean;
  /** the episode is cut short here, though more would have been earned: no end as far as values are concerned */
  readonly truncated: boolean;
  /** driving that the action took [s] */
  readonly seconds: number;
}

/** After an episode is over, by termination or truncation, `reset` comes before the next `step`. */
export interface Environment {
  readonly observationSize: number;
  /** numbers of an action, each in [-1, 1]: the environment scales them to what they stand for */
  readonly actionSize: number;
  /**
   * Begins an episode; returns its first observation. `seed` alone decides the start: the same one, the same start.
   * Peers draw it from their own random numbers, in [0, 2^31).
   */
  reset(seed: number): Float64Array;
  /** The action is clamped to [-1, 1]. */
  step(action: Float64Array): Outcome;
}

/** Where a training has got. One object per training, whose entries change. */
export interface Progress {
  /** actions driven so far, all of them through {@link Environment.step} */
  readonly actions: number;
  /**
   * The present policy without exploration; actionSize numbers in [-1, 1], overwritten by the next call. It draws no
   * random numbers: calling it, however often, does not change the training.
   */
  act(observation: Float64Array): Float64Array;
}

/** Numbers, switches, and sizes of hidden layers. */
export type Settings = Readonly<Record<string, number | boolean | readonly number[]>>;

export interface Peer {
  readonly name: string;
  /** in words, for figures and tables */
  readonly label: string;
  /** as its authors, or the libraries named in its file, publish them */
  readonly published: Settings;
  /** on the car: where they differ from the published ones */
  readonly car: Settings;
  /**
   * A training without an end: every `next()` drives one action and learns from it as the peer does, so the consumer
   * decides when to evaluate and when to stop. `changes`: settings that are not the published ones. Same environment,
   * settings and seed, same bits.
   * @throws {UserError} a setting that the peer does not have
   * @throws {Diverged} values or losses are no longer finite, or without all measure
   */
  train(environment: Environment, changes: Settings, seed: number): Generator<Progress, never>;
}

/** A training that has come to nothing: stopped, and said. */
export class Diverged extends UserError {
  constructor(peer: string, actions: number, what: string) {
    super(
      `${peer} diverged after ${actions} actions: ${what}; its training is stopped (try a smaller learning rate)`,
      1,
    );
    this.name = "Diverged";
  }
}

/** Ends a training that has come to nothing. */
export type Diverge = (what: string) => never;

export function divergence(peer: string, progress: Pick<Progress, "actions">): Diverge {
  return (what) => {
    throw new Diverged(peer, progress.actions, what);
  };
}

/** What a peer's file says of itself; `learn` is its training, with all settings. */
export interface PeerDefinition<S extends object> {
  readonly name: string;
  readonly label: string;
  readonly published: S;
  readonly car: Partial<S>;
  learn(environment: Environment, settings: S, seed: number): Generator<Progress, never>;
}

/** A value of a setting, as it would be written. */
const shown = (value: unknown) => (typeof value === "number" ? `${value}` : JSON.stringify(value));

/** A peer from its definition: checks settings by name and type. */
export function definePeer<S extends object>(definition: PeerDefinition<S>): Peer {
  const { name, label, published, car, learn } = definition;
  const train = (environment: Environment, changes: Settings, seed: number) => {
    const known = published as Settings;
    for (const [key, value] of Object.entries(changes)) {
      if (!(key in known))
        throw new UserError(`${name} has no setting "${key}"; it has ${Object.keys(known).join(", ")}`);
      const isNumber = typeof value !== "number" || Number.isFinite(value);
      if (typeof value !== typeof known[key] || Array.isArray(value) !== Array.isArray(known[key]) || !isNumber)
        throw new UserError(`${name}: ${key} is ${shown(value)}; write it like ${JSON.stringify(known[key])}`);
    }
    return learn(environment, { ...published, ...changes }, seed);
  };
  return { name, label, published: published as Settings, car: car as Settings, train };
}
