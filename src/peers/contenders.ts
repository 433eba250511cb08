/** All that can be set against the update rules of the core's network: a new peer is a file and a line here. */
import type { RunConfig } from "../config/schema.js";
import type { Observation } from "./car-environment.js";
import type { ClassicalRule } from "./classical.js";
import crossq from "./crossq.js";
import { difftune } from "./difftune.js";
import droq from "./droq.js";
import { ilc } from "./ilc.js";
import { classicalLearner, type Learner, peerLearner } from "./learner.js";
import mbpo from "./mbpo.js";
import type { Peer, Settings } from "./peer.js";
import ppo from "./ppo.js";
import { refit } from "./refit.js";
import sac from "./sac.js";

/** Something that learns to drive the car. */
export interface Contender {
  readonly name: string;
  /** in words, for figures and tables */
  readonly label: string;
  /** what it is trained with on the car */
  readonly settings: Settings;
  /** dearest lap of any seed and plant of docs/results/figure3.md [% of untrained]; undefined: not measured */
  readonly worstLap: number | undefined;
  learner(config: RunConfig, changes?: Settings): Learner;
}

/** Those that learn from actions and rewards, and what they observe. */
const peers: readonly (readonly [Peer, Observation])[] = [
  [sac, "full"],
  [ppo, "policy"],
  [crossq, "full"],
  [droq, "full"],
  [mbpo, "full"],
];
const classical: readonly ClassicalRule[] = [refit, ilc, difftune];

/** From docs/results/figure3.jsonl, of all plants and seeds there [% of untrained]. */
const WORST_LAPS: Readonly<Partial<Record<string, number>>> = {
  refit: 247,
  ilc: 247,
  difftune: 358,
  sac: 3041,
  ppo: 543,
};

/** By the name a user types. */
export const contenders: Readonly<Record<string, Contender>> = Object.fromEntries(
  [...classical.map(ofRule), ...peers.map(([peer, observation]) => ofPeer(peer, observation))].map((contender) => [
    contender.name,
    contender,
  ]),
);

function ofPeer(peer: Peer, observation: Observation): Contender {
  const { name, label, car } = peer;
  return {
    name,
    label,
    settings: car,
    worstLap: WORST_LAPS[name],
    learner: (config, changes = {}) => peerLearner(peer, config, observation, { ...car, ...changes }),
  };
}

function ofRule(rule: ClassicalRule): Contender {
  const { name, label, settings } = rule;
  return {
    name,
    label,
    settings,
    worstLap: WORST_LAPS[name],
    learner: (config, changes = {}) =>
      classicalLearner(rule, config, { ...settings, ...(changes as Record<string, number>) }),
  };
}
