/** `lapgrad train --gradient measured`: what the command does there in place of Algorithm 1. */
import { join } from "node:path";
import {
  driveMeasured,
  type GradientSource,
  type MeasuredRun,
  newMeasuredRun,
  resumedMeasuredRun,
} from "../derivatives/measured-run.js";
import { UserError } from "../errors.js";
import { unusedPath } from "../files.js";
import type { Link } from "../links/link.js";
import { type Output, timestamp } from "../output.js";
import { ReportRefresher } from "../report/refresher.js";
import { quoted } from "../shell.js";
import { taskNamed } from "../tasks/tasks.js";
import { drivenIn, type TrainedRollout } from "../training/metrics.js";
import type { PreparedRun, TrainOptions } from "../training/run-start.js";
import { type TrainingProgress, trainingProgress } from "./progress.js";
import { type Follow, whileFollowed } from "./tracking.js";

/** A training by what laps with perturbations measure; a robot that does not answer leaves no folder. */
export async function trainMeasured(
  options: TrainOptions & {
    readonly gradient?: "model" | GradientSource;
    readonly resumed: string | undefined;
    readonly follow: Follow | undefined;
  },
  openFor: (run: Pick<PreparedRun, "config" | "folder" | "core">) => Promise<Link>,
  signal: AbortSignal,
  output: Output,
) {
  const { given, laps, out, resumed, gradient, follow } = options;
  if (given["start-from"])
    throw new UserError("--start-from gives a network, and a measured gradient changes none: leave one of them out");
  const own = laps === undefined ? given : { ...given, rollouts: laps };
  let link: Link | undefined;
  const path = out ?? (await unusedPath(join("runs", `${given.task ?? "car-figure8"}-${timestamp(new Date())}`)));
  const prepare = async (run: Parameters<typeof openFor>[0]) => {
    link = await openFor(run);
  };
  let run: MeasuredRun;
  try {
    if (resumed !== undefined) run = await resumedMeasuredRun(resumed, own);
    else run = await newMeasuredRun(own, gradient === "both" ? "both" : "measured", path, prepare);
  } catch (error) {
    await link?.close();
    throw error;
  }
  const { config, folder, rollouts, space } = run;
  const tracker = follow?.({ path: folder.path, config, rollouts }, output);
  const driving = async () => {
    const open = link ?? (await openFor(run));
    try {
      const what = `${config.task} on ${config.link}, plant ${config.plant}`;
      output.say(`${what}, measured gradient of ${space.size} parameters, ${config.update}; run ${folder.path}`);
      const table = await announceLaps(run, output);
      const reports = new ReportRefresher(folder.path, (why) => table.say(why));
      if (tracker) tracker.say = table.say;
      try {
        const onLap = (lap: TrainedRollout) => {
          table.rollout(lap);
          reports.grown();
          tracker?.grown(lap);
        };
        const stopped = await driveMeasured(run, { link: open, signal, onLap });
        if (stopped === undefined) return;
        const again = `lapgrad train --resume ${quoted(folder.path)}`;
        throw new UserError(`lap ${rollouts.length + 1} was stopped: ${stopped}. Go on: ${again}`, 1);
      } finally {
        table.stop();
        if (tracker) tracker.say = output.say;
        await reports.close();
      }
    } finally {
      await open.stop().finally(() => open.close());
    }
  };
  try {
    await whileFollowed(tracker, signal, driving);
  } finally {
    run.unlock();
  }
  return { config, rollouts, path: folder.path };
}

/** The table of a training whose laps are counted from its first. */
function announceLaps({ config, rollouts }: MeasuredRun, output: Output): Promise<TrainingProgress> {
  const { metrics } = taskNamed(config.task);
  const units = Object.fromEntries(Object.entries(metrics).map(([name, metric]) => [name, metric.unit]));
  const done = { rollouts: rollouts.length, seconds: drivenIn(rollouts) };
  return trainingProgress(output, config.rollouts, units, done, [], "lap");
}
