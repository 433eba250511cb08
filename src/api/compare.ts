/** Studies: rules set against each other. */
import { availableParallelism } from "node:os";
import { checkedRule } from "../compare/learner.js";
import { CORE_PLANTS, plantsIn } from "../compare/plants.js";
import { rules } from "../compare/rules.js";
import { type Group, groupsOf, jobsOf, type Study } from "../compare/study.js";
import type { Curve } from "../compare/training.js";
import { UserError } from "../errors.js";
import { answersOf } from "../sweeps/local.js";
import { wholeNumber } from "./checked.js";
import { type StopSignal, stopBy } from "./stop.js";

/** Most minutes of driving that a training may have. */
const MOST_MINUTES = 1440;

/** How a study is run. */
export interface StudyOptions {
  /** trainings at a time, as many as there are processors by default; the result does not depend on it */
  readonly workers?: number | undefined;
  /** ends the study at once, with an error */
  readonly signal?: StopSignal | undefined;
  /** called after every training with the number of those that are done */
  readonly onDone?: ((done: number) => void) | undefined;
}

/** What was compared, and what came out: a group for every plant and rule, in this order. */
export interface Comparison extends Study {
  readonly groups: readonly Group[];
}

/**
 * Trains by several rules on simulated cars with several seeds, in worker threads, as `lapgrad compare` does. What is
 * not given: all update rules, all plants of the core, seeds 1 to 10, 5 minutes.
 * @throws UserError that names an unknown rule or plant, or a number that cannot be
 */
export async function compare(study: Partial<Study> = {}, options: StudyOptions = {}): Promise<Comparison> {
  const whole = completeStudy(study);
  const jobs = jobsOf(whole);
  const { onDone } = options;
  const workers = wholeNumber("workers", options.workers ?? availableParallelism());
  const { signal, release } = stopBy(options.signal);
  try {
    const planned = jobs.map((settings) => ({ kind: "compare", settings }));
    const curves = await answersOf(planned, { workers, signal, onDone });
    return { ...whole, groups: groupsOf(whole, jobs, curves as Curve[]) };
  } finally {
    release();
  }
}

function completeStudy(given: Partial<Study>): Study {
  const { updates = Object.keys(rules), plants = CORE_PLANTS, minutes = 5, rates = {} } = given;
  const { seeds = Array.from({ length: 10 }, (_, i) => i + 1) } = given;
  for (const [name, list] of Object.entries({ updates, plants, seeds }))
    if (!Array.isArray(list) || list.length === 0)
      throw new UserError(`${name} is ${JSON.stringify(list)}; allowed is a list of one or more`);
  for (const rule of [...updates, ...Object.keys(rates)]) checkedRule(rule);
  if (!seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0))
    throw new UserError(`seeds is ${seeds.join(", ")}; allowed are whole numbers of 0 or more, e.g. [1, 2, 3]`);
  if (!(Number.isFinite(minutes) && minutes > 0 && minutes <= MOST_MINUTES))
    throw new UserError(`minutes is ${minutes}; allowed is a number above 0, at most ${MOST_MINUTES}`);
  for (const [rule, rate] of Object.entries(rates))
    if (!(Number.isFinite(rate) && rate > 0))
      throw new UserError(`rates.${rule} is ${rate}; allowed is a number above 0, e.g. { sgd: 1e-4 }`);
  return { updates, plants: plantsIn(plants.join(",")), seeds, minutes, rates };
}
