/** How a training begins: a new run, or one to go on with. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { checkpointPath, latestCheckpoint, writeCheckpoint } from "../checkpoint/checkpoint.js";
import { completeConfig, formatConfig, isSame, type PartialConfig, readCompleteConfig } from "../config/config.js";
import type { RunConfig } from "../config/schema.js";
import { UserError } from "../errors.js";
import { unusedPath, writeAtomically } from "../files.js";
import { type Output, timestamp } from "../output.js";
import { recoverDrives } from "../recording/drives.js";
import { readRecording } from "../recording/reader.js";
import { initialisePolicy } from "../session.js";
import { checkpointOf, restore } from "./checkpoints.js";
import { type Progress, START } from "./judgement.js";
import type { TrainedRollout } from "./metrics.js";
import type { ModelFitter } from "./model-fit.js";
import { RunFolder } from "./run-folder.js";
import { lockRun } from "./run-lock.js";
import { type Training, trainingFor } from "./training.js";

export interface TrainOptions {
  /** settings from command line and file */
  readonly given: PartialConfig;
  readonly out?: string;
  /** folder of the run to go on with; "" takes it from `out`; undefined: a new run */
  readonly resume?: string;
}

/** A run that is ready to train. */
export interface StartedRun extends Training {
  readonly folder: RunFolder;
  readonly progress: Progress;
  /** metrics of the rollouts driven before */
  readonly rollouts: readonly TrainedRollout[];
  /** lets other processes train in the folder again */
  unlock(): void;
}

/** A run whose core is configured, and of which nothing is on disk. */
export type PreparedRun = Pick<StartedRun, "config" | "folder" | "core">;

/** Makes a new run. Nothing is written before the core is configured and `prepare`, which may refuse, is done. */
export async function newRun(
  options: TrainOptions,
  prepare: (run: PreparedRun) => Promise<void> = async () => {},
): Promise<StartedRun> {
  const config = completeConfig(options.given);
  const parts = await trainingFor(config);
  const path = options.out ?? (await unusedPath(join("runs", `${config.task}-${timestamp(new Date())}`)));
  const folder = new RunFolder(path);
  await prepare({ ...parts, folder });
  await folder.create(formatConfig(config));
  const unlock = await lockRun(path);
  try {
    await startAt(folder, parts);
  } catch (error) {
    unlock();
    throw error;
  }
  return { ...parts, folder, progress: START, rollouts: [], unlock };
}

/** Draws the initial policy and keeps it as the checkpoint after 0 updates. */
async function startAt(folder: RunFolder, run: Training): Promise<void> {
  initialisePolicy(run.core, run.config.seed);
  await writeCheckpoint(checkpointPath(folder.path, 0), checkpointOf(run, START));
}

/** Opens a run to go on with, from its last update whose rollouts are all in metrics.jsonl. */
export async function resumedRun(options: TrainOptions, output: Output): Promise<StartedRun> {
  const folder = new RunFolder(resumeFolder(options));
  const unlock = await lockRun(folder.path).catch((error: unknown) => {
    if (error instanceof UserError) throw error;
    return () => {}; // there is no such folder, as the next line says
  });
  try {
    return { ...(await reopen(folder, options.given, output)), unlock };
  } catch (error) {
    unlock();
    throw error;
  }
}

async function reopen(folder: RunFolder, given: PartialConfig, output: Output): Promise<Omit<StartedRun, "unlock">> {
  await folder.reopen();
  for (const { isRecovered, message } of await recoverDrives(join(folder.path, "drives")))
    if (isRecovered) output.say(message);
  const before = await readCompleteConfig(folder.configPath);
  const config = resumedConfig(before, given);
  const parts = await trainingFor(config);
  const driven = await folder.readMetrics();
  const { checkpoint, passedOver } = await latestCheckpoint(folder.path, driven.length);
  for (const problem of passedOver) output.say(`passed over: ${problem}`);
  if (!checkpoint) await startAt(folder, parts); // stopped before its first checkpoint
  const progress = checkpoint ? restore(parts, checkpoint) : START;
  if (config.rollouts < progress.rollouts)
    throw new UserError(`rollouts ${config.rollouts} is below the ${progress.rollouts} that this run has driven`);
  const rollouts = driven.slice(0, progress.rollouts);
  await folder.truncateMetrics(progress.rollouts); // also of a line that was cut
  if (!isSame(config, before)) await writeAtomically(folder.configPath, formatConfig(config));
  await remember(parts.modelFitter, folder, progress.rollouts);
  return { ...parts, folder, progress, rollouts };
}

/** The last drives, which the model is fitted to; the one that settled the robot has index 0. */
async function remember(modelFitter: ModelFitter, folder: RunFolder, rollouts: number): Promise<void> {
  for (let index = Math.max(0, rollouts + 1 - modelFitter.size); index <= rollouts; index++) {
    const path = folder.rolloutPath(index);
    if (existsSync(path)) modelFitter.keep(await readRecording(path));
  }
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

/**
 * What may change when a run is resumed: how long it is, the robot's port, and what stops it. What the policy learned
 * from stays.
 */
const CHANGEABLE: readonly string[] = [
  "rollouts",
  "device",
  "max-speed",
  "corridor",
  "geofence",
  "max-jump",
  "max-uncertainty",
  "min-battery",
  "stale-after",
  "ros2",
];

/** The run's own configuration, with what may be changed. */
function resumedConfig(config: RunConfig, given: PartialConfig): RunConfig {
  for (const [name, value] of Object.entries(given)) {
    const kept = config[name as keyof RunConfig];
    if (!CHANGEABLE.includes(name) && !isSame(value, kept)) {
      const found = `${name} is ${JSON.stringify(kept)}, got ${JSON.stringify(value)}`;
      throw new UserError(`a resumed run keeps its configuration: ${found}; ${CHANGEABLE.join(", ")} may change`);
    }
  }
  return completeConfig({ ...config, ...given });
}
