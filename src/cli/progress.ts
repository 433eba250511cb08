/** Progress of a training: a table row per rollout, and on a terminal a bar below it. */
import type { MultiBar, SingleBar } from "cli-progress";
import type { RunConfig } from "../config/schema.js";
import { changesWithinLaps } from "../config/units.js";
import { digits, metricWords, type Output, roomOf, wordLines } from "../output.js";
import { updateRules } from "../rules/rules.js";
import { taskNamed } from "../tasks/tasks.js";
import type { RolloutMetrics } from "../training/metrics.js";
import { barLine, barOptions } from "./bar.js";

export interface TrainingProgress {
  rollout(metrics: RolloutMetrics): void;
  /** a line between the rows */
  say(line: string): void;
  /** takes the bar away; the table stays */
  stop(): void;
}

/** A column for what was expected of a rollout before it was driven. */
export interface Promised {
  /** name of the metric */
  readonly name: string;
  readonly heading: string;
  readonly unit: string;
}

/** What a row of a race says beside. */
const RACED: readonly Promised[] = [
  { name: "lapTime", heading: "lap time", unit: "[s]" },
  { name: "limit", heading: "estimated limit", unit: "[s]" },
  { name: "usage", heading: "usage", unit: "" },
];

/** What the update rule and the model promise of a row of the table, where they do. */
export function promisesOf(config: RunConfig): Promised[] {
  const { refit } = taskNamed(config.task).model;
  const error = refit && { name: `modelError.${refit.error}`, heading: "model error", unit: `[${refit.unit}]` };
  const expected = changesWithinLaps(config) ? [] : updateRules[config.update].expects;
  const raced = config.race ? RACED : [];
  return [...raced, ...expected, ...(config["model-fit"] && error ? [error] : [])];
}

/** Widths of a column: where there is room, and of a number at the least. */
const WIDTH = { usual: 12, least: 9 };
/** The first columns, a count and minutes, need less. */
const SHORT = [4, 6];

/**
 * `metricUnits`: unit by name of the task's own metrics. `done`: rollouts and driving time [s] of an earlier part of
 * the run.
 */
export async function trainingProgress(
  output: Output,
  total: number,
  metricUnits: Readonly<Record<string, string>>,
  done: { rollouts: number; seconds: number },
  promises: readonly Promised[],
  unitOfWork: string,
): Promise<TrainingProgress> {
  let { seconds } = done;
  const bars = output.terminal ? await startBars(output.terminal, total, done.rollouts, unitOfWork) : undefined;
  const say = (line: string) => (bars ? bars.multi.log(`${output.format(line)}\n`) : output.say(line));
  const headings = [unitOfWork, "driven", "window cost", "cost/step", ...Object.keys(metricUnits).map(metricWords)];
  const units = ["", "[min]", "", "", ...Object.values(metricUnits).map((unit) => `[${unit}]`)];
  for (const { heading, unit } of promises) {
    headings.push(heading);
    units.push(unit);
  }
  const layout = layoutFor(headings, units, roomOf(output));
  const row = (cells: readonly string[]) => say(layout.map((width, i) => cells[i].padStart(width)).join(" "));
  const takeAway = () => bars?.multi.stop(); // gives the cursor back, however the process ends
  process.once("exit", takeAway);
  for (const line of headingLines(headings, layout)) row(line);
  row(units);
  if (layout.length < headings.length)
    say(`without ${headings.slice(layout.length).join(", ")}: for these the terminal is too narrow`);
  return {
    rollout: (metrics) => {
      seconds += metrics.seconds;
      const names = [...Object.keys(metricUnits), ...promises.map(({ name }) => name)];
      const values = [metrics.windowCost, metrics.meanCost, ...names.map((name) => metrics[name])];
      row([
        `${metrics.index}`,
        (seconds / 60).toFixed(2),
        ...values.map((value) => (value === undefined ? "" : digits(value))),
      ]);
      bars?.bar.update(metrics.index, { cost: digits(metrics.windowCost), minutes: (seconds / 60).toFixed(1) });
    },
    say,
    stop: () => {
      process.off("exit", takeAway);
      if (!bars?.multi.isActive) return;
      bars.multi.update(); // rows wait for the next update; without it the last ones would be lost
      bars.multi.stop();
    },
  };
}

/** Widths of the columns that a terminal has room for, the first ones at least. */
function layoutFor(headings: readonly string[], units: readonly string[], room: number): number[] {
  if (headings.length * (WIDTH.usual + 1) <= room) return headings.map(() => WIDTH.usual);
  const widths = headings.map((heading, i) => {
    const words = [...heading.split(" "), units[i]].map((word) => word.length);
    return Math.max(SHORT[i] ?? WIDTH.least, ...words);
  });
  const end = (count: number) => widths.slice(0, count).reduce((sum, width) => sum + width + 1, -1);
  return widths.filter((_, i) => i < SHORT.length || end(i + 1) <= room);
}

/** Headings broken at spaces where their column is narrower; rows of cells, aligned at the bottom. */
function headingLines(headings: readonly string[], layout: readonly number[]): string[][] {
  const broken = layout.map((width, i) => wordLines(headings[i], width));
  const height = Math.max(...broken.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) => broken.map((lines) => lines[line - height + lines.length] ?? ""));
}

async function startBars(
  stream: NodeJS.WriteStream,
  total: number,
  done: number,
  unitOfWork: string,
): Promise<{ multi: MultiBar; bar: SingleBar }> {
  const { default: progress } = await import("cli-progress");
  const multi = new progress.MultiBar(
    barOptions(stream, (_, params, { minutes, cost }) =>
      barLine(params, `${unitOfWork}s`, [`${minutes} min driven`, `window cost ${cost}`]),
    ),
    progress.Presets.shades_classic,
  );
  return { multi, bar: multi.create(total, done, { cost: "-", minutes: "0.0" }) };
}
