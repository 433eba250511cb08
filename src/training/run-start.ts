/** How a training begins: a new run, or one to go on with. */
import { join } from "node:path";
import { checkpointPath, latestCheckpoint, numberOf } from "../checkpoint/checkpoint.js";
import { completeConfig, formatConfig, isSame, type PartialConfig, readCompleteConfig } from "../config/config.js";
import { isSimulated } from "../config/links.js";
import type { RunConfig } from "../config/schema.js";
import { refuseUnlessLaps, unitOf } from "../config/units.js";
import { UserError } from "../errors.js";
import { createFolder, unusedPath, writeAtomically } from "../files.js";
import { type Output, timestamp } from "../output.js";
import { recoverDrives } from "../recording/drives.js";
import { restore, thinCheckpoints } from "./checkpoints.js";
import { type Progress, START } from "./judgement.js";
import type { TrainedRollout } from "./metrics.js";
import { keepCheckpoint } from "./on-disk.js";
import { remember } from "./remembering.js";
import { refuseEdited, resumedConfig } from "./resumed-config.js";
import { RunFolder } from "./run-folder.js";
import { whileLocked } from "./run-lock.js";
import { beginPolicy, withStart } from "./start-policy.js";
import { type Training, trainingFor } from "./training.js";
import { truncateUpdates } from "./updates-file.js";

export interface TrainOptions {
  /** settings from command line and file */
  readonly given: PartialConfig;
  /** length of the run in laps, in place of its rollouts */
  readonly laps?: number;
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
  const config = configFor({ ...options, given: await withStart(options.given) }, completeConfig);
  const parts = await trainingFor(config);
  const path = options.out ?? (await unusedPath(join("runs", `${config.task}-${timestamp(new Date())}`)));
  const run = { ...parts, folder: new RunFolder(path) };
  await run.folder.refuseUnlessNew();
  await beginPolicy(run.core, config);
  await prepare(run);
  await createFolder(path);
  return whileLocked(path, async () => {
    await run.folder.create(formatConfig(config));
    await keepCheckpoint(run, START);
    return { ...run, progress: START, rollouts: [] };
  });
}

/** The configuration of what was given, `complete` without regard to laps. */
function configFor({ given, laps }: TrainOptions, complete: (given: PartialConfig) => RunConfig): RunConfig {
  if (laps === undefined) return complete(given);
  const config = complete({ ...given, rollouts: laps });
  refuseUnlessLaps(config, laps);
  return config;
}

/** Opens a run to go on with, from its last update whose rollouts are all in metrics.jsonl. */
export async function resumedRun(options: TrainOptions, output: Output): Promise<StartedRun> {
  const folder = new RunFolder(resumeFolder(options));
  await folder.refuseUnlessRun();
  return whileLocked(folder.path, () => reopen(folder, options, output));
}

async function reopen(folder: RunFolder, options: TrainOptions, output: Output): Promise<Omit<StartedRun, "unlock">> {
  await folder.removeTemporaries();
  for (const { isRecovered, message } of await recoverDrives(join(folder.path, "drives")))
    if (isRecovered) output.say(message);
  const before = await readCompleteConfig(folder.configPath);
  const config = configFor(options, (given) => resumedConfig(before, given));
  const run = { ...(await trainingFor(config)), folder };
  const driven = await folder.readMetrics();
  const { checkpoint, passedOver } = await latestCheckpoint(folder.path, driven.length);
  for (const problem of passedOver) output.say(`passed over: ${problem}`);
  if (checkpoint) await refuseEdited(folder.configPath, before, checkpoint);
  else {
    // stopped before its first checkpoint
    await beginPolicy(run.core, config);
    await keepCheckpoint(run, START);
  }
  const progress = checkpoint ? restore(run, checkpoint, checkpointPath(folder.path, numberOf(checkpoint))) : START;
  if (config.rollouts < progress.rollouts)
    throw new UserError(
      `${unitOf(config)}s ${config.rollouts} is below the ${progress.rollouts} that this run has driven`,
    );
  const rollouts = driven.slice(0, progress.rollouts);
  await folder.truncateMetrics(progress.rollouts, !isSimulated(config)); // also of a line that was cut
  await truncateUpdates(folder.path, progress.updates, !isSimulated(config));
  if (checkpoint) await thinCheckpoints(folder.path, numberOf(checkpoint));
  if (!isSame(config, before)) await writeAtomically(folder.configPath, formatConfig(config));
  if (checkpoint) await remember(run, checkpoint, output);
  return { ...run, progress, rollouts };
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
