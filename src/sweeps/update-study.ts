/**
 * The study of the Gauss-Newton update on plants from easy to nasty: which trainings there are, what they cost in % of
 * the untrained rollout (or steady lap), and whether what was aimed at was reached.
 */

import { spreadOf } from "../compare/statistics.js";
import type { PartialConfig } from "../config/config.js";
import { UserError } from "../errors.js";
import { digits } from "../output.js";
import type { StudyPage } from "../reproduce/study.js";
import type { Job } from "./job.js";
import { untrainedLap } from "./training.js";

/** One plant and what is aimed at there. */
interface Case {
  readonly name: string;
  readonly given: PartialConfig;
  /** [updates, or lap, largest median in %] */
  readonly aims: readonly (readonly [number, number])[];
  /** [first update, or lap, largest factor of the untrained cost, any seed] */
  readonly never?: readonly [number, number];
  /** of the untrained steady lap: [metric, its name, unit, least, most] */
  readonly untrained?: readonly (readonly [
    "meanCost" | "meanSpeed" | "rmsRadialError",
    string,
    string,
    number,
    number,
  ])[];
}

/** Cases that are trained alike. */
interface CaseGroup {
  readonly what: "rollout" | "lap";
  /** updates, or laps, that the table shows */
  readonly shown: readonly number[];
  readonly common: PartialConfig;
  readonly cases: readonly Case[];
}

const GROUPS: readonly CaseGroup[] = [
  {
    what: "rollout",
    shown: [1, 2, 4, 8, 12],
    common: { "update-every": "rollout", rollouts: 13 },
    cases: [
      {
        name: "nominal, model scale 0.5",
        given: { model: "nominal", "model-scale": 0.5 },
        aims: [
          [4, 5],
          [12, 1.5],
        ],
      },
      {
        name: "nominal, delay 0.12 s, lag 0.05 s, noise 2 mm",
        given: { "plant-delay": [0.12], "plant-lag": [0.05], "plant-noise": [0.002] },
        aims: [
          [4, 5],
          [12, 1.5],
        ],
      },
      {
        name: "identified",
        given: { plant: "identified" },
        aims: [
          [4, 6],
          [12, 2.5],
        ],
        never: [2, 1],
      },
      {
        name: "single-track",
        given: { plant: "single-track" },
        aims: [
          [4, 25],
          [12, 8],
        ],
        never: [1, 1.2],
      },
    ],
  },
  {
    what: "lap",
    shown: [1, 2, 3, 6, 10, 20],
    common: { rollouts: 20 },
    cases: [
      { name: "nominal", given: {}, aims: [[20, 0.16]], never: [2, 0.6] },
      {
        name: "identified",
        given: { plant: "identified" },
        aims: [
          [3, 8],
          [20, 0.6],
        ],
        never: [2, 0.6],
        // like the real car: 0.117 within a quarter, 2.8 m/s, 0.31 m
        untrained: [
          ["meanCost", "cost per step", "", 0.0878, 0.1463],
          ["meanSpeed", "mean speed", " m/s", 2.6, 3],
          ["rmsRadialError", "radial error", " m", 0.23, 0.39],
        ],
      },
      {
        name: "identified, noise 5 mm",
        given: { plant: "identified", "plant-noise": [0.005] },
        aims: [
          [3, 8],
          [12, 2],
        ],
        never: [2, 0.6],
      },
      {
        name: "identified, delay 0.16 s, lag 0.1 s",
        given: { plant: "identified", "plant-delay": [0.16], "plant-lag": [0.1] },
        aims: [[10, 20]],
        never: [2, 1],
      },
      {
        name: "single-track",
        given: { plant: "single-track" },
        aims: [
          [6, 10],
          [20, 3.5],
        ],
        never: [2, 0.6],
      },
    ],
  },
];

/** An aim: what is trained per, on which plant, the aim and what was reached in words, whether that is enough. */
export type Verdict = readonly [string, string, string, string, boolean];

/** All trainings: groups, within them cases, within them seeds from 1. */
export function updateStudyJobs(seeds: number): Job[] {
  return GROUPS.flatMap(({ common, cases }) =>
    cases.flatMap(({ given }) =>
      Array.from({ length: seeds }, (_, i) => ({
        kind: "window-costs",
        settings: { ...common, ...given, seed: i + 1 },
      })),
    ),
  );
}

