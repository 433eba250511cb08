/** How the training of a fleet begins: a new one, or one to go on with. */
import { join } from "node:path";
import { checkpointPath, latestCheckpoint, numberOf } from "../checkpoint/checkpoint.js";
import { formatConfig, isSame, type PartialConfig, readCompleteConfig } from "../config/config.js";
import { isSimulated } from "../config/links.js";
import { UserError } from "../errors.js";
import { createFolder, unusedPath, writeAtomically } from "../files.js";
import { type Output, timestamp } from "../output.js";
import { recoverDrives } from "../recording/drives.js";
import { restore, thinCheckpoints } from "../training/checkpoints.js";
import { type Progress, START } from "../training/judgement.js";
import type { TrainedRollout } from "../training/metrics.js";
import { remember } from "../training/remembering.js";
import { refuseEdited, resumedConfig } from "../training/resumed-config.js";
import { RunFolder } from "../training/run-folder.js";
import { whileLocked } from "../training/run-lock.js";
import { beginPolicy, withStart } from "../training/start-policy.js";
import { type Training, trainingFor } from "../training/training.js";
import { truncateUpdates } from "../training/updates-file.js";
import { beginCommon } from "./common.js";
import { fleetConfigs, type NamedConfig, refuseUnlessFleet } from "./config.js";
import { commonIn, createRobots, keepFleet, partOf, robotFolder, robotNames } from "./folder.js";

/** A robot of a fleet that is ready to train. */
export interface StartedRobot {
  readonly name: string;
  readonly training: Training;
  readonly folder: RunFolder;
  readonly progress: Progress;
  /** it left the others for good; a real one may drive again */
  readonly isOut: boolean;
  /** metrics of the laps driven before */
  readonly rollouts: readonly TrainedRollout[];
}

export interface StartedFleet {
  readonly folder: RunFolder;
  readonly robots: readonly StartedRobot[];
  readonly common: Float64Array;
  readonly hasTraits: boolean;
  readonly isSimulated: boolean;
  /** laps of each */
  readonly laps: number;
  readonly progress: Progress;
  /** means of the laps that all had finished */
  readonly rollouts: readonly TrainedRollout[];
  unlock(): void;
}

export interface FleetOptions {
  /** settings of all robots */
  readonly given: PartialConfig;
  readonly laps?: number | undefined;
  readonly out?: string | undefined;
}

/** Makes a new fleet's folder; `open` is done before anything is written, and may refuse. */
export async function newFleet(
  texts: readonly string[],
  { given, laps, out }: FleetOptions,
  open: (folder: RunFolder, robots: readonly StartedRobot[]) => Promise<void>,
): Promise<StartedFleet> {
  const known = await withStart(laps === undefined ? given : { ...given, rollouts: laps });
  const configs = await fleetConfigs(texts, known);
  const [{ config }] = configs;
  const path = out ?? (await unusedPath(join("runs", `${config.task}-${timestamp(new Date())}`)));
  const folder = new RunFolder(path);
  await folder.refuseUnlessNew();
  const robots: StartedRobot[] = [];
  for (const { name, config } of configs) {
    const training = await trainingFor(config);
    await beginPolicy(training.core, config);
    robots.push({ name, training, folder: robotFolder(path, name), progress: START, isOut: false, rollouts: [] });
  }
  const common = beginCommon(robots, config["robot-traits"]);
  await open(folder, robots);
  await createFolder(path);
  return whileLocked(path, async () => {
    const texts = new Map(configs.map(({ name, config }) => [name, formatConfig(config)]));
    await folder.create(formatConfig(config), () => createRobots(path, texts));
    const fleet = fleetOf(folder, robots, common, START, []);
    await keepFleet(fleet, robots, START);
    return fleet;
  });
}

function fleetOf(
  folder: RunFolder,
  robots: readonly StartedRobot[],
  common: Float64Array,
  progress: Progress,
  rollouts: readonly TrainedRollout[],
): Omit<StartedFleet, "unlock"> {
  const [{ training }] = robots;
  const { config } = training;
  return {
    folder,
    robots,
    common,
    hasTraits: config["robot-traits"],
    isSimulated: isSimulated(config),
    laps: config.rollouts,
    progress,
    rollouts,
  };
}

/** Opens a fleet to go on with, from the last checkpoint whose laps are all in its metrics. */
export async function resumedFleet(path: string, options: FleetOptions, output: Output): Promise<StartedFleet> {
  const folder = new RunFolder(path);
  await folder.refuseUnlessRun();
  return whileLocked(path, () => reopen(folder, options, output));
}

async function reopen(
  folder: RunFolder,
  { given, laps }: FleetOptions,
  output: Output,
): Promise<Omit<StartedFleet, "unlock">> {
  const changed = laps === undefined ? given : { ...given, rollouts: laps };
  const names = await robotNames(folder.path);
  await folder.removeTemporaries();
  const before = new Map<string, NamedConfig["config"]>();
  for (const name of names) before.set(name, await readCompleteConfig(robotFolder(folder.path, name).configPath));
  const configs = [...before].map(([name, config]) => ({ name, config: resumedConfig(config, changed) }));
  refuseUnlessFleet(configs);
  const driven = await folder.readMetrics();
  const { checkpoint, passedOver } = await latestCheckpoint(folder.path, driven.length);
  for (const problem of passedOver) output.say(`passed over: ${problem}`);
  if (!checkpoint) throw new UserError(`${folder.path} was stopped while it was being made: remove it, and train anew`);
  const robots: StartedRobot[] = [];
  for (const { name, config } of configs)
    robots.push(await reopenRobot(folder.path, name, config, before.get(name) ?? config, checkpoint, output));
  const [{ config }] = configs;
  if (config.rollouts < checkpoint.rollouts)
    throw new UserError(`laps ${config.rollouts} is below the ${checkpoint.rollouts} that this fleet has driven`);
  await folder.truncateMetrics(checkpoint.rollouts, !isSimulated(config));
  await thinCheckpoints(folder.path, numberOf(checkpoint));
  if (!isSame(config, await readCompleteConfig(folder.configPath)))
    await writeAtomically(folder.configPath, formatConfig(config));
  const { updates, rollouts, best, firstWindowCost } = checkpoint;
  const progress = { updates, rollouts, best, firstWindowCost };
  return fleetOf(folder, robots, commonIn(checkpoint).slice(), progress, driven.slice(0, rollouts));
}

async function reopenRobot(
  path: string,
  name: string,
  config: NamedConfig["config"],
  before: NamedConfig["config"],
  checkpoint: Parameters<typeof partOf>[0],
  output: Output,
): Promise<StartedRobot> {
  const folder = robotFolder(path, name);
  await folder.removeTemporaries();
  for (const { isRecovered, message } of await recoverDrives(join(folder.path, "drives")))
    if (isRecovered) output.say(message);
  const part = partOf(checkpoint, name, path);
  await refuseEdited(folder.configPath, before, part);
  const training = await trainingFor(config);
  const progress = restore(training, part, checkpointPath(path, numberOf(checkpoint)));
  const driven = await folder.readMetrics();
  const keepsStopped = !isSimulated(config);
  await folder.truncateMetrics(progress.rollouts, keepsStopped);
  await truncateUpdates(folder.path, progress.updates, keepsStopped);
  if (!isSame(config, before)) await writeAtomically(folder.configPath, formatConfig(config));
  await remember({ folder, modelFitter: training.modelFitter }, part, output);
  const isOut = checkpoint.robots?.[name]?.isOut === true;
  return { name, training, folder, progress, isOut, rollouts: driven.slice(0, progress.rollouts) };
}
