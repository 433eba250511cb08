/** `lapgrad train`: prepares or resumes a run, trains, writes the report, says what came out. */

import { join } from "node:path";
import { trainOver } from "../../api/train-over.js";
import { isSimulated } from "../../config/links.js";
import { unitOf } from "../../config/units.js";
import { isMeasuredRun } from "../../derivatives/measured-run.js";
import { messageOf, UserError } from "../../errors.js";
import { answered } from "../../files.js";
import { isFleet, refuseRobotOfFleet } from "../../fleet/folder.js";
import type { Link } from "../../links/link.js";
import type { Output } from "../../output.js";
import { writeReport } from "../../report/from-run.js";
import { ReportRefresher } from "../../report/refresher.js";
import { updateRules } from "../../rules/rules.js";
import { stopReason } from "../../runtime/operator.js";
import { describeFault } from "../../runtime/stops.js";
import { quoted } from "../../shell.js";
import { taskNamed } from "../../tasks/tasks.js";
import type { Tracker } from "../../trackers/tracker.js";
import { infeasibility } from "../../training/feasibility.js";
import type { RolloutMetrics, TrainedRollout } from "../../training/metrics.js";
import { newRun, type PreparedRun, resumedRun, type StartedRun } from "../../training/run-start.js";
import { instability, loopGrowth } from "../../training/stability.js";
import { warmUp } from "../../training/warm-up.js";
import { choice, path, text, wholeNumber } from "../arguments.js";
import { defineCommand } from "../command.js";
import { conclude, secondsOf } from "../conclusion.js";
import { type Connect, connect as connectLink } from "../connect.js";
import { watchInterrupts } from "../interrupt.js";
import { type LivePage, openView } from "../live.js";
import { promisesOf, type TrainingProgress, trainingProgress } from "../progress.js";
import { TRAINING, withTask } from "../settings.js";
import { folder, permission, viewing } from "../shared.js";
import { followerFor, whileFollowed } from "../tracking.js";
import { trainFleetCommand } from "../train-fleet.js";
import { trainMeasured } from "../train-measured.js";

