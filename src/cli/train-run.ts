/** `lapgrad train`: prepares or resumes a run, trains, writes the report, says what came out. */
import { join } from "node:path";
import { checkpointPath, latestCheckpoint, writeCheckpoint } from "../checkpoint/checkpoint.js";
import { checkSetting, completeConfig, formatConfig, type PartialConfig, readConfig } from "../config/config.js";
import type { RunConfig } from "../config/schema.js";
import { UserError } from "../errors.js";
import { writeAtomically } from "../files.js";
import { linkFor } from "../links/links.js";
import { digits, type Output, timestamp } from "../output.js";
import { writeReport } from "../report/from-run.js";
import { taskNamed } from "../tasks/tasks.js";
import { checkpointOf, type Progress, restore, START, train } from "../training/loop.js";
import type { RolloutMetrics } from "../training/metrics.js";
import { optimiserFor } from "../training/optimisers.js";
import { RunFolder } from "../training/run-folder.js";
import { coreFor, initialisePolicy } from "../training/session.js";
import { trainingProgress } from "./progress.js";

export interface TrainOptions {
  /** settings from command line and file */
  readonly given: PartialConfig;
  /** names of those given on the command line */
  readonly givenNames: readonly string[];
  out?: string;
  /** folder of the run to go on with; "" takes it from `out`; undefined: a new run */
  resume?: string;
}

/** Runs the command; the result goes to `output`. */
export async function trainCommand(options: TrainOptions, output: Output): Promise<void> {
  const began = performance.now();
  const resumed = options.resume === undefined ? undefined : resumeFolder(options);
  const config = resumed === undefined ? completeConfig(options.given) : await resumedConfig(resumed, options);
  const folder = new RunFolder(resumed ?? options.out ?? join("runs", `${config.task}-${timestamp(new Date())}`));
  const core = await coreFor(config, config.batch, config["rollout-segments"]);
  const optimiser = optimiserFor(config);
  const link = linkFor(config);
  const rollouts: RolloutMetrics[] = [];
  let progress: Progress = START;
  if (resumed === undefined) {
    initialisePolicy(core, config.seed);
    await folder.create(formatConfig(config));
    await writeCheckpoint(checkpointPath(folder.path, 0), checkpointOf({ config, core, optimiser }, progress));
  } else {
    const { checkpoint, damaged } = await latestCheckpoint(folder.path);
    for (const problem of damaged) output.say(`left out: ${problem}`);
    progress = restore({ config, core, optimiser }, checkpoint);
    rollouts.push(...(await folder.truncateMetrics(progress.rollouts)));
    await writeAtomically(folder.configPath, formatConfig(config));
    output.say(`${folder.path}: going on after rollout ${progress.rollouts}`);
  }
  const task = taskNamed(config.task);
  output.say(
    `${task.name} on ${config.link}, plant ${config.plant}, ${config.update} ${config["learning-rate"]}, seed ${config.seed}; run ${folder.path}`,
  );
  const units = Object.fromEntries(Object.entries(task.metrics).map(([name, metric]) => [name, metric.unit]));
  const driven = rollouts.reduce((sum, metrics) => sum + metrics.seconds, 0);
  const bars = await trainingProgress(output, config.rollouts, units, { rollouts: progress.rollouts, seconds: driven });
  const stop = stopOnInterrupt(output);
  await link.open();
  let failure: unknown;
  try {
    progress = await train(
      {
        config,
        folder,
        core,
        link,
        optimiser,
        signal: stop.signal,
        onRollout: (metrics) => {
          rollouts.push(metrics);
          bars.rollout(metrics);
        },
      },
      progress,
    );
  } catch (error) {
    failure = error;
  } finally {
    bars.stop();
    await link.stop();
    await link.close();
    stop.release();
  }
  const report = rollouts.length > 0 ? await writeReport(folder.path) : undefined;
  if (failure) throw failure;
  const best = rollouts.reduce<RolloutMetrics | undefined>(
    (a, b) => (a && a.windowCost <= b.windowCost ? a : b),
    undefined,
  );
  output.say(summary(rollouts, best, config));
  output.say(`report: ${report}`);
  output.say(`drive it: lapgrad drive ${folder.path}`);
  output.result({
    run: folder.path,
    task: task.name,
    rollouts,
    best,
    seconds: rollouts.reduce((sum, metrics) => sum + metrics.seconds, 0),
    wallSeconds: (performance.now() - began) / 1000,
    report,
    complete: rollouts.length >= config.rollouts,
  });
}

function resumeFolder(options: TrainOptions): string {
  const folder = options.resume || options.out;
  if (!folder) throw new UserError("--resume needs the run's folder: lapgrad train --resume runs/mine");
  if (options.resume && options.out && options.resume !== options.out) {
    throw new UserError(
      `--resume ${options.resume} and --out ${options.out} name two folders: a run is resumed where it is`,
    );
  }
  return folder;
}

/** The run's own configuration; only the number of rollouts may be changed. */
async function resumedConfig(folder: string, options: TrainOptions): Promise<RunConfig> {
  const config = completeConfig(await readConfig(join(folder, "config.yaml")));
  const changed = Object.entries(options.given).find(
    ([name, value]) => name !== "rollouts" && JSON.stringify(value) !== JSON.stringify(config[name as keyof RunConfig]),
  );
  if (changed) {
    const [name, value] = changed;
    throw new UserError(
      `a resumed run keeps its configuration: ${name} is ${JSON.stringify(config[name as keyof RunConfig])}, got ${JSON.stringify(value)}; only --rollouts may change`,
    );
  }
  const rollouts = options.given.rollouts ?? config.rollouts;
  checkSetting("rollouts", rollouts, "command line");
  return { ...config, rollouts };
}

function summary(rollouts: readonly RolloutMetrics[], best: RolloutMetrics | undefined, config: RunConfig): string {
  const first = rollouts[0];
  if (!first || !best) return "no rollout was driven";
  const minutes = rollouts.reduce((sum, metrics) => sum + metrics.seconds, 0) / 60;
  const stopped =
    rollouts.length < config.rollouts ? ` (stopped after ${rollouts.length} of ${config.rollouts} rollouts)` : "";
  return `cost ${digits(first.windowCost)} -> ${digits(best.windowCost)} (rollout ${best.index}) in ${minutes.toFixed(1)} minutes of driving${stopped}`;
}

/** Ctrl-C once: stop after this rollout; twice: at once. */
function stopOnInterrupt(output: Output): { signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(130);
    output.say("stopping after this rollout; once more to stop at once");
    controller.abort();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    signal: controller.signal,
    release: () => {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
}
