/**
 * The training of a fleet with everything on disk before the next step: of every robot what a run has, and of all a
 * checkpoint and the mean of their laps, whenever all that drive have finished one.
 */
import { messageOf, UserError } from "../errors.js";
import type { Link } from "../links/link.js";
import { judgePolicy, judgeRollout, type Progress } from "../training/judgement.js";
import { drivenIn, type RolloutMetrics, type TrainedRollout, withNotices } from "../training/metrics.js";
import { inTime, type ModelWatch, record, type TrainingRun, type Watch, watchOf } from "../training/on-disk.js";
import type { DriveEvent } from "../training/rollout-source.js";
import { appendUpdates } from "../training/updates-file.js";
import { type KeptRobot, keepFleet } from "./folder.js";
import { learnTogether } from "./learn.js";
import { type FleetMember, RETURNS } from "./member.js";
import type { StartedFleet, StartedRobot } from "./start.js";

/** How a robot of a fleet is driven. */
export interface DrivenRobot {
  readonly robot: StartedRobot;
  readonly link: Link;
  /** asks it alone for a stop */
  readonly signal: AbortSignal;
  readonly modelWatch: ModelWatch | undefined;
  /** whether somebody is there who can let a real one drive again */
  readonly mayReturn: () => boolean;
}

/** Who is told what happens. */
export interface FleetListener {
  onRollout(name: string, metrics: TrainedRollout, refused: string | undefined): void;
  onLeft(name: string, why: string, mayReturn: boolean): void;
  onLap(mean: TrainedRollout, robots: readonly string[]): void;
}

/** A robot, and how far it has got. */
interface Follower extends KeptRobot {
  readonly run: TrainingRun;
  readonly watch: Watch;
  progress: Progress;
  isOut: boolean;
  driven: number;
  /** updates before the lap that is being driven */
  begun: number;
  last: RolloutMetrics | undefined;
}

/**
 * Trains until all laps are driven, nobody drives any more, or the signal aborts.
 * @throws UserError (exit code 1) if the common policy must not drive: all up to then is on disk
 */
export async function trainFleet(
  fleet: StartedFleet,
  drivers: readonly DrivenRobot[],
  signal: AbortSignal,
  listener: FleetListener,
): Promise<void> {
  if (signal.aborted) return;
  const followers = new Map(drivers.map((driver) => [driver.robot.name, followerOf(driver, listener)]));
  const all = [...followers.values()];
  const follower = ({ robot }: FleetMember) => followers.get(robot.name) as Follower;
  const robots = drivers.map(({ robot, link, mayReturn }) => {
    let returns = robot.rollouts.filter(({ windowCost }) => Number.isNaN(windowCost)).length;
    return {
      name: robot.name,
      training: robot.training,
      link,
      driven: robot.progress.rollouts,
      isOut: fleet.isSimulated && robot.isOut,
      mayReturn: fleet.isSimulated ? () => ++returns <= RETURNS : mayReturn,
    };
  });
  let { progress } = fleet;
  const laps = [...fleet.rollouts];
  const { common, hasTraits, isSimulated, folder } = fleet;
  for await (const event of learnTogether({ robots, common, hasTraits, isSimulated, last: fleet.laps })) {
    if (event.kind === "drove") await drove(follower(event.member), event.member, event.event, listener);
    else if (event.kind === "left") left(follower(event.member), event.member, event.why, listener);
    else if (event.kind === "update") {
      judgePolicy({ config: all[0].run.config, folder }, progress, common);
      progress = { ...progress, updates: progress.updates + 1 };
      for (const member of event.learned) await updated(follower(member), member);
    } else {
      const finished = event.finished.map(follower);
      const mean = meanLap(finished, progress.rollouts + 1, drivenIn(laps));
      laps.push(mean);
      progress = judgeRollout({ config: all[0].run.config, folder }, progress, mean, progress.updates);
      await inTime(all[0].training, folder.appendMetrics(mean));
      await keepFleet(fleet, all, progress);
      listener.onLap(
        mean,
        finished.map(({ name }) => name),
      );
      if (signal.aborted && isSimulated) return;
    }
  }
}

function followerOf({ robot, link, signal, modelWatch }: DrivenRobot, listener: FleetListener): Follower {
  const { name, training, folder, progress, isOut, rollouts } = robot;
  const onRollout = (metrics: TrainedRollout, refused: string | undefined) =>
    listener.onRollout(name, metrics, refused);
  const run = { ...training, folder, link, rollouts, signal, modelWatch, onRollout };
  return {
    name,
    training,
    folder,
    run,
    watch: watchOf(run),
    progress,
    isOut,
    driven: drivenIn(rollouts),
    begun: progress.updates,
    last: undefined,
  };
}

/** Keeps what a robot drove; one whose laps get far worse leaves the others. */
async function drove(robot: Follower, member: FleetMember, event: DriveEvent, listener: FleetListener): Promise<void> {
  const { watch, run } = robot;
  watch.updates.drove(event, robot.driven);
  if (event.kind === "piece" || event.steps === 0) return;
  const metrics = await record(run, event, robot.driven, watch);
  if (!metrics) return;
  robot.driven += metrics.seconds;
  if (event.stopped !== undefined) {
    const { firstWindowCost, rollouts } = robot.progress;
    // without a first lap no later one can be far worse
    const first = rollouts === 0 ? Number.POSITIVE_INFINITY : firstWindowCost;
    robot.progress = { ...robot.progress, rollouts: event.index, firstWindowCost: first };
    return;
  }
  robot.last = metrics;
  try {
    robot.progress = judgeRollout(run, robot.progress, metrics, robot.begun);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    await member.leave(false);
    left(robot, member, messageOf(error), listener);
  }
}

/** A robot drives no more, for now or for good. */
function left(robot: Follower, { place }: FleetMember, why: string, listener: FleetListener): void {
  robot.isOut = place === "gone";
  listener.onLeft(robot.name, why, place === "stopped");
}

/** An update was made of what a robot drove. */
async function updated(robot: Follower, member: FleetMember): Promise<void> {
  const { watch, run } = robot;
  robot.progress = { ...robot.progress, updates: robot.progress.updates + 1 };
  watch.updates.updated(robot.progress.updates);
  if (!member.hasLap) return;
  robot.begun = robot.progress.updates;
  await inTime(run, appendUpdates(run.folder.path, watch.updates.take()));
}

/** The mean of the robots' last laps, of the numbers that all have; `robots`: how many they are. */
function meanLap(finished: readonly Follower[], index: number, start: number): TrainedRollout {
  const laps = finished.flatMap(({ last }) => (last ? [last] : []));
  const names = Object.keys(laps[0]).filter((name) => laps.every((lap) => name in lap));
  const mean = Object.fromEntries(
    names.map((name) => [name, laps.reduce((sum, lap) => sum + lap[name], 0) / laps.length]),
  ) as unknown as RolloutMetrics;
  return withNotices({ ...mean, index, start, robots: laps.length }, []);
}
