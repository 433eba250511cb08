/**
 * What a training costs and what comes of it, in the same coin for all: evaluations of the policy that are charged to
 * nobody, and every metre that was driven, exploration included, because a real car pays for that.
 */
import type { Evaluation } from "./evaluation.js";
import type { Learner } from "./learner.js";

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
  /** of the dearest lap, of those driven whole */
  readonly worstLap: number | null;
  readonly failure: { readonly minutes: number; readonly why: string } | null;
}

/** What costs are counted in. */
export interface Units {
  /** control steps of a lap */
  readonly lapSteps: number;
  /** control period [s] */
  readonly period: number;
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
  const laps = new Laps(lapSteps);
  let steps = 0;
  let sum = 0;
  let failure: Account["failure"] = null;
  for await (const { costs, ends, stopped, evaluate } of learner) {
    for (const cost of costs) sum += cost;
    steps += costs.length;
    laps.add(costs, ends);
    if (stopped !== undefined) {
      failure = { minutes: (steps * period) / 60, why: stopped };
      break;
    }
    // half a step: minutes and periods are no binary fractions
    while (evaluated.length < minutes.length && (steps + 0.5) * period >= 60 * minutes[evaluated.length]) {
      evaluated.push(finite((await evaluate(evaluation)) / untrained));
      whileLearning.push(finite(sum / steps / untrained));
    }
    if (evaluated.length === minutes.length) break;
  }
  while (evaluated.length < minutes.length) {
    evaluated.push(null);
    whileLearning.push(null);
  }
  const worstLap = failure ? null : finite(laps.worst / untrained);
  return { untrained, minutes, evaluation: evaluated, whileLearning, worstLap, failure };
}

const finite = (value: number) => (Number.isFinite(value) ? value : null);

/** The dearest lap. A drive is cut into laps from its start on; what is left at its end is none. */
class Laps {
  /** mean stage cost */
  worst = 0;
  #sum = 0;
  #steps = 0;

  constructor(private readonly lapSteps: number) {}

  add(costs: Float64Array, ends: boolean): void {
    for (const cost of costs) {
      this.#sum += cost;
      if (++this.#steps < this.lapSteps) continue;
      this.worst = Math.max(this.worst, this.#sum / this.lapSteps);
      this.#sum = this.#steps = 0;
    }
    if (ends) this.#sum = this.#steps = 0;
  }
}
