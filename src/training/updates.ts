/**
 * updates.jsonl of a run: a line for every change of parameters, also of those within a lap. Nothing in it depends on
 * the wall's clock: a resumed run writes the same lines.
 */
import { segmentsPerRollout, unitOf } from "../config/units.js";
import { measureSteps } from "./metrics.js";
import { ERROR } from "./model-numbers.js";
import type { DriveEvent } from "./rollout-source.js";
import type { Training } from "./training.js";

/** A line of updates.jsonl: what was driven since the update before, and what the update then made. */
export interface UpdateLine {
  /** lap, or rollout, in which the driving ended, from 1 */
  readonly lap?: number;
  readonly rollout?: number;
  /** where it ended: segments and driving time [s] since standstill */
  readonly segment: number;
  readonly seconds: number;
  /** mean stage cost per control step of it */
  readonly meanCost: number;
  /** sum of the stage costs that count in it, and what the update before expected of that */
  readonly windowCost: number;
  readonly expectedCost?: number;
  /** of the driving, when the update was made */
  readonly pace: number;
  /** numbers of the update rule and of the model's fit, and what was noticed since the update before */
  readonly [name: string]: unknown;
}

/** What was driven since the last update. */
interface DrivenPart {
  readonly event: DriveEvent;
  readonly seconds: number;
  readonly cost: number;
  readonly steps: number;
  readonly windowCost: number;
}

/** Collects the lines until they are written. */
export class UpdateLog {
  readonly #training: Training;
  readonly #unit: "lap" | "rollout";
  readonly #perRollout: number;
  /** rollouts, or the piece, of the next update, and what was expected of them */
  #driven: DrivenPart[] = [];
  #expected: number | undefined;
  /** how much of what was noticed in the rollout is in lines already */
  #noticed = 0;
  #lines: UpdateLine[] = [];

  constructor(training: Training) {
    this.#training = training;
    this.#unit = unitOf(training.config);
    this.#perRollout = segmentsPerRollout(training.config);
  }

  /** Something was driven; `before`: driving since standstill before its rollout [s]. */
  drove(event: DriveEvent, before: number): void {
    const { core, rule, ruleState } = this.#training;
    const { slot, from, begin, index } = event;
    if (event.stopped !== undefined) return;
    const starts = core.view("segmentStarts", slot);
    const [steps] = core.view("counts", slot);
    const { cost } = measureSteps(core, slot, starts[from], steps, index);
    const { seconds } = measureSteps(core, slot, starts[begin], steps, index);
    const windowCost = core.windowCost(slot);
    this.#driven.push({ event, seconds: before + seconds, cost, steps: steps - starts[from], windowCost });
    this.#expected = rule.account?.(ruleState).expectedCost;
  }

  /** An update was made of it. */
  updated(update: number): void {
    const { core, rule, ruleState, modelFitter, race } = this.#training;
    const { event, seconds } = this.#driven[this.#driven.length - 1];
    const sum = (of: (driven: DrivenPart) => number) => this.#driven.reduce((total, one) => total + of(one), 0);
    const errors = Object.entries(modelFitter.numbers()).filter(([name]) => name.startsWith(ERROR));
    const { expectedCost: _, ...account } = rule.account?.(ruleState) ?? {};
    const before = (event.index - 1) * this.#perRollout;
    this.#lines.push({
      update,
      [this.#unit]: event.index,
      // laps of a race differ
      segment: race ? event.driven : before + core.view("counts", event.slot)[1] - event.begin,
      seconds,
      meanCost: sum(({ cost }) => cost) / sum(({ steps }) => steps),
      windowCost: sum(({ windowCost }) => windowCost) / this.#driven.length,
      ...(this.#expected !== undefined && { expectedCost: this.#expected }),
      pace: core.pace,
      ...account,
      ...Object.fromEntries(errors),
      noticed: event.noticed.slice(this.#noticed),
    });
    this.#noticed = event.completes ? 0 : event.noticed.length;
    this.#driven = [];
  }

  /** The lines since the last call. */
  take(): UpdateLine[] {
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }
}
