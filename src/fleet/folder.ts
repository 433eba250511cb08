/**
 * The folder of a fleet: that of a run, whose checkpoints hold the common policy and everything else that the robots
 * need to go on, and whose metrics are their mean; with a folder `robots`, in which each has one like a run's, and
 * robots.yaml, which says their order.
 */
import { basename, dirname, join, resolve } from "node:path";
import { parse, stringify } from "yaml";
import { type Checkpoint, checkpointPath, numberOf, writeCheckpoint } from "../checkpoint/checkpoint.js";
import { messageOf, UserError } from "../errors.js";
import { exists, makeFolder, readText, writeAtomically } from "../files.js";
import { Traits, traitsOf } from "../rules/traits.js";
import { checkpointOf, thinCheckpoints } from "../training/checkpoints.js";
import type { Progress } from "../training/judgement.js";
import { inTime } from "../training/on-disk.js";
import { RunFolder } from "../training/run-folder.js";
import type { Training } from "../training/training.js";

/** Name of the common parameters in a checkpoint, whose own are those of the robots' mean. */
const COMMON = "common";

/** Whether a folder is that of a fleet. */
export function isFleet(path: string): Promise<boolean> {
  return exists(listPath(path));
}

/** Refuses to go on with one robot of a fleet, whose policy is that of all. */
export async function refuseRobotOfFleet(path: string): Promise<void> {
  const robots = dirname(resolve(path));
  if (basename(robots) !== "robots" || !(await isFleet(dirname(robots)))) return;
  throw new UserError(`${path} is one robot of ${dirname(robots)}, and learns with the others: resume that`);
}

function listPath(path: string): string {
  return join(path, "robots.yaml");
}

/** The folder of one of its robots. */
export function robotFolder(path: string, name: string): RunFolder {
  return new RunFolder(join(path, "robots", name));
}

/** The names of its robots, in their order. */
export async function robotNames(path: string): Promise<string[]> {
  try {
    const names: unknown = parse(await readText(listPath(path)));
    if (Array.isArray(names) && names.length > 1 && names.every((name) => typeof name === "string")) return names;
  } catch (error) {
    throw new UserError(`${listPath(path)} cannot be read (${messageOf(error)}): put the file back`);
  }
  throw new UserError(`${listPath(path)} is not a list of two names or more: put the file back`);
}

/** Makes the folders of the robots in a new run, before its config.yaml. */
export async function createRobots(path: string, robots: ReadonlyMap<string, string>): Promise<void> {
  await makeFolder(join(path, "robots"));
  for (const [name, config] of robots) {
    const folder = robotFolder(path, name);
    await makeFolder(folder.path);
    await folder.create(config);
  }
  await writeAtomically(listPath(path), stringify([...robots.keys()]));
}

/** What of a robot a checkpoint holds. */
export interface KeptRobot {
  readonly name: string;
  readonly training: Training;
  readonly folder: RunFolder;
  readonly progress: Progress;
  /** it left the others for good */
  readonly isOut: boolean;
}

/** Everything that a fleet needs to go on from here. */
function fleetCheckpoint(robots: readonly KeptRobot[], common: Float64Array, progress: Progress): Checkpoint {
  const parts = robots.map((robot): readonly [string, Checkpoint, boolean] => {
    const { name, training, folder, isOut } = robot;
    return [name, checkpointOf(training, robot.progress, folder.filesOf(training.modelFitter.recordings)), isOut];
  });
  const [[, first]] = parts;
  const [{ training }] = robots;
  const arrays = Object.fromEntries(parts.flatMap(([name, part]) => prefixed(name, part.arrays)));
  const optimiser = Object.fromEntries(parts.flatMap(([name, part]) => prefixed(name, part.optimiser)));
  // what is slower than the others is so after a spin, or a change of its world
  const fastest = parts.reduce((most, [, part]) => (part.arrays.pace[0] > most.arrays.pace[0] ? part : most), first);
  return {
    ...first,
    ...progress,
    optimiser: { ...optimiser, spins: Math.max(...parts.map(([, part]) => part.optimiser.spins ?? 0)) },
    recordings: [],
    robots: Object.fromEntries(
      parts.map(([name, { updates, rollouts, best, firstWindowCost, recordings, config }, isOut]) => [
        name,
        { updates, rollouts, best, firstWindowCost, recordings, config, isOut },
      ]),
    ),
    arrays: {
      parameters: meanPolicy(training, common, robots),
      pace: fastest.arrays.pace,
      [COMMON]: common.slice(),
      ...arrays,
    },
  };
}

/** Keeps everything that a fleet needs to go on from here. */
export async function keepFleet(
  { folder, common }: { readonly folder: RunFolder; readonly common: Float64Array },
  robots: readonly KeptRobot[],
  progress: Progress,
): Promise<void> {
  const checkpoint = fleetCheckpoint(robots, common, progress);
  const number = numberOf(checkpoint);
  const [{ training }] = robots;
  await inTime(training, writeCheckpoint(checkpointPath(folder.path, number), checkpoint));
  await inTime(training, thinCheckpoints(folder.path, number));
}

/** The parameters of a robot whose traits are the mean of theirs. */
function meanPolicy({ core }: Training, common: Float64Array, robots: readonly KeptRobot[]): Float64Array {
  const size = core.parameterCount();
  if (common.length === size) return common.slice();
  const all = robots.map(({ training }) => traitsOf(training.core));
  const values = all[0].values.map((_, i) => all.reduce((sum, one) => sum + one.values[i] / all.length, 0));
  return new Traits(core, values).ownOf(common);
}

/** What a checkpoint holds of a robot, as a checkpoint of its own. */
export function partOf(checkpoint: Checkpoint, name: string, path: string): Checkpoint {
  const part = checkpoint.robots?.[name];
  if (!part) throw new UserError(`${checkpointPath(path, checkpoint.rollouts)} holds nothing of robot ${name}`);
  return {
    ...checkpoint,
    ...part,
    optimiser: own(name, checkpoint.optimiser),
    arrays: own(name, checkpoint.arrays),
  };
}

/** The common parameters. */
export function commonIn({ arrays }: Checkpoint): Float64Array {
  return arrays[COMMON];
}

function prefixed<T>(name: string, values: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(values).map(([key, value]) => [`${name}/${key}`, value]);
}

function own<T>(name: string, values: Readonly<Record<string, T>>): Record<string, T> {
  const found = Object.entries(values).filter(([key]) => key.startsWith(`${name}/`));
  return Object.fromEntries(found.map(([key, value]) => [key.slice(name.length + 1), value]));
}
