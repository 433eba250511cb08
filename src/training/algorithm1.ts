/**
 * [W23, Algorithm 1], "Policy Learning with Approximate Physical Models", as a generator. It knows neither disk nor
 * terminal: it yields what happened, and who iterates it does the rest (on-disk.ts: files, judgement, checkpoints;
 * in-memory.ts: studies). It goes on only when asked for the next event: what must be on disk before the next step is,
 * and it can be left at any event.
 */
import { setImmediate } from "node:timers/promises";
import type { Core } from "../core/core.js";
import { firingCount } from "../core/firings.js";
import type { Link } from "../links/link.js";
import type { Recording } from "../recording/recording.js";
import { recordingFrom } from "../recording/transfer.js";
import type { Estimate } from "../rules/definition.js";
import type { CollectedRollout } from "./collect.js";
import type { Noticed } from "./model-fit.js";
import type { Training } from "./training.js";

/** A drive that is over and in the core; nothing was learned from it yet. */
export interface DriveEvent extends CollectedRollout {
  /** settling: what gets a robot under way that does not stop between rollouts, not learned from */
  readonly kind: "settling" | "rollout";
  /** of the rollout in its run, from 1; 0 if it settles */
  readonly index: number;
  readonly recording: Recording;
  /** over the windows that count; NaN if it did not run its full length */
  readonly windowCost: number;
  /** what was noticed in it, for people */
  readonly noticed: readonly string[];
}

/** What happened, in the order of the algorithm; an estimate is about to become an update. */
export type TrainingEvent = DriveEvent | ({ readonly kind: "estimate" } & Estimate) | { readonly kind: "update" };

/**
 * Trains the policy in the core from rollout `driven` + 1 to rollout `last`. Ends early after a drive that was stopped,
 * and after an estimate that is not finite or 0. "line n" is [W23, Algorithm 1, line n].
 */
export async function* algorithm1(
  training: Training, // line 1: T, N, step size, policy
  link: Link,
  driven: number,
  last: number,
): AsyncGenerator<TrainingEvent, void> {
  const { config, core, collector, rule, ruleState, modelFitter } = training;
  const settling = await collector.settle(core, link); // not in paper: one drive without stops gets under way
  if (settling) {
    const event = { ...driveEvent(core, "settling", 0, settling), noticed: [] };
    yield event;
    if (event.stopped !== undefined) return;
    modelFitter.keep(event.recording);
  }
  // line 2: for iterations k = 1, 2, ..., K; those of a run are counted in rollouts
  for (let index = driven; index < last; ) {
    const count = Math.min(config.batch, last - index);
    let cost = 0;
    let changedFrom: number | undefined;
    // lines 3 and 4: sample N tasks, one for each i = 1, 2, ..., N
    for (let i = 0; i < count; i++) {
      const firings = firingCount(core);
      const rollout = await collector.drive(core, link, i); // line 5: unroll on the real system
      const event = driveEvent(core, "rollout", ++index, rollout);
      if (event.stopped === undefined) modelFitter.keep(event.recording);
      const change = changeIn(training, event, firingCount(core) > firings);
      changedFrom = change && firstStep(core, rollout) + change.step;
      yield { ...event, noticed: [...(change ? [change.text] : []), ...(rule.remarks?.(ruleState) ?? [])] };
      if (event.stopped !== undefined) return;
      cost += event.windowCost / count;
    }
    const batch = { ...collector.batch(count), cost, ...(changedFrom !== undefined && { changedFrom }) };
    if (config["model-fit"]) modelFitter.refit(core, batch); // not in paper
    await turn();
    const found = rule.estimate(core, batch, ruleState); // line 6: along the trajectories, with (8)
    yield { kind: "estimate", ...found };
    if (!Number.isFinite(found.loss) || !(found.norm > 0) || found.hopeless !== undefined) return;
    await turn();
    rule.update(core, batch, ruleState, found); // line 7
    yield { kind: "update" };
  }
}

/**
 * Between long computations everything else that waits in this thread has its turn, the heartbeat among it by which a
 * robot knows that it is watched: the first of the two is reached before the timers, the second behind them.
 */
async function turn(): Promise<void> {
  await setImmediate();
  await setImmediate();
}

/** Whether the world changed in a drive (not in paper). */
function changeIn(
  { core, rule, ruleState, modelFitter }: Training,
  event: Unjudged,
  fired: boolean,
): Noticed | undefined {
  if (event.stopped !== undefined) return undefined;
  const expected = rule.expectedCost?.(ruleState);
  return modelFitter.notice(core, event.windowCost, expected, fired);
}

/** The first control step of a rollout in its slot. */
function firstStep(core: Core, { slot, from }: CollectedRollout): number {
  return core.view("segmentStarts", slot)[from];
}

type Unjudged = Omit<DriveEvent, "noticed">;

function driveEvent(core: Core, kind: DriveEvent["kind"], index: number, rollout: CollectedRollout): Unjudged {
  const { slot, from, stopped } = rollout;
  const cost = stopped === undefined ? core.windowCost(slot) : Number.NaN;
  return { ...rollout, kind, index, recording: recordingFrom(core, slot, index, from), windowCost: cost };
}
