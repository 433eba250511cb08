/** Progress of a training: a table row per rollout, and on a terminal a bar below it. */
import type { MultiBar, SingleBar } from "cli-progress";
import { digits, metricWords, type Output, printable } from "../output.js";
import type { RolloutMetrics } from "../training/metrics.js";

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

const WIDTH = 12;

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
  const say = (line: string) => (bars ? bars.multi.log(`${printable(line)}\n`) : output.say(line));
  const headings = [unitOfWork, "driven", "window cost", "cost/step", ...Object.keys(metricUnits).map(metricWords)];
  const units = ["", "[min]", "", "", ...Object.values(metricUnits).map((unit) => `[${unit}]`)];
  for (const { heading, unit } of promises) {
    headings.push(heading);
    units.push(unit);
  }
  const row = (cells: readonly string[]) => say(cells.map((text) => text.padStart(WIDTH)).join(" "));
  const takeAway = () => bars?.multi.stop(); // gives the cursor back, however the process ends
  process.once("exit", takeAway);
  row(headings);
  row(units);
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

async function startBars(
  stream: NodeJS.WriteStream,
  total: number,
  done: number,
  unitOfWork: string,
): Promise<{ multi: MultiBar; bar: SingleBar }> {
  const { default: progress } = await import("cli-progress");
  const multi = new progress.MultiBar(
    {
      stream,
      format: ` {bar} {value}/{total} ${unitOfWork}s | {minutes} min driven | window cost {cost}`,
      hideCursor: true,
      clearOnComplete: true,
      gracefulExit: false,
      barsize: 30,
    },
    progress.Presets.shades_classic,
  );
  return { multi, bar: multi.create(total, done, { cost: "-", minutes: "0.0" }) };
}