export default defineCommand({
  describe: "learn a policy by driving (the paper's Algorithm 1)",
  args: {
    task: { type: text, positional: true, describe: "what to learn", defaultNote: "car-figure8" },
    ...permission,
    ...viewing,
    laps: {
      type: wholeNumber(1),
      describe: "laps in all, where a drive without stops has laps: the same as --rollouts there",
      insteadOf: "rollouts",
    },
    out: { type: folder, describe: "folder of the run", defaultNote: "runs/<task>-<time>" },
    robot: {
      type: text,
      list: true,
      describe:
        "a robot of several that learn one policy, given for each: its YAML file of settings, or of simulated ones " +
        "name:parameter=factor,… of the plant (docs/several-robots.md)",
    },
    gradient: {
      type: choice("model", "measured", "both"),
      describe:
        "where the gradient comes from: the model; laps with perturbations, of gains, trims and 12 setpoint offsets; " +
        "both (docs/physical-derivatives.md)",
      defaultNote: "model",
    },
    tracker: {
      type: text,
      describe: "send the metrics to a server while it trains: mlflow=URL (docs/trackers.md)",
    },
    resume: {
      type: path("a run, e.g. runs/mine"),
      valueOptional: true,
      describe: "go on with a run, from its last update (its folder here or in --out)",
    },
  },
  settings: TRAINING,
  examples: {
    "lapgrad train": "the simulated JetRacer learns a figure-8",
    "lapgrad train --plant nominal --model-scale 0.25 --laps 25 --seed 3": "a model four times too weak",
    "lapgrad train --gradient measured --plant identified": "ten minutes without any model",
    "lapgrad train car-track --track oval.yaml --start-from runs/kidney": "what one track taught, on another",
    "lapgrad train car-track --track mine.yaml --race --laps 60": "faster from lap to lap",
    "lapgrad train --resume runs/mine --laps 30": "another 15 laps after the first 15",
    "lapgrad train --link serial --device /dev/ttyACM0 --arm": "a real car learns",
    "lapgrad train --robot a.yaml --robot b.yaml --arm": "two real cars learn one policy",
    "lapgrad train --plant single-track --robot a:mass=0.8 --robot b:mass=1.2": "two simulated ones",
    "lapgrad train --config my-car.yaml --json": "settings from a file, result for a machine",
  },
  /** A peer is none of the update rules: it trains in a way of its own. */
  async instead({ update }) {
    if (update === undefined || String(update) in updateRules) return undefined;
    const { contenders } = await import("../../peers/contenders.js");
    return String(update) in contenders ? (await import("../train-peer.js")).default : undefined;
  },
  async run(args, printed, connect: Connect = connectLink) {
    const known = args.resume === undefined ? undefined : args.resume || args.out;
    const isResumedFleet = known !== undefined && (await isFleet(known));
    if (known !== undefined) await refuseRobotOfFleet(known);
    if (args.robot !== undefined || isResumedFleet) {
      refuseForFleet(args, isResumedFleet);
      return trainFleetCommand(
        { ...args, given: withTask(args) },
        isResumedFleet ? known : undefined,
        printed,
        connect,
      );
    }
    const began = performance.now();
    const follow = await followerFor(args.tracker);
    let page: LivePage | undefined;
    const { signal, stop, release } = watchInterrupts();
    const options = { ...args, given: withTask(args) };
    const openFor = async ({ config, folder, core }: PreparedRun) => {
      const drives = join(folder.path, "drives");
      const parameters = core.parameterCount();
      page ??= await openView(args, { path: folder.path, config }, printed, stop);
      const { output, view } = page;
      const made = await connect(config, { permission: args, output, signal, stop, drives, parameters, view });
      await made.open();
      return made;
    };
    try {
      if ((args.gradient ?? "model") !== "model" || (known !== undefined && (await isMeasuredRun(known)))) {
        const { config, rollouts, path } = await trainMeasured(
          { ...options, resumed: known, follow },
          openFor,
          signal,
          printed,
        );
        await conclude(path, config, rollouts, (performance.now() - began) / 1000, page?.output ?? printed);
        return;
      }
      // a robot that does not answer leaves no folder
      let link: Link | undefined;
      const prepare = async (prepared: PreparedRun) => {
        link = await openFor(prepared);
      };
      const run =
        args.resume === undefined
          ? await newRun(options, prepare).catch(async (error: unknown) => {
              await link?.close();
              throw error;
            })
          : await resumedRun(options, printed);
      const { folder, config } = run;
      const rollouts = [...run.rollouts];
      try {
        link ??= run.progress.rollouts < config.rollouts ? await openFor(run) : undefined;
        const output = page?.output ?? printed;
        const tracker = follow?.({ path: folder.path, config, rollouts }, output);
        const driving = async (open: Link | undefined) => {
          if (open) return drive(run, open, rollouts, signal, output, tracker);
          const units = `${unitOf(config)}s`;
          const more = `lapgrad train --resume ${quoted(folder.path)} --${units} ${2 * config.rollouts}`;
          output.say(`${folder.path} is complete: all ${config.rollouts} ${units} are driven. For more: ${more}`);
        };
        await whileFollowed(tracker, signal, () => driving(link));
        await conclude(folder.path, config, rollouts, (performance.now() - began) / 1000, output);
      } finally {
        run.unlock();
      }
    } finally {
      await page?.close();
      release();
    }
  },
});

/** Refuses what is for one robot alone. */
function refuseForFleet(
  { robot, resume, gradient, tracker }: { [name: string]: unknown; robot?: readonly string[]; resume?: string },
  isResumed: boolean,
): void {
  if (robot !== undefined && resume !== undefined)
    throw new UserError(
      isResumed
        ? "--robot and --resume: a resumed run has its robots, so leave --robot out"
        : `${resume || "--resume"} is a run of one robot: several learn together from the start, so leave --resume out`,
    );
  const options = { gradient: gradient === "model" ? undefined : gradient, tracker };
  const [given] = Object.entries(options).find(([, value]) => value !== undefined) ?? [];
  if (given !== undefined) throw new UserError(`--${given} is for one robot: leave it out, or train each by itself`);
}

