/** What the study of figure 2 shows: tables, checks, a chart per model. */
import { spreadLines } from "../compare/spread-lines.js";
import type { Spread } from "../compare/statistics.js";
import { digits } from "../output.js";
import { linearAxis, logAxis } from "../report/axis.js";
import type { Chart } from "../report/chart.js";
import type { Figure2, Row } from "./figure2-rows.js";
import { bestRate, gridOf, type Trial, TUNING_SEEDS, UPDATES } from "./figure2-sweep.js";
import { BATCH, type ModelName, models, type Setting } from "./figure2-training.js";
import type { StudyPage } from "./study.js";
import { studyText } from "./study-text.js";

/** Updates after which the tables show the cost; the last one is shown besides. */
const SHOWN = [0, 10, 60];
/** Costs [m^2] beyond these are cut off in the charts. */
const LEAST = 1;
const MOST = 3000;

/**
 * The same experiment, programmed independently, at the published rates and with the true model: mean cost of the
 * batches of two seeds before, after 10 and after 60 updates [m^2] (quoted there as sums over the batch).
 */
const INDEPENDENT: Readonly<Record<Setting["loop"], readonly string[]>> = {
  closed: ["1170", "6 to 10", "2 to 8"],
  open: ["320 to 480", "not noted", "60 to 120"],
};

const label = ({ loop, truncation }: Pick<Setting, "loop" | "truncation">) =>
  `${loop} loop, ${truncation === "none" ? "full" : "truncated"}`;
const classOf = ({ loop, truncation }: Pick<Setting, "loop" | "truncation">) => `${loop}-${truncation}`;
const names = Object.keys(models) as ModelName[];

export function figure2Page(study: Figure2): StudyPage {
  const { seeds, updates, rows, published, trials } = study;
  const compared = comparison(study);
  const values = {
    batch: BATCH,
    updates,
    seeds,
    better: compared.filter(({ better }) => better).length,
    compared: compared.length,
    rates: gridOf({ model: "true", loop: "closed", truncation: "none" }).length,
    sweepSeeds: TUNING_SEEDS.length,
    firstSeed: TUNING_SEEDS[0],
    lastSeed: TUNING_SEEDS[TUNING_SEEDS.length - 1],
    sweepUpdates: UPDATES,
  };
  return {
    ...studyText("figure2", values, {
      curves: {
        charts: names.map((model) => chart(model, study)),
        key: rows
          .filter(({ model }) => model === names[0])
          .map((row) => ({ className: `median ${classOf(row)}`, label: label(row) })),
      },
      costs: {
        table: [
          ["model", ...costHead(updates)],
          ...rows.map((row) => [models[row.model].label, ...costCells(row, updates)]),
        ],
      },
      comparison: {
        table: [
          ["model", "gradient", "median", "interquartile range", "worst seed", "closed loop better in all"],
          ...compared.map(({ names: cells, numbers, better }) => [...cells, ...numbers, better ? "yes" : "NO"]),
        ],
      },
      published: {
        table: [
          [...costHead(updates), "independent: before", "after 10", "after 60"],
          ...published.map((row) => [...costCells(row, updates), ...INDEPENDENT[row.loop]]),
        ],
      },
      rates: { table: sweepTable(trials) },
    }),
    style:
      ".closed-segment{--c:var(--blue)}.closed-none{--c:var(--green)}" +
      ".open-none{--c:var(--orange)}.open-segment{--c:var(--purple)}",
    results: { seeds, updates, rows, published, sweep: trials },
  };
}

const shownOf = (updates: number) => [...SHOWN.filter((k) => k < updates), updates];

function costHead(updates: number): string[] {
  const costs = shownOf(updates).map((k) => (k === 0 ? "before" : `after ${k}`));
  return ["policy, gradient", "rate", ...costs, "worst seed", "failed"];
}

