/**
 * Where the driving of one robot comes from, towards the next update of a policy: lines 3 to 5 of [W23, Algorithm 1],
 * and what is noticed and fitted on the way (not in paper). One robot's training has one, that of several has several.
 */
import type { Core } from "../core/core.js";
import { firingCount } from "../core/firings.js";
import type { Link } from "../links/link.js";
import type { Recording } from "../recording/recording.js";
import { recordingFrom } from "../recording/transfer.js";
import type { Batch } from "../rules/definition.js";
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

export class RolloutSource {
  /** rollouts that are over */
  index: number;
  readonly #training: Training;
  readonly #link: Link;
  #noticed: readonly string[] = [];
  #last: DriveEvent | undefined;
  /** of the driving since the last batch */
  #costs: { readonly piece: number; readonly rollout: number }[] = [];
  #changedFrom: number | undefined;
  #spins = false;

  /** `driven`: rollouts before. */
  constructor(training: Training, link: Link, driven: number) {
    this.#training = training;
    this.#link = link;
    this.index = driven;
  }

  /** Drives rollout `i` of a batch, or a piece (lines 3 to 5); {@link goOn} follows unless it was stopped. */
  async drive(i: number): Promise<DriveEvent> {
    const { core, collector, rule, ruleState, modelFitter, race } = this.#training;
    const firings = firingCount(core);
    const drive = await collector.drive(core, this.#link, i);
    const event = driveEvent(core, drive, this.index + 1);
    const isWhole = event.stopped === undefined;
    if (isWhole) modelFitter.keep(event.recording, drive.begin === 0);
    const cost = isWhole ? core.windowCost(drive.slot) : Number.NaN;
    const change = changeIn(this.#training, event, firingCount(core) > firings);
    this.#spins = change?.spins === true;
    const isChange = change !== undefined && !this.#spins;
    if (isChange) race?.forgetLimit();
    this.#changedFrom = isChange ? change.step + core.view("segmentStarts", drive.slot)[drive.begin] : undefined;
    const fall = isWhole ? race?.drove(core, drive.slot, drive.from, this.#spins) : undefined;
    if (fall !== undefined) rule.beginAnew?.(ruleState); // what was expected was at the usage before
    const remarks = [
      ...(fall === undefined ? [] : [fall]),
      ...(change ? [change.text] : []),
      ...(rule.remarks?.(ruleState) ?? []),
    ];
    this.#noticed = [...new Set([...this.#noticed, ...remarks])];
    this.#costs.push({ piece: cost, rollout: event.windowCost });
    this.#last = { ...event, noticed: this.#noticed };
    return this.#last;
  }

  /** After a drive, once what must be kept of it is. */
  goOn(): void {
    const { core, collector, rule, ruleState, race } = this.#training;
    if (!this.#last?.completes) return;
    const { slot, begin } = this.#last;
    this.index++;
    this.#noticed = [];
    if (!race) return;
    race.endLap(core, measure(core, slot, this.index, begin).lapTime);
    rule.taskChanged?.(ruleState);
    collector.beginLap?.(core);
  }

  /** A drive was stopped: its rollout, if there is one, is over, and what comes begins anew. */
  beginAnew(): void {
    const { collector, rule, ruleState } = this.#training;
    if (this.#last?.stopped !== undefined && this.#last.steps > 0) this.index++;
    this.#noticed = [];
    this.#costs = [];
    this.#last = undefined;
    collector.beginAnew?.();
    rule.beginAnew?.(ruleState);
  }

  /** What was driven since the last batch, with the model fitted to it. */
  batch(): Batch {
    const { config, core, collector, modelFitter } = this.#training;
    const count = this.#costs.length;
    const mean = (of: "piece" | "rollout") => this.#costs.reduce((sum, costs) => sum + costs[of] / count, 0);
    const [cost, rolloutCost] = [mean("piece"), mean("rollout")];
    this.#costs = [];
    const collected = collector.batch(count);
    if (config["model-fit"]) modelFitter.refit(core, collected); // not in paper
    const unhurried = modelFitter.unhurried(core, collected.paces.most);
    const newest = collected.first + count - 1;
    return {
      ...collected,
      cost,
      ...(this.#last?.completes && { rolloutCost }),
      ...(this.#changedFrom !== undefined && { changedFrom: this.#changedFrom }),
      ...(unhurried && { unhurried }),
      spins: this.#spins,
      spun: modelFitter.spunWithin(core.view("counts", newest)[0]),
    };
  }
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
