/** What a classical rule is: it drives laps, knows the model as it was fitted, and has no network. */
import type { Act } from "./evaluation.js";
import type { LapDrive } from "./lap-drive.js";
import type { Settings } from "./peer.js";

/** One training. */
export interface LapLearner {
  /** what drives now, explores nothing, and is evaluated; the action is overwritten by the next call */
  readonly act: Act;
  /** Learns from the laps driven so far, the last of which lies in the core. */
  learn(): void;
}

export interface ClassicalRule {
  readonly name: string;
  /** in words, for figures and tables */
  readonly label: string;
  /** found by random search on other seeds than those that are reported (scripts/tune-peers.mjs) */
  readonly settings: Readonly<Record<string, number>>;
  start(laps: LapDrive, settings: Readonly<Record<string, number>>): LapLearner;
}

/** The settings of a rule with changes. */
export function settingsOf(rule: ClassicalRule, changes: Settings = {}): Readonly<Record<string, number>> {
  return { ...rule.settings, ...(changes as Record<string, number>) };
}
