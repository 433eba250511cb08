/**
 * Does the gradient tell the truth on the real robot? Predicted against realised change of cost between the rollouts of the authors'
 * recorded training runs, which needs no robot and no network.
 */
import { digits } from "../output.js";
import { type Agreement, agreementOf, correlationOf } from "./agreement.js";
import { VARIANTS, type Variant } from "./predicted-change.js";
import { ofRobot, type Pair, pairsOf, type ReplayedRun, ROBOTS, RUNS, replayRuns, words } from "./prediction-pairs.js";
import { CHART_STYLE, scatterChart } from "./real-car-charts.js";
import { controlSection, controlsOf } from "./real-car-controls.js";
import { gainRows, gainSection } from "./real-car-gains.js";
import { between } from "./resampling.js";
import type { Section, Study } from "./study.js";

/** Distances of two rollouts that are looked at. */
const APART = [1, 2, 3];
/** Costs in the tables are in thousandths. */
const thousandths = (value: number) => (1e3 * value).toPrecision(3);

/** Agreement of one run, or of all runs of a robot. */
export interface Row {
  readonly variant: Variant;
  readonly of: string;
  readonly apart: number;
  readonly agreement: Agreement;
}

export const realCar: Study = {
  name: "real-car",
  describe: "predicted against realised change of cost on the authors' real robots",
  needsReference: true,
  run: async ({ reference }) => {
    const replayed = await replayRuns(reference ?? "");
    const rows = rowsOf(replayed);
    const gains = await gainRows(reference ?? "");
    const controls = controlsOf(replayed.filter(({ variant }) => variant.truncation === "none"));
    return {
      title: "Does the gradient tell the truth on the real robot?",
      intro: [
        "The authors published three training runs on real robots: two of 15 rollouts with the JetRacer, one of 10 rollouts with the Unitree Go1. For every two consecutive rollouts: the co-state gradient of the mean stage cost with respect to the network outputs along the earlier one, times the change of the outputs that the later rollout's network made at the same lap phase, is the change of cost that the gradient predicts. It is set against the change that came about. Neither weights nor robot are needed, only what was recorded.",
        "One window per rollout instead of the authors' overlapping ones: outputs vary from segment 40 (Go1: 10) to n - 3, the cost counts over the last whole laps of these (JetRacer three, Go1 one), as mean per control step. Outputs over the lap phase (task time modulo lap time) are linear between network calls and averaged over these laps, of both rollouts. Models: the paper's raw (11) and (12); or fitted, with delays, to the settled driving of the last three rollouts up to the earlier one, as training would. Intervals: the middle 95 % of 2000 resamplings of the pairs.",
      ],
      sections: [
        ...scatterSections(replayed),
        agreementSection(rows),
        groupSection(replayed),
        gainSection(gains),
        apartSection(rows),
        controlSection(replayed, controls),
        modelSection(replayed),
      ],
      style: CHART_STYLE,
      results: {
        rows,
        gains,
        controls,
        pairs: replayed.flatMap((run) => pairsOf(run, 1).map((pair) => ({ ...run.variant, ...pair }))),
      },
    };
  },
};

/** Agreement of every run and every robot, per variant and distance. */
function rowsOf(replayed: readonly ReplayedRun[]): Row[] {
  return VARIANTS.flatMap((variant) => {
    const runs = replayed.filter((run) => run.variant === variant);
    const row = (of: string, chosen: readonly ReplayedRun[], apart: number): Row => ({
      variant,
      of,
      apart,
      agreement: agreementOf(chosen.flatMap((run) => pairsOf(run, apart))),
    });
    return [
      ...runs.map((run) => row(run.run.label, [run], 1)),
      ...APART.map((apart) => row("JetRacer, both", ofRobot(runs, "JetRacer"), apart)),
      ...APART.slice(1).map((apart) => row("Go1", ofRobot(runs, "Go1"), apart)),
    ];
  });
}

function scatterSections(replayed: readonly ReplayedRun[]): Section[] {
  const charts = VARIANTS.map((variant) =>
    scatterChart(
      words(variant),
      replayed.filter((run) => run.variant === variant).map((run) => ({ run: run.run, pairs: pairsOf(run, 1) })),
    ),
  );
  const key = [
    ...RUNS.map(({ className, label }) => ({ className: `median ${className}`, label })),
    { className: "median car", label: "JetRacer, slope of both runs" },
  ];
  return [{ heading: "Predicted and realised change of the mean stage cost", charts, key }];
}

