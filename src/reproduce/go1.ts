/**
 * The paper's Go1: the authors' simulated quadruped trained within their data budget, and their recordings of the real
 * one replayed.
 */
import { costAt, finalCost, minutesTo, spreadOf, worstCost } from "../compare/statistics.js";
import { digits } from "../output.js";
import { quadrupedFigure8 } from "../tasks/quadruped-figure8.js";
import { learningChart, trackChart } from "./go1-charts.js";
import { type Conformance, conformance, type Walked, walked } from "./go1-recordings.js";
import { BUDGET, RULES, type Swept, sweep, type Trained, trainAll } from "./go1-training.js";
import type { Study, StudyPage } from "./study.js";
import { type SectionContent, studyText } from "./study-text.js";

/** What the last policy of every seed may cost, part of the untrained one's. */
const GOAL = 0.1;
/** Minutes that the table shows. */
const SHOWN = [1, 2, 4];

const percent = (part: number) => (part > 10 ? "over 1000" : digits(100 * part, 3));

export const go1: Study = {
  name: "go1",
  describe: "the Go1: simulated within the paper's data budget, recorded real runs replayed",
  run: async ({ seeds: given, quick, reference }) => {
    const seeds = given ?? (quick ? 3 : 10);
    const swept = await sweep();
    return pageOf(seeds, swept, await trainAll(seeds, swept), reference);
  },
};

/** The study's page, of trainings with seeds 1 to `seeds`; without `reference`: without the real robot. */
export async function pageOf(
  seeds: number,
  swept: readonly Swept[],
  trained: readonly Trained[],
  reference: string | undefined,
): Promise<StudyPage> {
  const conformances = reference === undefined ? [] : await conformance(reference);
  const walks = reference === undefined ? [] : await walked(reference);
  const { worst } = spreadOf(trained[0].curves.map(finalCost));
  return {
    ...studyText(
      "go1",
      { budget: digits(BUDGET, 3), seeds },
      {
        training: trainingContent(trained),
        rates: { table: sweepTable(swept) },
        conformance: reference === undefined ? undefined : { table: conformanceTable(conformances) },
        walked: reference === undefined ? undefined : walkedContent(walks),
      },
    ),
    style:
      ".lap{--c:var(--blue)}.rollout{--c:var(--blue)}.full{--c:var(--green)}.truncated{--c:var(--orange)}" +
      ".band.rollout,.band.truncated{stroke-dasharray:none}",
    results: {
      seeds,
      budget: BUDGET,
      sweep: swept,
      rules: trained.map(({ rule, learningRate, curves }) => ({ rule: rule.label, learningRate, curves })),
      conformance: conformances,
      walked: walks.map(({ x: _x, y: _y, ...numbers }) => numbers),
    },
    ...(worst < GOAL
      ? {}
      : { failure: `with the default update a seed ends at ${percent(worst)} % of the untrained policy's cost` }),
  };
}

function trainingContent(trained: readonly Trained[]): SectionContent {
  const rows = trained.map(({ rule, learningRate, curves }) => {
    const at = (minutes: number) => spreadOf(curves.map((curve) => costAt(curve, minutes)));
    const final = spreadOf(curves.map(finalCost));
    const reached = spreadOf(curves.map((curve) => minutesTo(curve, GOAL))).median;
    return [
      rule.label,
      `${learningRate}`,
      ...SHOWN.map((minutes) => percent(at(minutes).median)),
      `${percent(final.median)} (${percent(final.worst)})`,
      Number.isFinite(reached) ? `${digits(reached, 2)} min` : "not reached",
      percent(Math.max(...curves.map(worstCost))),
    ];
  });
  return {
    table: [
      [
        "update",
        "learning rate",
        ...SHOWN.map((minutes) => `after ${minutes} min`),
        "last policy (worst)",
        "to a tenth",
        "worst ever",
      ],
      ...rows,
    ],
    charts: [learningChart(trained)],
    key: RULES.map(({ className, label }) => ({ className: `median ${className}`, label })),
  };
}

function sweepTable(swept: readonly Swept[]): string[][] {
  return [
    ["update", "learning rate", "late cost, worst seed"],
    ...swept.map(({ rule, rate, late }) => [rule, `${rate}`, Number.isFinite(late) ? percent(late) : "stopped"]),
  ];
}

function conformanceTable(found: readonly Conformance[]): string[][] {
  const error = (value: number) => (Number.isNaN(value) ? "-" : value.toExponential(1));
  return [
    ["file", "rollouts", "commands", "command", "reference", "setpoint", "cost"],
    ...found.map((c) => [
      c.file,
      `${c.rollouts}`,
      `${c.commands}`,
      error(c.commandError),
      error(c.referenceError),
      error(c.setpointError),
      error(c.costError),
    ]),
  ];
}

function walkedContent(walks: readonly Walked[]): SectionContent {
  const of = (file: string) => walks.filter((walk) => walk.file === file);
  const training = of("go1-hw-train");
  const [before] = of("go1-hw-run-without-network");
  const [after] = of("go1-hw-run-with-network");
  let minutes = 0;
  const row = (name: string, driven: string, cost: string, walk: Walked) => [
    name,
    driven,
    cost,
    digits(walk.cost, 3),
    digits((100 * walk.cost) / training[0].cost, 3),
    digits(walk.radialError, 3),
    digits(walk.speed, 3),
  ];
  return {
    table: [
      [
        "recording",
        "driven [min]",
        "authors' cost",
        "mean stage cost",
        "% of first",
        "radial error, rms [m]",
        "speed [m/s]",
      ],
      ...training.map((walk) => {
        minutes += walk.minutes;
        const cost = digits(walk.recordedCost ?? Number.NaN, 4);
        return row(`training, rollout ${walk.rollout}`, digits(minutes, 3), cost, walk);
      }),
      row("run without network", "-", "-", before),
      row("run with network", "-", "-", after),
    ],
    charts: [trackChart(quadrupedFigure8.task.parameters.radius, before, after)],
    key: [
      { className: "line first", label: "without network" },
      { className: "line best", label: "with network" },
    ],
  };
}
