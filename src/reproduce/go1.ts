/**
 * The paper's Go1: the authors' simulated quadruped trained within their data budget, and their recordings of the real one replayed.
 */
import { costAt, finalCost, minutesTo, spreadOf, worstCost } from "../compare/statistics.js";
import { digits } from "../output.js";
import { quadrupedFigure8 } from "../tasks/quadruped-figure8.js";
import { learningChart, trackChart } from "./go1-charts.js";
import { type Conformance, conformance, type Walked, walked } from "./go1-recordings.js";
import { BUDGET, RULES, type Swept, sweep, type Trained, trainAll } from "./go1-training.js";
import type { Section, Study } from "./study.js";

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
    const trained = await trainAll(seeds, swept);
    const conformances = reference === undefined ? [] : await conformance(reference);
    const walks = reference === undefined ? [] : await walked(reference);
    const worst = spreadOf(trained[0]?.curves.map(finalCost) ?? []).worst;
    return {
      title: "Go1",
      intro: [
        "The paper taught a Unitree Go1 the figure-8 with its kinematic model (12), which does not know that the robot walks 18 % faster than commanded and turns by 0.1 rad/s when told to walk straight (plant `nominal` of `quadruped-figure8`).",
        `Data budget: seven rollouts of 50.9 s, ${digits(BUDGET, 3)} min of driving, settling included. Costs: mean stage cost per control step, in % of the untrained policy's.`,
      ],
      sections: [
        trainingSection(trained, seeds),
        sweepSection(swept),
        ...(reference === undefined ? [] : [conformanceSection(conformances), walkedSection(walks)]),
      ],
      style:
        ".lap{--c:var(--blue)}.rollout{--c:var(--blue)}.full{--c:var(--green)}.truncated{--c:var(--orange)}.band.rollout,.band.truncated{stroke-dasharray:none}",
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
  },
};

function trainingSection(trained: readonly Trained[], seeds: number): Section {
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
    heading: `Simulated Go1, ${seeds} seeds`,
    text: [
      "Cost after so many minutes: median of the seeds. Last policy: in a rollout of its own, median (worst seed). To a tenth: driving until a policy first cost a tenth, median.",
    ],
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
    key: RULES.map(({ className, label }) => ({ className, label })),
  };
}

function sweepSection(swept: readonly Swept[]): Section {
  return {
    heading: "Learning rates",
    text: [
      "SGD: cost over the last fifth of the driving [% of untrained], worst of three seeds that are not among those above. The best rate is used.",
    ],
    table: [
      ["update", "learning rate", "late cost, worst seed"],
      ...swept.map(({ rule, rate, late }) => [rule, `${rate}`, Number.isFinite(late) ? percent(late) : "stopped"]),
    ],
  };
}

function conformanceSection(found: readonly Conformance[]): Section {
  const error = (value: number | null) => (value === null ? "-" : value.toExponential(1));
  return {
    heading: "Recorded real Go1: what replaying says",
    text: [
      "Largest errors: of the controller's commands from recorded states, references and gains; of the references from recorded setpoints; of the setpoints from the published network; of the recorded training costs, relative.",
    ],
    table: [
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
    ],
  };
}

function walkedSection(walks: readonly Walked[]): Section {
  const training = walks.filter(({ file }) => file === "go1-hw-train");
  const before = walks.find(({ file }) => file === "go1-hw-run-without-network");
  const after = walks.find(({ file }) => file === "go1-hw-run-with-network");
  let minutes = 0;
  const rows = training.map((walk) => {
    minutes += walk.minutes;
    return [`training, rollout ${walk.rollout}`, digits(minutes, 3), digits(walk.recordedCost ?? Number.NaN, 4), walk];
  }) as [string, string, string, Walked][];
  if (before) rows.push(["run without network", "-", "-", before]);
  if (after) rows.push(["run with network", "-", "-", after]);
  const first = training[0]?.cost ?? Number.NaN;
  return {
    heading: "Recorded real Go1: how it learned",
    text: [
      "Last whole laps of every recording (training: one, runs: two). The authors' cost sums overlapping windows, which begin where the rollout happens to be on the track.",
    ],
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
      ...rows.map(([name, driven, cost, walk]) => [
        name,
        driven,
        cost,
        digits(walk.cost, 3),
        digits((100 * walk.cost) / first, 3),
        digits(walk.radialError, 3),
        digits(walk.speed, 3),
      ]),
    ],
    ...(before && after
      ? {
          charts: [trackChart(quadrupedFigure8.task.parameters.radius ?? Number.NaN, before, after)],
          key: [
            { className: "line first", label: "without network" },
            { className: "line best", label: "with network" },
          ],
        }
      : {}),
  };
}