function costCells(row: Row, updates: number): string[] {
  const cost = ({ median, lower, upper }: Spread) => `${number(median)} (${number(lower)} to ${number(upper)})`;
  return [
    label(row),
    row.loop === "open" && row.truncation === "segment" ? "any" : row.learningRate.toExponential(),
    ...shownOf(updates).map((k) => cost(row.spreads[k])),
    number(row.spreads[updates].worst),
    row.stuck > 0 ? `${row.failed}, ${row.stuck} without gradient` : `${row.failed}`,
  ];
}

/** What is set against what: truncation of the closed and of the open loop's gradient. */
const PAIRS = [
  { closed: "segment", open: "none", name: "closed truncated, open full (as published)" },
  { closed: "none", open: "none", name: "full for both" },
  { closed: "segment", open: "segment", name: "both truncated" },
] as const;

/** A row per model and pair: closed against open loop after the last update. */
function comparison({ rows, updates }: Figure2) {
  const last = (model: ModelName, loop: Setting["loop"], truncation: Setting["truncation"]) =>
    rows.filter((r) => r.model === model && r.loop === loop && r.truncation === truncation)[0].spreads[updates];
  return names.flatMap((model) =>
    PAIRS.map((pair) => ({
      names: [models[model].label, pair.name],
      ...betterIn(last(model, "closed", pair.closed), last(model, "open", pair.open)),
    })),
  );
}

function betterIn(closed: Spread, open: Spread): { numbers: string[]; better: boolean } {
  const pairs = [
    [closed.median, open.median],
    [range(closed), range(open)],
    [closed.worst, open.worst],
  ];
  return {
    numbers: pairs.map((pair) => pair.map(number).join(" against ")),
    better: pairs.every(([c, o]) => c < o),
  };
}

/** Interquartile range; infinite as soon as the upper quartile is. */
const range = ({ lower, upper }: Spread) => (Number.isFinite(upper) ? upper - lower : Number.POSITIVE_INFINITY);
const number = (value: number) => digits(value, 3).replace("Infinity", "∞");

function chart(model: ModelName, { rows, updates }: Figure2): Chart {
  const own = rows.filter((row) => row.model === model);
  const least = Math.min(...own.flatMap(({ spreads }) => spreads.map(({ lower }) => lower)));
  const highest = own.flatMap(({ spreads }) => spreads.map(({ upper }) => upper)).filter(Number.isFinite);
  const at = Array.from({ length: updates + 1 }, (_, k) => k);
  const curves = own.map((row) => ({ className: classOf(row), hint: label(row), spreads: row.spreads }));
  return {
    heading: `Batch cost [m², logarithmic], ${models[model].label}`,
    description: `Batch cost against updates with the ${models[model].label}. The table below has the numbers.`,
    width: 1040,
    height: 330,
    x: linearAxis({ lo: 0, hi: updates }, 10),
    y: logAxis({ lo: Math.max(LEAST, 0.85 * least), hi: Math.min(MOST, 1.15 * Math.max(...highest)) }),
    xLabel: "updates",
    // What cannot be drawn, as a failed training's cost, lies far above.
    lines: spreadLines(curves, at, (cost) => Math.min(cost, 1e9)),
  };
}

/** A line per policy, gradient and rate; the models side by side. */
function sweepTable(trials: readonly Trial[]): string[][] {
  const rows = trials.filter(({ model }) => model === names[0]);
  return [
    ["policy, gradient", "rate", ...names.map((model) => models[model].label)],
    ...rows.map((row) => [
      label(row),
      row.learningRate.toExponential(),
      ...names.map((model) => trialCell(trials, { ...row, model })),
    ]),
  ];
}

/** e.g. "3.21, best", "∞, 3 failed" */
function trialCell(trials: readonly Trial[], row: Trial): string {
  const rate = row.learningRate;
  const trial = trials.find((t) => classOf(t) === classOf(row) && t.model === row.model && t.learningRate === rate);
  if (!trial) return "-";
  const late = trial.late === null ? "∞" : digits(trial.late, 3);
  const failed = trial.failed > 0 ? `, ${trial.failed} failed` : "";
  return `${late}${failed}${bestRate(trials, row) === rate ? ", best" : ""}`;
}
