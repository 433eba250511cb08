/** One training of figure 3: its configuration, what becomes of it, and which of those that are over answer for it. */
import { learnerFor, RULES } from "../compare/learner.js";
import { learningRates } from "../compare/learning-rates.js";
import { basePlant } from "../compare/plants.js";
import { rules } from "../compare/rules.js";
import { configOf } from "../compare/training.js";
import { type Account, account, firstOf, unitsOf } from "../peers/accounting.js";
import { contenders } from "../peers/contenders.js";
import { Evaluation } from "../peers/evaluation.js";

/** Plain data, so that it can be sent to a worker. */
export interface Job {
  readonly plant: string;
  readonly rule: string;
  readonly seed: number;
  /** driving after which the policy is evaluated [min], increasing */
  readonly minutes: readonly number[];
}

/** A training that is over. */
export interface Training extends Omit<Job, "minutes"> {
  /** what it was trained with: a file with other settings is of no use */
  readonly settings: unknown;
  readonly account: Account;
}

const rateOf = (rule: string, plant: string) => learningRates[basePlant(plant)]?.[rule];

/** What a rule is trained with on a plant, beside seed and plant. */
export function settingsOf(rule: string, plant: string): unknown {
  if (rule in contenders) return contenders[rule].settings;
  return { ...rules[rule].config, "learning-rate": rateOf(rule, plant) };
}

/** Trains. */
export async function trainOnce({ plant, rule, seed, minutes }: Job): Promise<Training> {
  const config = configOf({ rule, plant, seed, learningRate: rateOf(rule, plant) });
  const evaluation = await Evaluation.load(config);
  const found = await account(learnerFor(rule, config), evaluation, minutes, unitsOf(config));
  return { plant, rule, seed, settings: settingsOf(rule, plant), account: found };
}

/** The training of a job if it is over already, or a longer one: as much of it. `known`: those that are present. */
export function finished(job: Job, known: readonly Training[]): Training | undefined {
  const training = known.find((one) => isOf(job, one));
  return training && { ...training, account: firstOf(training.account, job.minutes.length) };
}

function isOf({ plant, rule, seed, minutes }: Job, { account, ...training }: Training): boolean {
  return (
    training.plant === plant &&
    training.rule === rule &&
    training.seed === seed &&
    minutes.every((at, i) => account.minutes[i] === at)
  );
}

/** Whether a training was by a rule that there is, with the settings that it has now. */
export function isPresent({ plant, rule, settings }: Training): boolean {
  return RULES.includes(rule) && JSON.stringify(settings) === JSON.stringify(settingsOf(rule, plant));
}
