/**
 * Does the gradient tell the truth on the real robot? Predicted against realised change of cost between the rollouts of
 * the authors' recorded training runs, which needs no robot and no network.
 */
import { UserError } from "../errors.js";
import { digits } from "../output.js";
import { type Agreement, agreementOf, correlationOf } from "./agreement.js";
import { VARIANTS, type Variant } from "./predicted-change.js";
import { ofRobot, type Pair, pairsOf, type ReplayedRun, ROBOTS, RUNS, replayRuns, words } from "./prediction-pairs.js";
import { CHART_STYLE, scatterChart } from "./real-car-charts.js";
import { controlContent, controlsOf } from "./real-car-controls.js";
import { gainRows, gainTable } from "./real-car-gains.js";
import { between, DRAWS } from "./resampling.js";
import type { Study } from "./study.js";
import { type SectionContent, studyText } from "./study-text.js";

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
    if (reference === undefined) throw new UserError("study real-car needs reference data: --reference <folder>");
    const replayed = await replayRuns(reference);
    const rows = rowsOf(replayed);
    const gains = await gainRows(reference);
    const controls = controlsOf(replayed.filter(({ variant }) => variant.truncation === "none"));
    return {
      ...studyText(
        "real-car",
        { draws: DRAWS, models: modelText(replayed) },
        {
          scatter: scatterContent(replayed),
          agreement: { table: agreementTable(rows) },
          outputs: { table: outputTable(replayed) },
          gains: { table: gainTable(gains) },
          apart: { table: apartTable(rows) },
          controls: controlContent(replayed, controls),
          models: {},
        },
      ),
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

function scatterContent(replayed: readonly ReplayedRun[]): SectionContent {
  return {
    charts: VARIANTS.map((variant) =>
      scatterChart(
        words(variant),
        replayed.filter((run) => run.variant === variant).map((run) => ({ run: run.run, pairs: pairsOf(run, 1) })),
      ),
    ),
    key: [
      ...RUNS.map(({ className, label }) => ({ className: `median ${className}`, label })),
      { className: "median car", label: "JetRacer, slope of both runs" },
    ],
  };
}

const correlationCell = ({ correlation, correlationInterval }: Agreement) =>
  `${digits(correlation, 2)} (${between(correlationInterval)})`;
const slopeCell = ({ slope, slopeInterval }: Agreement) => `${digits(slope, 2)} (${between(slopeInterval)})`;
const signCell = ({ rightSign, pairs }: Agreement) => `${rightSign} of ${pairs}`;

function agreementTable(rows: readonly Row[]): string[][] {
  return [
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
    ...rows
      .filter(({ apart }) => apart === 1)
      .map(({ variant, of, agreement: a }) => [
        of,
        words(variant),
        `${a.pairs}`,
        correlationCell(a),
        digits(a.rankCorrelation, 2),
        slopeCell(a),
        `${digits(a.lineSlope, 2)}, ${thousandths(a.intercept)}`,
        thousandths(a.meanPredicted),
        thousandths(a.meanRealised),
        signCell(a),
      ]),
  ];
}

function outputTable(replayed: readonly ReplayedRun[]): string[][] {
  const rows = VARIANTS.filter(({ truncation }) => truncation === "none").flatMap((variant) =>
    ROBOTS.map((robot) => {
      const pairs = ofRobot(replayed, robot)
        .filter((run) => run.variant === variant)
        .flatMap((run) => pairsOf(run, 1));
      const cells = (by: (pair: Pair) => number) => [
        thousandths(pairs.reduce((sum, pair) => sum + by(pair), 0) / pairs.length),
        digits(correlationOf(pairs.map((pair) => ({ ...pair, predicted: by(pair) }))), 2),
      ];
      return [robot, words(variant), ...cells((pair) => pair.bySetpoints), ...cells((pair) => pair.byGains)];
    }),
  );
  return [["robot", "gradient", "by setpoints, mean", "correlation", "by gains, mean", "correlation"], ...rows];
}

function apartTable(rows: readonly Row[]): string[][] {
  const chosen = rows.filter(
    ({ variant, of }) => variant.truncation === "none" && (of === "Go1" || of === "JetRacer, both"),
  );
  return [
    ["robot", "gradient", "rollouts apart", "pairs", "correlation (95 %)", "slope (95 %)", "right sign"],
    ...chosen
      .toSorted((a, b) => a.of.localeCompare(b.of) * 10 + a.apart - b.apart)
      .map(({ variant, of, apart, agreement: a }) => [
        of,
        words(variant),
        `${apart}`,
        `${a.pairs}`,
        correlationCell(a),
        slopeCell(a),
        signCell(a),
      ]),
  ];
}

/** What the fits came out as, lowest and highest of a run: a paragraph per run. */
function modelText(replayed: readonly ReplayedRun[]): string {
  return replayed
    .filter(({ variant }) => variant.model === "fitted" && variant.truncation === "none")
    .map(({ run, rollouts }) => {
      const models = rollouts.map(
        ({ model: { parameters, delays } }): Record<string, number> => ({
          ...parameters,
          ...Object.fromEntries(delays.map((delay, i) => [`delay ${i + 1}`, delay])),
        }),
      );
      const ranges = Object.keys(models[0]).map((name) => {
        const values = models.map((model) => model[name]);
        return `${name} ${digits(Math.min(...values), 3)} to ${digits(Math.max(...values), 3)}`;
      });
      return `${run.label}: ${ranges.join(", ")}.`;
    })
    .join("\n\n");
}
