/** Progress of a training: a table row per rollout, and on a terminal a bar below it. */
import type { MultiBar, SingleBar } from "cli-progress";
import { digits, type Output } from "../output.js";
import type { RolloutMetrics } from "../training/metrics.js";

export interface TrainingProgress {
  rollout(metrics: RolloutMetrics): void;
  stop(): void;
}

const WIDTH = 12;

/** `metricNames`: the task's own metrics with units. `done`: rollouts and driving time [s] of an earlier part of the run. */
export async function trainingProgress(
  output: Output,
  total: number,
  metricNames: Readonly<Record<string, string>>,
  done: { rollouts: number; seconds: number },
): Promise<TrainingProgress> {
  let { seconds } = done;
  const bars = process.stderr.isTTY ? await startBars(total, done.rollouts) : undefined;
  const say = (line: string) => (bars ? bars.multi.log(`${line}\n`) : output.say(line));
  const headings = ["rollout", "driven", "cost", "cost/step", ...Object.keys(metricNames).map(words)];
  const units = ["", "[min]", "", "", ...Object.values(metricNames).map((unit) => `[${unit}]`)];
  say(headings.map((text) => text.padStart(WIDTH)).join(" "));
  say(units.map((text) => text.padStart(WIDTH)).join(" "));
  return {
    rollout: (metrics) => {
      seconds += metrics.seconds;
      const values = [metrics.windowCost, metrics.meanCost, ...Object.keys(metricNames).map((name) => metrics[name])];
      const cells = [`${metrics.index}`, (seconds / 60).toFixed(2), ...values.map((value) => digits(value))];
      say(cells.map((text) => text.padStart(WIDTH)).join(" "));
      bars?.bar.update(metrics.index, { cost: digits(metrics.windowCost), minutes: (seconds / 60).toFixed(1) });
    },
    stop: () => bars?.multi.stop(),
  };
}

async function startBars(total: number, done: number): Promise<{ multi: MultiBar; bar: SingleBar }> {
  const { default: progress } = await import("cli-progress");
  const multi = new progress.MultiBar(
    {
      format: " {bar} {value}/{total} rollouts | {minutes} min driven | cost {cost}",
      hideCursor: true,
      clearOnComplete: true,
    },
    progress.Presets.shades_classic,
  );
  return { multi, bar: multi.create(total, done, { cost: "-", minutes: "0.0" }) };
}

/** rmsRadialError -> rms radial error, cut to the column. */
function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replace("rms radial error", "radial error");
}