/**
 * Trains with an open link, which is closed, adding the metrics of each rollout to `rollouts`. What a failed training
 * left is reported all the same.
 */
async function drive(
  run: StartedRun,
  link: Link,
  rollouts: TrainedRollout[],
  signal: AbortSignal,
  output: Output,
  tracker: Tracker | undefined,
): Promise<void> {
  const { folder } = run;
  let table: TrainingProgress | undefined;
  const reports = new ReportRefresher(folder.path, (why) => table?.say(why));
  let refusal: string | undefined; // the last one: a reason that stays is said once
  try {
    try {
      table = await announce(run, rollouts, signal, output);
      if (tracker) tracker.say = table.say;
      const onRollout = (driven: TrainedRollout, refused: string | undefined) => {
        rollouts.push(driven);
        if (refused !== undefined && refused !== refusal)
          table?.say(`the model was not refitted before ${unitOf(run.config)} ${driven.index}: ${refused}`);
        refusal = refused;
        table?.rollout(driven);
        reports.grown();
        tracker?.grown(driven);
        for (const text of driven.noticed) table?.say(`noticed in ${driven.index}: ${text}`);
      };
      if (!isSimulated(run.config)) await warmUp(run.config);
      if (link.isDeadReckoning) output.say("its position is dead reckoning: all costs are what it believes");
      if (link.isDeadReckoning && run.config.race)
        output.say(
          "warning: so is what it keeps of the track's edges: it drifts, race where the pose is measured outside",
        );
      await trainOver(run, link, rollouts, signal, onRollout);
    } finally {
      await reports.close();
    }
  } catch (error) {
    table?.stop();
    if (rollouts.length > 0) {
      const report = await answered(writeReport(folder.path)).catch((problem) => ({
        path: `none, ${messageOf(problem)}`,
      }));
      output.say(`report: ${report.path}`);
    }
    if (error instanceof UserError && error.cause !== undefined)
      output.say(`go on once that is mended: lapgrad train --resume ${quoted(folder.path)}`);
    throw error;
  } finally {
    table?.stop();
    if (tracker) tracker.say = output.say;
  }
}

/** Says what begins, and begins its table. */
async function announce(
  { config, folder }: StartedRun,
  rollouts: readonly RolloutMetrics[],
  signal: AbortSignal,
  output: Output,
): Promise<TrainingProgress> {
  const { metrics } = taskNamed(config.task);
  const from = rollouts.length > 0 ? `, going on after ${unitOf(config)} ${rollouts.length}` : "";
  const what = `${config.task} on ${config.link}, plant ${config.plant}`;
  const rule = `${config.update} ${config["learning-rate"]}`;
  output.say(`${what}, ${rule}, seed ${config.seed}; run ${folder.path}${from}`);
  const warnings = rollouts.length === 0 ? [instability(await loopGrowth(config)), await infeasibility(config)] : [];
  for (const warning of warnings) if (warning) output.say(warning);
  const units = Object.fromEntries(Object.entries(metrics).map(([name, metric]) => [name, metric.unit]));
  const done = { rollouts: rollouts.length, seconds: secondsOf(rollouts) };
  const table = await trainingProgress(output, config.rollouts, units, done, promisesOf(config), unitOf(config));
  const work = config.batch > 1 ? "batch" : unitOf(config);
  const stopping = () =>
    isSimulated(config) ? `stopping after this ${work}` : `${reasonOf(signal)}: the robot is being stopped`;
  signal.addEventListener("abort", () => table.say(`${stopping()}; once more to stop at once`));
  return table;
}

/** What a robot is being stopped for, for people. */
function reasonOf(signal: AbortSignal): string {
  return describeFault({ fault: stopReason(signal), value: Number.NaN, limit: Number.NaN });
}
