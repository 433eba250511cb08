/** What a classical rule is: it drives laps, knows the model as it was fitted, and has no network. */
import type { LapDrive } from "./lap-drive.js";

/** One training. */
export interface LapLearner {
  /** The action at a task time [s], driven and evaluated, as nothing is explored. The next call overwrites it. */
  act(taskTime: number): ArrayLike<number>;
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
