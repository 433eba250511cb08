/** What the study of figure 2 shows: tables, checks, a chart per model. */
import type { Spread } from "../compare/statistics.js";
import { digits } from "../output.js";
import { linearAxis, logAxis } from "../report/axis.js";
import type { Chart, Line } from "../report/chart.js";
import type { Figure2, Row } from "./figure2.js";
import { bestRate, CRITERION, gridOf, type Trial } from "./figure2-sweep.js";
import { BATCH, type ModelName, models, type Setting } from "./figure2-training.js";
import type { Section, StudyPage } from "./study.js";

/** Updates after which the tables show the cost; the last one is shown besides. */
const SHOWN = [0, 10, 60];
/** Costs [m^2] beyond these are cut off in the charts. */
const LEAST = 1;
const MOST = 3000;

/**
 * The same experiment, programmed independently, at the published rates and with the true model: mean cost of the batches of two seeds
 * before, after 10 and after 60 updates [m^2] (quoted there as sums over the batch).
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
  return {
    title: "Low-level feedback: the double pendulum (figure 2)",
    intro: [
      `An arm of two links has to bring its end to a point within 3 s. Closed loop: every 0.1 s the network moves setpoint and gains of an LQR. Open loop: every 0.01 s the network gives the torques. Plain gradient descent, batches of ${BATCH} rollouts, ${updates} updates, ${seeds} seeds. The arm that is driven always has the true parameters; only the model that is differentiated is wrong. The LQR, and the torques that open loop adds to, are designed with half the masses in every case. Cost: sum of the squared distance from the target over the 300 control steps of a rollout, mean over the batch [m²].`,
      "Truncated: gradients flow only within a segment, the time between two network calls. Full: they flow through the whole rollout. The published figure has closed loop truncated and open loop not, so it compares more than feedback; closed loop is here with the full gradient too. For open loop a segment is a single control step, whose cost does not depend on its own input: truncated, its gradient is exactly 0 and nothing is learned.",
    ],
    sections: [
      {
        heading: "Training curves",
        text: ["Figure: a chart per model; lines are medians over the seeds, bands quartiles."],
        charts: names.map((model) => chart(model, study)),
        key: rows
          .filter(({ model }) => model === names[0])
          .map((row) => ({ className: `median ${classOf(row)}`, label: label(row) })),
      },
      {
        heading: "Batch cost, at the best learning rates",
        text: [
          `Median (quartiles) over ${seeds} seeds. A training of which a rollout left its bounds, or whose gradient was not finite, counts as failed, with infinite cost from there on; one whose gradient became exactly 0 keeps its last cost.`,
        ],
        table: costTable(rows, updates),
      },
      comparison(study),
      {
        heading: "At the published learning rates, true model",
        text: [
          "Beside the same experiment programmed independently. The published rates are 2e-5 (closed) and 4e-7 (open) for gradients summed over a batch; the same steps have five times these rates for its mean.",
        ],
        table: [
          [...costHead(updates), "independent: before", "after 10", "after 60"],
          ...published.map((row) => [...costCells(row, updates), ...INDEPENDENT[row.loop]]),
        ],
      },
      {
        heading: "Learning rates",
        text: [
          `${gridOf({ model: "true", loop: "closed", truncation: "none" }).length} rates for each model, loop and truncation, in steps of about 2 over three decades. Median late cost [m²]; best: ${CRITERION}.`,
        ],
        table: sweepTable(trials),
      },
    ],
    style: `.closed-segment{--c:var(--blue)}.closed-none{--c:var(--green)}.open-none{--c:var(--orange)}.open-segment{--c:var(--purple)}`,
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
    ...shownOf(updates).map((k) => (row.spreads[k] ? cost(row.spreads[k]) : "-")),
    number(row.spreads[updates]?.worst),
    row.stuck > 0 ? `${row.failed}, ${row.stuck} without gradient` : `${row.failed}`,
  ];
}

function costTable(rows: readonly Row[], updates: number): string[][] {
  return [["model", ...costHead(updates)], ...rows.map((row) => [models[row.model].label, ...costCells(row, updates)])];
}

/** What is set against what: truncation of the closed and of the open loop's gradient. */
const PAIRS = [
  { closed: "segment", open: "none", name: "closed truncated, open full (as published)" },
  { closed: "none", open: "none", name: "full for both" },
  { closed: "segment", open: "segment", name: "both truncated" },
] as const;