/** What the trainings say: a table for each of rollouts and laps, and the verdicts. `costs`: one row per job. */
export async function judgeUpdates(seeds: number, costs: readonly (readonly number[])[]) {
  const tables: string[][][] = [];
  const verdicts: Verdict[] = [];
  let next = 0;
  for (const group of GROUPS) {
    const { what, shown, cases } = group;
    const head = shown.map((number) => (what === "lap" ? `lap ${number}` : `after ${number}`));
    const rows = [["plant", "untrained cost", ...head, "worst of all"]];
    for (const one of cases) {
      const judged = await judgeCase(one, group, costs.slice(next, next + seeds));
      next += seeds;
      rows.push(judged.row);
      verdicts.push(...judged.verdicts);
    }
    tables.push(rows);
  }
  return { tables, verdicts };
}

/** The table of verdicts. */
export function verdictRows(verdicts: readonly Verdict[]): string[][] {
  const rows = verdicts.map(([what, name, aim, reached, ok]) => [what, name, aim, reached, ok ? "yes" : "**no**"]);
  return [["per", "plant", "aim", "reached", "met"], ...rows];
}

/** The page of a plan's answers: of the seeds with which every case is trained. */
export async function updateStudyPage(seeds: number, answers: readonly unknown[]): Promise<StudyPage> {
  const places = Array.from({ length: seeds }, (_, seed) => seed).filter((seed) =>
    answers.every((answer, i) => i % seeds !== seed || answer !== undefined),
  );
  if (places.length === 0) throw new UserError("there is no seed with which all cases are trained", 1);
  const costs = answers.filter((_, i) => places.includes(i % seeds)) as number[][];
  const { tables, verdicts } = await judgeUpdates(places.length, costs);
  const seedsShown = `${places.length} seed${places.length === 1 ? "" : "s"}`;
  const text = [`Window cost in % of the untrained one: median of ${seedsShown}, the worst seed in brackets.`];
  return {
    title: "The Gauss-Newton update on several plants",
    intro: text,
    sections: [
      { heading: "An update per rollout", table: tables[0] },
      { heading: "One drive without stops", table: tables[1] },
      { heading: "What was aimed at", table: verdictRows(verdicts) },
    ],
    results: { seeds: places.length, perRollout: tables[0], perLap: tables[1], verdicts },
  };
}

const shownCost = (cost: number) => (Number.isFinite(cost) ? digits(cost, 3) : "stopped");
const median = (numbers: readonly number[]) => spreadOf(numbers).median;

/** The case's row of the table, and a verdict for everything that was aimed at. */
async function judgeCase(
  { name, given, aims, never, untrained = [] }: Case,
  { what, shown }: CaseGroup,
  curves: readonly (readonly number[])[],
) {
  // laps are learned in from the first on: what is untrained was driven without the network
  const byLap = what === "lap";
  const lap = byLap ? await untrainedLap(given) : undefined;
  const place = (number: number) => (byLap ? number - 1 : number);
  const parts = curves.map((curve) => curve.map((cost) => cost / (lap?.cost ?? curve[0])));
  const at = (number: number) => parts.map((part) => 100 * part[place(number)]);
  const largest = (from: number) => Math.max(...parts.flatMap((part) => part.slice(place(from))));
  const cells = shown.map((number) => `${shownCost(median(at(number)))} (${shownCost(Math.max(...at(number)))})`);
  const first = shownCost(lap?.cost ?? median(curves.map((curve) => curve[0])));
  const row = [name, first, ...cells, shownCost(100 * largest(byLap ? 2 : 1))];
  const verdicts = aims.map(([number, most]): Verdict => {
    const reached = median(at(number));
    const aim = `median ≤ ${most} % ${byLap ? "in lap" : "after"} ${number}`;
    return [what, name, aim, `${shownCost(reached)} %`, reached <= most];
  });
  for (const [metric, words, unit, least, most] of untrained) {
    const reached = lap?.[metric] ?? Number.NaN; // it is asked for of laps only
    const aim = `untrained ${words} ${least} to ${most}${unit}`;
    verdicts.push([what, name, aim, `${shownCost(reached)}${unit}`, least <= reached && reached <= most]);
  }
  if (never) {
    const [from, factor] = never;
    const reached = largest(from);
    const since = byLap ? `from lap ${from} on` : `after update ${from}`;
    const aim = `no ${what} ${since} above ${factor} × the untrained one, any seed`;
    verdicts.push([what, name, aim, `${shownCost(reached)} ×`, reached <= factor]);
  }
  return { row, verdicts };
}
