/** `lapgrad train`: prepares or resumes a run, trains, writes the report, says what came out. */
import { join } from "node:path";
import { isSimulated } from "../config/links.js";
import type { RunConfig } from "../config/schema.js";
import { messageOf } from "../errors.js";
import type { Link } from "../links/link.js";
import { digits, type Output } from "../output.js";
import { writeReport } from "../report/from-run.js";
import { updateRules } from "../rules/rules.js";
import { taskNamed } from "../tasks/tasks.js";
import { bestOf, type RolloutMetrics } from "../training/metrics.js";
import { train } from "../training/on-disk.js";
import { instability, loopGrowth } from "../training/stability.js";
import { type Connect, connect as connectRobot, NOT_ALLOWED, type Permission } from "./connect.js";
import { watchInterrupts } from "./interrupt.js";
import { type Promised, trainingProgress } from "./progress.js";
import { newRun, resumedRun, type StartedRun, type TrainOptions } from "./train-start.js";

/** Runs the command; the result goes to `output`. */
export async function trainCommand(
  options: TrainOptions & { readonly permission?: Permission },
  output: Output,
  connect: Connect = connectRobot,
): Promise<void> {
  const began = performance.now();
  const { signal, stop, release } = watchInterrupts();
  const { permission = NOT_ALLOWED } = options;
  const prepared: { link?: Link } = {};
  const prepare = async ({ config, folder, core }: Pick<StartedRun, "config" | "folder" | "core">) => {
    const drives = join(folder.path, "drives");
    prepared.link = await connect(config, {
      permission,
      output,
      signal,
      stop,
      drives,
      parameters: core.exports.parameterCount(),
    });
  };
  try {
    const run = options.resume === undefined ? await newRun(options, prepare) : await resumedRun(options, output);
    const { folder, config } = run;
    const rollouts = [...run.rollouts];
    try {
      if (run.progress.rollouts >= config.rollouts) {
        const more = `lapgrad train --resume ${folder.path} --rollouts ${2 * config.rollouts}`;
        output.say(`${folder.path} is complete: all ${config.rollouts} rollouts are driven. For more: ${more}`);
      } else {
        if (!prepared.link) await prepare(run);
        if (prepared.link) await drive(run, prepared.link, rollouts, signal, output);
      }
      await conclude(folder.path, config, rollouts, (performance.now() - began) / 1000, output);
    } finally {
      run.unlock();
    }
  } finally {
    release();
  }
}

/** Report, summary and result of a training that has ended. */
async function conclude(
  path: string,
  config: RunConfig,
  rollouts: readonly RolloutMetrics[],
  wallSeconds: number,
  output: Output,
): Promise<void> {
  const report = rollouts.length > 0 ? (await writeReport(path)).path : null;
  const best = bestOf(rollouts);
  for (const line of summary(rollouts, best, config)) output.say(line);
  const model = fittedModel(rollouts);
  if (model) output.say(model);
  if (report) output.say(`report: ${report}`);
  if (best) output.say(`drive it: lapgrad drive ${path}`);
  output.result({
    run: path,
    task: config.task,
    rollouts,
    best: best ?? null,
    seconds: secondsOf(rollouts),
    wallSeconds,
    report,
    complete: rollouts.length >= config.rollouts,
  });
}

/** Trains, adding the metrics of each rollout to `rollouts`. What a failed training left is reported all the same. */
async function drive(
  run: StartedRun,
  link: Link,
  rollouts: RolloutMetrics[],
  signal: AbortSignal,
  output: Output,
): Promise<void> {
  const { config, folder, progress } = run;
  const { metrics } = taskNamed(config.task);
  const from = rollouts.length > 0 ? `, going on after rollout ${rollouts.length}` : "";
  output.say(
    `${config.task} on ${config.link}, plant ${config.plant}, ${config.update} ${config["learning-rate"]}, seed ${config.seed}; run ${folder.path}${from}`,
  );
  const warning = rollouts.length === 0 ? instability(await loopGrowth(config)) : undefined;
  if (warning) output.say(warning);
  const units = Object.fromEntries(Object.entries(metrics).map(([name, metric]) => [name, metric.unit]));
  const done = { rollouts: rollouts.length, seconds: secondsOf(rollouts) };
  const table = await trainingProgress(output, config.rollouts, units, done, promisesOf(config), workOf(config));
  const what = config.batch > 1 ? "batch" : workOf(config);
  const stopping = isSimulated(config) ? `stopping after this ${what}` : "the robot is being stopped";
  signal.addEventListener("abort", () => table.say(`${stopping}; once more to stop at once`));
  const onRollout = (driven: RolloutMetrics, refused: string | undefined) => {
    rollouts.push(driven);
    if (refused) table.say(`the model was not refitted before rollout ${driven.index}: ${refused}`);
    table.rollout(driven);
  };
  try {
    await link.open();
    try {
      await train({ ...run, link, signal, onRollout }, progress);
    } finally {
      await link.stop().finally(() => link.close());
    }
  } catch (error) {
    table.stop();
    if (rollouts.length > 0) {
      const report = await writeReport(folder.path).catch((problem) => ({ path: `none, ${messageOf(problem)}` }));
      output.say(`report: ${report.path}`);
    }
    throw error;
  } finally {
    table.stop();
  }
}

/** What a row of the table is. */
function workOf(config: RunConfig): string {
  const every = config["update-every"];
  return every === "rollout" || every === "lap" ? every : "stretch";
}

/** What the update rule and the model promise, where they do. */
function promisesOf(config: RunConfig): Promised[] {
  const { refit } = taskNamed(config.task).model;
  const error = refit && { name: `modelError.${refit.error}`, heading: "model error", unit: `[${refit.unit}]` };
  return [...updateRules[config.update].expects, ...(config["model-fit"] && error ? [error] : [])];
}

/** The model as last fitted, on one line; undefined if none was. */
function fittedModel(rollouts: readonly RolloutMetrics[]): string | undefined {
  const numbers = Object.entries(rollouts.at(-1) ?? {}).filter(([name]) => name.startsWith("model."));
  if (numbers.length === 0) return undefined;
  return `fitted model: ${numbers.map(([name, value]) => `${name.slice("model.".length)} ${digits(value, 3)}`).join(", ")}`;
}

function secondsOf(rollouts: readonly RolloutMetrics[]): number {
  return rollouts.reduce((sum, { seconds }) => sum + seconds, 0);
}

function summary(rollouts: readonly RolloutMetrics[], best: RolloutMetrics | undefined, config: RunConfig): string[] {
  const [first] = rollouts;
  if (!first || !best) return ["no rollout was driven to its end"];
  const stopped =
    rollouts.length < config.rollouts ? ` (stopped: ${rollouts.length} of ${config.rollouts} rollouts)` : "";
  const minutes = (secondsOf(rollouts) / 60).toFixed(1);
  const costs = `${digits(first.windowCost)} -> ${digits(best.windowCost)} (rollout ${best.index})`;
  const learnt = `window cost ${costs} in ${minutes} minutes of driving${stopped}`;
  const isWorse = rollouts.length > 1 && best.index === 1;
  const hint = `no rollout was better than the first: try a learning-rate below ${config["learning-rate"]}`;
  return isWorse ? [learnt, hint] : [learnt];
}
