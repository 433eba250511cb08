/**
 * What a training costs and what comes of it, in the same coin for all: evaluations of the policy that are charged to
 * nobody, and every metre that was driven, exploration included, because a real car pays for that.
 */
import { segmentsPerLap } from "../config/resolve.js";
import type { RunConfig } from "../config/schema.js";
import { taskNamed } from "../tasks/tasks.js";
import type { Evaluation } from "./evaluation.js";
import type { DrivenPart, Learner } from "./learner.js";

/** What became of one training; costs as parts of the untrained policy's, null: infinite, the training was stopped. */
export interface Account {
  /** of the untrained policy: mean stage cost per control step */
  readonly untrained: number;
  /** driving [min] after which the rest is told, increasing */
  readonly minutes: readonly number[];
  /** of the policy that has learned from that driving, or from a little less where it learns later */
  readonly evaluation: readonly (number | null)[];
  /** mean of everything driven until then */
  readonly whileLearning: readonly (number | null)[];
  /** of the dearest lap until then, of those driven whole; 0: none was */
  readonly worstLap: readonly (number | null)[];
  readonly failure: { readonly minutes: number; readonly why: string } | null;
}

/** What driving is counted in. */
export interface Units {
  /** control steps of a lap */
  readonly lapSteps: number;
  /** control period [s] */
  readonly period: number;
}

export function unitsOf(config: RunConfig): Units {
  const task = taskNamed(config.task);
  const lap = segmentsPerLap(task) as number; // peers act on tasks that have laps
  return { lapSteps: lap * config["steps-per-segment"], period: config["control-period"] };
}

/** Lets a learner drive until the last of `minutes`. */
export async function account(
  learner: Learner,
  evaluation: Evaluation,
  minutes: readonly number[],
  { lapSteps, period }: Units,
): Promise<Account> {
  const untrained = evaluation.untrained();
  const evaluated: (number | null)[] = [];
  const whileLearning: (number | null)[] = [];
  const worstLap: (number | null)[] = [];
  const laps = new Laps(lapSteps);
  let worst = 0;
  let steps = 0;
  let sum = 0;
  let failure: Account["failure"] = null;
  for await (const { costs, ends, stopped, evaluate } of learner) {
    for (const cost of costs) sum += cost;
    steps += costs.length;
    worst = Math.max(worst, ...laps.add(costs, ends));
    if (stopped !== undefined) {
      failure = { minutes: (steps * period) / 60, why: stopped };
      break;
    }
    // half a step: minutes and periods are no binary fractions
    while (evaluated.length < minutes.length && (steps + 0.5) * period >= 60 * minutes[evaluated.length]) {
      evaluated.push(finite((await evaluate(evaluation, steps * period)) / untrained));
      whileLearning.push(finite(sum / steps / untrained));
      worstLap.push(finite(worst / untrained));
    }
    if (evaluated.length === minutes.length) break;
  }
  const missing = new Array<null>(minutes.length - evaluated.length).fill(null);
  return {
    untrained,
    minutes,
    evaluation: [...evaluated, ...missing],
    whileLearning: [...whileLearning, ...missing],
    worstLap: [...worstLap, ...missing],
    failure,
  };
}

/** The first `count` entries of an account: what it would have been with less driving. */
export function firstOf({ untrained, failure, ...lists }: Account, count: number): Account {
  const first = <T>(values: readonly T[]) => values.slice(0, count);
  const minutes = first(lists.minutes);
  return {
    untrained,
    minutes,
    evaluation: first(lists.evaluation),
    whileLearning: first(lists.whileLearning),
    worstLap: first(lists.worstLap),
    failure: failure && failure.minutes < minutes[count - 1] ? failure : null,
  };
}

const finite = (value: number) => (Number.isFinite(value) ? value : null);

/** A lap that is over, or where the training was stopped. */
export interface Lap extends Pick<DrivenPart, "stopped" | "evaluate"> {
  /** control steps driven until its end, those of no whole lap included */
  readonly driven: number;
  /** mean stage cost per control step */
  readonly cost: number;
}

/** What a learner drives, in whole laps. */
export async function* lapsOf(learner: Learner, { lapSteps }: Units): AsyncGenerator<Lap, void> {
  const laps = new Laps(lapSteps);
  let driven = 0;
  for await (const { costs, ends, ...rest } of learner) {
    driven += costs.length;
    const over = laps.add(costs, ends);
    for (const cost of over) yield { driven, cost, ...rest };
    if (rest.stopped !== undefined && over.length === 0) yield { driven, cost: Number.NaN, ...rest };
  }
}

/** Cuts driving into laps, from the start of every drive on; what is left at its end is none. */
class Laps {
  #sum = 0;
  #steps = 0;

  constructor(private readonly lapSteps: number) {}

  /** Mean stage costs of the laps that are over with these stage costs. */
  add(costs: Float64Array, ends: boolean): number[] {
    const over: number[] = [];
    for (const cost of costs) {
      this.#sum += cost;
      if (++this.#steps < this.lapSteps) continue;
      over.push(this.#sum / this.lapSteps);
      this.#sum = this.#steps = 0;
    }
    if (ends) this.#sum = this.#steps = 0;
    return over;
  }
}
