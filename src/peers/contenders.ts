/** All that can be set against the update rules of the core's network: a new peer is a file and a line here. */
import type { RunConfig } from "../config/schema.js";
import type { ClassicalRule } from "./classical.js";
import { difftune } from "./difftune.js";
import { ilc } from "./ilc.js";
import { classicalLearner, type Learner, peerLearner } from "./learner.js";
import type { Peer, Settings } from "./peer.js";
import { refit } from "./refit.js";

/** Something that learns to drive the car. */
export interface Contender {
  readonly name: string;
  /** in words, for figures and tables */
  readonly label: string;
  /** what it is trained with on the car */
  readonly settings: Settings;
  /** it has a model, fitted to the driving: no exploration */
  readonly hasModel: boolean;
  learner(config: RunConfig, changes?: Settings): Learner;
}

const peers: readonly Peer[] = [];
const classical: readonly ClassicalRule[] = [refit, ilc, difftune];

/** By the name a user types. */
export const contenders: Readonly<Record<string, Contender>> = Object.fromEntries(
  [...classical.map(ofRule), ...peers.map(ofPeer)].map((contender) => [contender.name, contender]),
);

function ofPeer(peer: Peer): Contender {
  const { name, label, car } = peer;
  return {
    name,
    label,
    settings: car,
    hasModel: false,
    learner: (config, changes = {}) => peerLearner(peer, config, { ...car, ...changes }),
  };
}

function ofRule(rule: ClassicalRule): Contender {
  const { name, label, settings } = rule;
  return {
    name,
    label,
    settings,
    hasModel: true,
    learner: (config, changes = {}) =>
      classicalLearner(rule, config, { ...settings, ...(changes as Record<string, number>) }),
  };
}
