/** Learning rates on trial: the best of each rule on each plant, by one criterion for all. */
import { digits } from "../output.js";
import { rules } from "./rules.js";
import { lateCost, spreadOf, worstCost } from "./statistics.js";
import type { Study } from "./study.js";
import { type Curve, configOf, type Job } from "./training.js";

/** No rollout of any seed may cost more than this part of the untrained policy's. */
export const BOUND = 1.2;
export const CRITERION =
  "lowest median cost of the last fifth of the minutes, among the rates with which no rollout of any seed cost " +
  `more than ${BOUND} times the untrained policy; where there is none, the rate whose worst rollout cost least`;

/** One rule on one plant with one rate; costs as parts of the untrained policy's. */
export interface Trial {
  readonly plant: string;
  readonly rule: string;
  readonly learningRate: number;
  /** median over the seeds, of the last fifth of the minutes */
  readonly late: number;
  /** highest of any rollout of any seed; infinite if one was stopped */
  readonly worst: number;
  readonly best: boolean;
}

/** All trainings: plants, within them rules with rates to try, within them rates, within them seeds. */
export function sweepJobs({ plants, updates, seeds, minutes }: Study): Job[] {
  return plants.flatMap((plant) =>
    updates.flatMap((rule) =>
      (rules[rule]?.rates ?? []).flatMap((learningRate) =>
        seeds.map((seed) => ({ rule, plant, seed, minutes, learningRate })),
      ),
    ),
  );
}

/** Judges the results of {@link sweepJobs}. */
export function judgeSweep({ seeds, minutes }: Study, jobs: readonly Job[], curves: readonly Curve[]): Trial[] {
  const trials: Trial[] = [];
  for (let first = 0; first < jobs.length; first += seeds.length) {
    const { plant, rule } = jobs[first];
    const learningRate = configOf(jobs[first])["learning-rate"];
    const group = curves.slice(first, first + seeds.length);
    const late = spreadOf(group.map((curve) => lateCost(curve, minutes))).median;
    trials.push({ plant, rule, learningRate, late, worst: spreadOf(group.map(worstCost)).worst, best: false });
  }
  return trials.map((trial) => {
    const rivals = trials.filter(({ plant, rule }) => plant === trial.plant && rule === trial.rule);
    return { ...trial, best: bestOf(rivals) === trial };
  });
}

function bestOf(rivals: readonly Trial[]): Trial | undefined {
  const safe = rivals.filter(({ worst }) => worst <= BOUND);
  const byLate = (a: Trial, b: Trial) => (b.late < a.late ? b : a);
  const byWorst = (a: Trial, b: Trial) => (b.worst < a.worst ? b : a);
  return safe.length > 0 ? safe.reduce(byLate) : rivals.reduce(byWorst);
}

/** The table for people. */
export function sweepRows(trials: readonly Trial[]): string[][] {
  const percent = (part: number) => (Number.isFinite(part) ? `${digits(100 * part, 3)} %` : "stopped");
  return [
    ["plant", "update", "learning rate", "late cost", "worst rollout", "chosen"],
    ...trials.map(({ plant, rule, learningRate, late, worst, best }) => [
      plant,
      rule,
      learningRate.toExponential(),
      percent(late),
      percent(worst),
      best ? "best" : "",
    ]),
  ];
}

/** learning-rates.ts as it stands beside this file. */
export function ratesModule(trials: readonly Trial[], command: string): string {
  const plants = [...new Set(trials.map(({ plant }) => plant))];
  const entries = plants.map((plant) => {
    const best = trials.filter((trial) => trial.plant === plant && trial.best);
    const pairs = best.map(({ rule, learningRate }) => `    ${key(rule)}: ${literal(learningRate)},\n`);
    return `  ${key(plant)}: {\n${pairs.join("")}  },\n`;
  });
  return `/**
 * Best learning rates by plant and rule. Written by \`${command}\`; how they are chosen and put here: docs/compare.md.
 */
export const learningRates: Readonly<Record<string, Readonly<Record<string, number>>>> = {
${entries.join("")}};
`;
}

const key = (name: string) => (/^\w+$/.test(name) ? name : JSON.stringify(name));
const literal = (rate: number) => (rate < 1e-2 ? rate.toExponential() : String(rate));
