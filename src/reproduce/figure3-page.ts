/** What the study of figure 3 shows: two charts and a table per plant. */
import { labelOf } from "../compare/learner.js";
import { LOOK_STYLE, lookOf } from "../compare/looks.js";
import { spreadLines } from "../compare/spread-lines.js";
import type { Spread } from "../compare/statistics.js";
import { digits } from "../output.js";
import { logAxis } from "../report/axis.js";
import type { Chart } from "../report/chart.js";
import type { Row } from "./figure3-rows.js";
import type { Section, StudyPage } from "./study.js";
import { studyText } from "./study-text.js";

/** Minutes that the tables show, as far as they were driven. */
const SHOWN = [1, 5, 10, 20, 60];
/** Costs [% of untrained] beyond these are cut off in the charts. */
const LEAST = 0.1;
const MOST = 1000;

export function figure3Page(rows: readonly Row[]): Omit<StudyPage, "files"> {
  const plants = [...new Set(rows.map(({ plant }) => plant))];
  const rules = [...new Set(rows.map(({ rule }) => rule))];
  const seeds = [...new Set(rows.map((row) => row.seeds))].sort((a, b) => b - a);
  const text = studyText(
    "figure3",
    { seeds: seeds.join(" or ") },
    {
      rules: {
        table: [["rule", "what it is"], ...rules.map((rule) => [`\`${rule}\``, labelOf(rule)])],
        key: rules.map((rule) => ({ className: `median ${lookOf(rule)}`, label: rule })),
      },
      stopped: { table: [["plant", "rule", "seed", "after", "why"], ...failureRows(rows)] },
    },
  );
  const [first, last] = text.sections;
  return {
    ...text,
    sections: [
      first,
      ...plants.map((plant) =>
        plantSection(
          plant,
          rows.filter((row) => row.plant === plant),
        ),
      ),
      ...(rows.some(({ failures }) => failures.length > 0) ? [last] : []),
    ],
    style: LOOK_STYLE,
    results: { rows: rows.map(numbersOf) },
  };
}

function plantSection(plant: string, rows: readonly Row[]): Section {
  const shown = SHOWN.filter((at) => rows.some(({ minutes }) => minutes.includes(at)));
  const last = Math.max(...rows.map(({ minutes }) => minutes[minutes.length - 1]));
  const columns = shown.includes(last) ? shown : [...shown, last];
  const cells = (row: Row, of: "evaluation" | "whileLearning") =>
    columns.map((at) => {
      const place = row.minutes.indexOf(at);
      return place < 0 ? "-" : cell(row[of][place]);
    });
  return {
    heading: `Plant ${plant}`,
    charts: [
      chart(plant, rows, "evaluation", "Policy, evaluated"),
      chart(plant, rows, "whileLearning", "All driving until then"),
    ],
    table: [
      [
        "rule",
        "seeds",
        ...columns.map((at) => `policy, ${at} min`),
        ...columns.map((at) => `driving, ${at} min`),
        "worst lap",
      ],
      ...rows.map((row) => [
        row.rule,
        `${row.seeds}`,
        ...cells(row, "evaluation"),
        ...cells(row, "whileLearning"),
        percent(row.worstLap),
      ]),
    ],
  };
}

const percent = (part: number) => (Number.isFinite(part) ? digits(100 * part, part < 1 ? 2 : 3) : "stopped");
const cell = ({ median, worst }: Spread) => `${percent(median)} (${percent(worst)})`;

function chart(plant: string, rows: readonly Row[], of: "evaluation" | "whileLearning", what: string): Chart {
  const costs = rows.flatMap((row) => row[of].flatMap(({ lower, upper }) => [100 * lower, 100 * upper]));
  const drawable = costs.filter((cost) => Number.isFinite(cost) && cost > 0);
  const times = rows.flatMap(({ minutes }) => minutes);
  const last = Math.max(...times);
  const lines = rows.map(({ rule, minutes, [of]: spreads }) => ({
    minutes,
    curve: { className: lookOf(rule), hint: labelOf(rule), spreads },
  }));
  return {
    heading: `${what}: cost [% of untrained], plant ${plant}`,
    description: `${what}: cost against minutes of driving on plant ${plant}. The table has the numbers.`,
    width: 1040,
    height: 330,
    x: logAxis({ lo: Math.min(...times, 0.5 * last), hi: last }),
    y: logAxis({
      lo: Math.max(LEAST, 0.85 * Math.min(...drawable)),
      hi: Math.min(MOST, 1.15 * Math.max(100, ...drawable)),
    }),
    xLabel: "driving [min]",
    // What cannot be drawn, as a stopped training's cost, lies far above.
    lines: lines.flatMap(({ minutes, curve }) => spreadLines([curve], minutes, (cost) => 100 * Math.min(cost, 1e6))),
  };
}

function failureRows(rows: readonly Row[]): string[][] {
  return rows.flatMap(({ plant, rule, failures }) =>
    failures.map(({ seed, minutes, why }) => [plant, rule, `${seed}`, `${digits(minutes, 3)} min`, why]),
  );
}

/** Of --json: costs in % of untrained; null: infinite, trainings were stopped. */
function numbersOf({ plant, rule, seeds, minutes, evaluation, whileLearning, worstLap, failures }: Row) {
  const inPercent = (part: number) => (Number.isFinite(part) ? 100 * part : null);
  const listsOf = (spreads: readonly Spread[]) => ({
    median: spreads.map(({ median }) => inPercent(median)),
    lower: spreads.map(({ lower }) => inPercent(lower)),
    upper: spreads.map(({ upper }) => inPercent(upper)),
    worst: spreads.map(({ worst }) => inPercent(worst)),
  });
  return {
    plant,
    rule,
    seeds,
    minutes,
    evaluation: listsOf(evaluation),
    whileLearning: listsOf(whileLearning),
    worstLap: inPercent(worstLap),
    failures,
  };
}