/** A row per model and pair: closed against open loop after the last update. */
function comparison({ rows, updates }: Figure2): Section {
  const last = (model: ModelName, loop: Setting["loop"], truncation: Setting["truncation"]) =>
    rows.find((r) => r.model === model && r.loop === loop && r.truncation === truncation)?.spreads[updates];
  const compared = names.flatMap((model) =>
    PAIRS.map((pair) => ({
      names: [models[model].label, pair.name],
      ...betterIn(last(model, "closed", pair.closed), last(model, "open", pair.open)),
    })),
  );
  const all = compared.filter(({ better }) => better).length;
  return {
    heading: "Does closed loop end lower, with smaller spread?",
    text: [
      `After ${updates} updates, closed against open loop. Closed loop has the lower median, the smaller interquartile range and the better worst seed in ${all} of ${compared.length} rows.`,
    ],
    table: [
      ["model", "gradient", "median", "interquartile range", "worst seed", "closed loop better in all"],
      ...compared.map(({ names: cells, numbers, better }) => [...cells, ...numbers, better ? "yes" : "NO"]),
    ],
  };
}

function betterIn(closed: Spread | undefined, open: Spread | undefined): { numbers: string[]; better: boolean } {
  const pairs = [
    [closed?.median, open?.median],
    [closed && range(closed), open && range(open)],
    [closed?.worst, open?.worst],
  ];
  return {
    numbers: pairs.map((pair) => pair.map((value) => number(value)).join(" against ")),
    better: pairs.every(([c = Number.NaN, o = Number.NaN]) => c < o),
  };
}

/** Interquartile range; infinite as soon as the upper quartile is. */
const range = ({ lower, upper }: Spread) => (Number.isFinite(upper) ? upper - lower : Number.POSITIVE_INFINITY);
const number = (value: number | undefined) => digits(value, 3).replace("Infinity", "∞");

function chart(model: ModelName, { rows, updates }: Figure2): Chart {
  const own = rows.filter((row) => row.model === model);
  const least = Math.min(...own.flatMap(({ spreads }) => spreads.map(({ lower }) => lower)));
  const highest = own.flatMap(({ spreads }) => spreads.map(({ upper }) => upper)).filter(Number.isFinite);
  const at = Array.from({ length: updates + 1 }, (_, k) => k);
  return {
    heading: `Batch cost [m², logarithmic], ${models[model].label}`,
    note: "",
    description: `Batch cost against updates with the ${models[model].label}. The table below has the numbers.`,
    width: 1040,
    height: 330,
    fixedRatio: false,
    x: linearAxis({ lo: 0, hi: updates }, 10),
    y: logAxis({ lo: Math.max(LEAST, 0.85 * least), hi: Math.min(MOST, 1.15 * Math.max(...highest)) }),
    xLabel: "updates",
    lines: [...own.map((row) => band(row, at)), ...own.map((row) => median(row, at))],
    labels: [],
  };
}

/** What cannot be drawn, as a failed training's cost, lies far above. */
const drawn = (cost: number) => Math.min(cost, 1e9);

function median(row: Row, x: readonly number[]): Line {
  const y = row.spreads.map((spread) => drawn(spread.median));
  return { className: `median ${classOf(row)}`, x, y, hint: label(row) };
}

function band(row: Row, x: readonly number[]): Line {
  const y = [...row.spreads.map((s) => drawn(s.lower)), ...row.spreads.map((s) => drawn(s.upper)).reverse()];
  return { className: `band ${classOf(row)}`, x: [...x, ...[...x].reverse()], y };
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