function agreementSection(rows: readonly Row[]): Section {
  const cells = ({ variant, of, agreement: a }: Row) => [
    of,
    words(variant),
    `${a.pairs}`,
    `${digits(a.correlation, 2)} (${between(a.correlationInterval)})`,
    digits(a.rankCorrelation, 2),
    `${digits(a.slope, 2)} (${between(a.slopeInterval)})`,
    `${digits(a.lineSlope, 2)}, ${thousandths(a.intercept)}`,
    thousandths(a.meanPredicted),
    thousandths(a.meanRealised),
    `${a.rightSign} of ${a.pairs}`,
  ];
  return {
    heading: "Agreement",
    text: [
      "Correlation (Pearson's, and Spearman's of ranks) and slope of realised over predicted changes: of the line through 0, and slope and intercept of the free line. Costs in thousandths.",
    ],
    table: [
      [
        "robot",
        "gradient",
        "pairs",
        "correlation (95 %)",
        "of ranks",
        "slope (95 %)",
        "free line",
        "mean predicted",
        "mean realised",
        "right sign",
      ],
      ...rows.filter(({ apart }) => apart === 1).map(cells),
    ],
  };
}

function groupSection(replayed: readonly ReplayedRun[]): Section {
  const rows = VARIANTS.filter(({ truncation }) => truncation === "none").flatMap((variant) =>
    ROBOTS.map((robot) => {
      const pairs = ofRobot(replayed, robot)
        .filter((run) => run.variant === variant)
        .flatMap((run) => pairsOf(run, 1));
      const by = (of: (pair: Pair) => number) => pairs.map((pair) => ({ ...pair, predicted: of(pair) }));
      const mean = (of: (pair: Pair) => number) => thousandths(pairs.reduce((sum, p) => sum + of(p), 0) / pairs.length);
      const correlation = (of: (pair: Pair) => number) => digits(correlationOf(by(of)), 2);
      return [
        robot,
        words(variant),
        mean((p) => p.bySetpoints),
        correlation((p) => p.bySetpoints),
        mean((p) => p.byGains),
        correlation((p) => p.byGains),
      ];
    }),
  );
  return {
    heading: "By output",
    text: ["Which outputs the predicted change comes from, and how each part alone correlates with the realised one."],
    table: [["robot", "gradient", "by setpoints, mean", "correlation", "by gains, mean", "correlation"], ...rows],
  };
}

function apartSection(rows: readonly Row[]): Section {
  const chosen = rows.filter(
    ({ variant, of }) => variant.truncation === "none" && (of === "Go1" || of === "JetRacer, both"),
  );
  return {
    heading: "Rollouts further apart",
    text: [
      "The change of cost grows with the distance of two rollouts, the scatter of their costs does not, so the correlation rises. The prediction is linear, the cost is not, so the slope falls a little.",
    ],
    table: [
      ["robot", "gradient", "rollouts apart", "pairs", "correlation (95 %)", "slope (95 %)", "right sign"],
      ...chosen
        .toSorted((a, b) => a.of.localeCompare(b.of) * 10 + a.apart - b.apart)
        .map(({ variant, of, apart, agreement: a }) => [
          of,
          words(variant),
          `${apart}`,
          `${a.pairs}`,
          `${digits(a.correlation, 2)} (${between(a.correlationInterval)})`,
          `${digits(a.slope, 2)} (${between(a.slopeInterval)})`,
          `${a.rightSign} of ${a.pairs}`,
        ]),
    ],
  };
}

/** What the fits came out as, lowest and highest of a run. */
function modelSection(replayed: readonly ReplayedRun[]): Section {
  const text = replayed
    .filter(({ variant }) => variant.model === "fitted" && variant.truncation === "none")
    .map(({ run, rollouts }) => {
      const models = rollouts.map(({ model: { parameters, delays } }) => ({
        ...parameters,
        ...Object.fromEntries(delays.map((delay, i) => [`delay ${i + 1}`, delay])),
      }));
      const range = (name: string) => {
        const values = models.map((model) => (model as Record<string, number>)[name] ?? 0).sort((a, b) => a - b);
        return `${name} ${digits(values[0] ?? 0, 3)} to ${digits(values.at(-1) ?? 0, 3)}`;
      };
      return `${run.label}: ${Object.keys(models[0] ?? {})
        .map(range)
        .join(", ")}.`;
    });
  return {
    heading: "Fitted models",
    text: ["Lowest and highest of the fits of a run; delays in control steps (JetRacer 20 ms, Go1 0.1 s).", ...text],
  };
}
