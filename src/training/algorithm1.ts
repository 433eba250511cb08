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
import type { Collected } from "./collect.js";
import { measure } from "./metrics.js";
import type { Noticed } from "./model-fit.js";
import type { Training } from "./training.js";

/** Driving that is over and in the core; nothing was learned from it yet. */
export interface DriveEvent extends Collected {
  /** rollout: one is over with it, or was stopped; piece: of one drive, which goes on with the same lap */
  readonly kind: "rollout" | "piece";
  /** of the rollout in its run, from 1 */
  readonly index: number;
  /** of the rollout, as far as it was driven */
  readonly recording: Recording;
  /** of the rollout, over the windows that count; NaN if it was stopped */
  readonly windowCost: number;
  /** what was noticed in the rollout so far, for people */
  readonly noticed: readonly string[];
}

/** What happened, in the order of the algorithm; an estimate is about to become an update. */
export type TrainingEvent =
  | DriveEvent
  | ({ readonly kind: "estimate" } & Estimate)
  /** `completes`: what was learned from were whole rollouts, or ended one */
  | { readonly kind: "update"; readonly completes: boolean };

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
  const { config, core, collector, rule, ruleState, modelFitter, race } = training;
  let noticed: readonly string[] = [];
  // line 2: for iterations k = 1, 2, ..., K; those of a run are counted in rollouts
  for (let index = driven; index < last; ) {
    const count = Math.min(config.batch, last - index);
    let cost = 0;
    let changedFrom: number | undefined;
    let spins = false;
    let completes = true;
    let rolloutCost = 0;
    // lines 3 and 4: sample N tasks, one for each i = 1, 2, ..., N
    for (let i = 0; i < count; i++) {
      const firings = firingCount(core);
      const drive = await collector.drive(core, link, i); // line 5: unroll on the real system
      completes = drive.completes;
      const event = driveEvent(core, drive, index + 1);
      if (event.stopped === undefined) modelFitter.keep(event.recording, drive.begin === 0);
      const pieceCost = event.stopped === undefined ? core.windowCost(drive.slot) : Number.NaN;
      const change = changeIn(training, event, firingCount(core) > firings);
      spins = change?.spins === true;
      const isChange = change !== undefined && !spins;
      if (isChange) race?.forgetLimit();
      changedFrom = isChange ? change.step + core.view("segmentStarts", drive.slot)[drive.begin] : undefined;
      const fall = event.stopped === undefined ? race?.drove(core, drive.slot, drive.from, spins) : undefined;
      if (fall !== undefined) rule.beginAnew?.(ruleState); // what was expected was at the usage before
      const remarks = [
        ...(fall === undefined ? [] : [fall]),
        ...(change ? [change.text] : []),
        ...(rule.remarks?.(ruleState) ?? []),
      ];
      noticed = [...new Set([...noticed, ...remarks])];
      yield { ...event, noticed };
      if (event.stopped !== undefined) return;
      cost += pieceCost / count;
      rolloutCost += event.windowCost / count;
      if (!completes) continue;
      index++;
      noticed = [];
      if (!race) continue;
      race.endLap(core, measure(core, drive.slot, index, drive.begin).lapTime);
      rule.taskChanged?.(ruleState);
      collector.beginLap?.(core);
    }
    const collected = collector.batch(count);
    if (config["model-fit"]) modelFitter.refit(core, collected); // not in paper
    const unhurried = modelFitter.unhurried(core, collected.paces.most);
    const newest = collected.first + count - 1;
    const batch = {
      ...collected,
      cost,
      ...(completes && { rolloutCost }),
      ...(changedFrom !== undefined && { changedFrom }),
      ...(unhurried && { unhurried }),
      spins,
      spun: modelFitter.spunWithin(core.view("counts", newest)[0]),
    };
    await turn();
    const found = rule.estimate(core, batch, ruleState); // line 6: along the trajectories, with (8)
    yield { kind: "estimate", ...found };
    if (!Number.isFinite(found.loss) || !(found.norm > 0) || found.hopeless !== undefined) return;
    await turn();
    rule.update(core, batch, ruleState, found); // line 7
    yield { kind: "update", completes };
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

/** Whether the world changed in what was driven (not in paper). */
function changeIn(
  { core, rule, ruleState, modelFitter, collector }: Training,
  { slot, from, counted, begin, inWindow, stopped }: Collected,
  fired: boolean,
): Noticed | undefined {
  if (stopped !== undefined) return undefined;
  const cost = from === begin ? core.windowCost(slot) : costFrom(core, slot, counted);
  const window = { cost, expected: rule.expectedCost?.(ruleState, inWindow), fired };
  return modelFitter.notice(core, window, collector.batch(1));
}

function driveEvent(core: Core, drive: Collected, index: number): Omit<DriveEvent, "noticed"> {
  const { slot, begin, stopped, completes } = drive;
  return {
    ...drive,
    kind: completes || stopped !== undefined ? "rollout" : "piece",
    index,
    recording: recordingFrom(core, slot, index, begin),
    windowCost: stopped === undefined ? costOf(core, drive) : Number.NaN,
  };
}

/** Of a lap everything counts, of a separate rollout its windows. */
function costOf(core: Core, { slot, from, begin }: Collected): number {
  return from === 0 ? core.windowCost(slot) : costFrom(core, slot, begin);
}

/** Sum of the stage costs of a rollout from a segment on. */
function costFrom(core: Core, slot: number, segment: number): number {
  const [steps] = core.view("counts", slot);
  const costs = core.view("stageCosts", slot).subarray(core.view("segmentStarts", slot)[segment], steps);
  return costs.reduce((sum, cost) => sum + cost, 0);
}
