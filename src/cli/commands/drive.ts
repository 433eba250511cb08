/** `lapgrad drive`: laps with a fixed policy, recorded and measured. */
import { lapsIn, prepareDrive } from "../../api/driving.js";
import { completeConfig } from "../../config/config.js";
import { isSimulated } from "../../config/links.js";
import type { RunConfig } from "../../config/schema.js";
import type { Core } from "../../core/core.js";
import { UserError } from "../../errors.js";
import type { DriveResult } from "../../links/link.js";
import { digits, formatTable, metricWords, roomOf } from "../../output.js";
import { configOfPolicy, type PolicySource } from "../../policy-file.js";
import { recordingFrom } from "../../recording/transfer.js";
import { writeRecording } from "../../recording/writer.js";
import { misplaced, nearestStart } from "../../runtime/nearest-start.js";
import { Belief, beliefText } from "../../training/belief.js";
import { infeasibility } from "../../training/feasibility.js";
import { measure, type RolloutMetrics, summaryOf } from "../../training/metrics.js";
import { type ArgumentType, flag, number, parseNumber, path, wholeNumber } from "../arguments.js";
import { defineCommand } from "../command.js";
import { connect, type Permission, requireLink } from "../connect.js";
import type { Interrupt } from "../interrupt.js";
import { type LivePage, stayOpen, whileShown } from "../live.js";
import { recordingPath } from "../recording-path.js";
import { DRIVING } from "../settings.js";
import { checkpoint, permission, policy, viewing } from "../shared.js";

/** One day [s]: beyond it the task's phase loses digits. */
const LATEST_START = 86400;

/** The components of a state; which are needed the task says, so a text that is no number is refused there. */
const state: ArgumentType<readonly (number | string)[]> = {
  label: "numbers, separated by commas",
  parse: (given) => given.split(",").map(parseNumber),
};

export default defineCommand({
  describe: "drive with a policy, without learning",
  args: {
    policy,
    ...permission,
    ...viewing,
    laps: { type: wholeNumber(1), default: 3, describe: "laps to drive" },
    withoutNetwork: { type: flag, describe: "the controller alone" },
    initialState: { type: state, describe: "x,y,v,phi …", defaultNote: "at rest on the track" },
    startTime: {
      type: number(`a time from 0 to ${LATEST_START} s`, (time) => time >= 0 && time <= LATEST_START),
      default: 0,
      describe: "task time at the start [s]",
    },
    checkpoint,
    out: {
      type: path("a file, e.g. drive.mcap"),
      describe: "recording to write",
      defaultNote: "runs/drive-<time>.mcap",
    },
  },
  settings: DRIVING,
  examples: {
    "lapgrad drive runs/mine --laps 6": "six laps with the best policy of a run",
    "lapgrad drive runs/mine --without-network": "the same car untrained, for comparison",
  },
  async run(args, output) {
    const { given, laps, initialState, withoutNetwork } = args;
    requireLink(given.link);
    if (args.policy === undefined && !withoutNetwork) {
      const needed = "a run's folder or a network as JSON; or --without-network for the controller alone";
      throw new UserError(`drive needs a policy: ${needed}`);
    }
    const wanted = { ...args, policy: args.policy, withoutNetwork: withoutNetwork === true, initialState };
    const { config, core, perLap, source: policy } = await prepareDrive(wanted, "--");
    const segments = laps * perLap;
    if (await isElsewhere(args.policy, policy, config))
      output.say("warning: this policy has learned the places of another track, which mean nothing on this one");
    for (const problem of misplacedStart(core, initialState !== undefined)) output.say(`warning: ${problem}`);
    const warning = await infeasibility(config);
    if (warning) output.say(warning);
    const path = await recordingPath(args.out, "drive");
    await whileShown(args, { path, config }, output, async (page, interrupt) => {
      const { output } = page;
      const { steps, stopped, remedy, belief } = await driveSegments(
        config,
        args,
        core,
        segments,
        path,
        page,
        interrupt,
      );
      if (steps === 0) throw new UserError(`nothing was driven: ${stopped}`, 1);
      const recording = recordingFrom(core, 0, 1);
      const metrics = { ...measure(core, 0, 1), ...belief.follow(recording, true) };
      await writeRecording(path, recording, summaryOf(metrics));
      const ofLaps = lapsIn(core, laps, perLap);
      const after = policy?.updates === undefined ? "" : ` after ${policy.updates} updates`;
      output.say(withoutNetwork ? "without network: the controller alone" : `policy: ${args.policy}${after}`);
      const fromRest = startsAtRest(core);
      output.say(lapTable(core, ofLaps, metrics, fromRest, roomOf(output)));
      if (fromRest)
        output.say(
          "lap 1 begins at rest: most of its cost is getting up to speed; what was learned shows from lap 2 on",
        );
      const believed = beliefText(metrics, "the last lap");
      if (believed) output.say(believed);
      output.say(`recording: ${path}`);
      if (stopped) {
        const why = remedy === undefined ? stopped : `${stopped}; ${remedy}`;
        throw new UserError(`the drive was stopped: ${why}; up to there it is in ${path}`, 1);
      }
      const { index: _, ...whole } = metrics;
      output.result({
        task: config.task,
        policy: withoutNetwork ? null : args.policy,
        updates: withoutNetwork ? null : (policy?.updates ?? null),
        laps: ofLaps.map((lap, i) => ({ ...lap, ...(fromRest && i === 0 ? { fromRest } : {}) })),
        ...whole,
        believed: believed !== undefined,
        finalState: Array.from(recording.finalState),
        recording: path,
      });
      if (isSimulated(config)) await stayOpen(page, interrupt);
    });
  },
});

/** Whether a policy that knows places is to drive another track than the one that it learned. */
async function isElsewhere(path: string | undefined, policy: PolicySource | undefined, config: RunConfig) {
  if (policy?.run === undefined || config.track === "" || config.features === "path") return false;
  return completeConfig(await configOfPolicy(path ?? "", policy, {})).track !== config.track;
}

/** What is wrong with a start that was given, on a track. */
function misplacedStart(core: Core, isGiven: boolean): string[] {
  return isGiven && core.setup.task.track ? misplaced(nearestStart(core, core.view("states").slice(0, 4))) : [];
}

/** Whether the robot stood where it began, and the task is to go round: then the first lap is not like the others. */
function startsAtRest(core: Core): boolean {
  const { columns, timing } = core.setup.task;
  const speed = columns.state.findIndex((name) => /^v \[m\/s\]/.test(name));
  return timing.lapTime !== undefined && speed >= 0 && core.view("states")[speed] === 0;
}

/** A row per lap, and one for all. */
function lapTable(
  core: Core,
  laps: readonly RolloutMetrics[],
  all: RolloutMetrics,
  fromRest: boolean,
  room?: number,
): string {
  const names = Object.entries(core.setup.task.metrics);
  const row = (label: string, metrics: RolloutMetrics) => {
    const own = names.map(([name]) => metrics[name]);
    return [label, ...[metrics.seconds, metrics.cost, metrics.meanCost, ...own].map((value) => digits(value))];
  };
  const headings = names.map(([name, { unit }]) => `${metricWords(name)} [${unit}]`);
  return formatTable(
    [
      ["lap", "driven [s]", "cost", "cost/step", ...headings],
      ...laps.map((lap, i) => row(fromRest && i === 0 ? `${lap.index}, from rest` : `${lap.index}`, lap)),
      row("all", all),
    ],
    room,
  );
}

async function driveSegments(
  config: RunConfig,
  permission: Permission,
  core: Core,
  segments: number,
  recording: string,
  { output, view }: LivePage,
  { signal, stop }: Interrupt,
): Promise<DriveResult & { readonly belief: Belief }> {
  const parameters = core.parameterCount();
  const drives = recording.replace(/\.mcap$/, "-drives");
  const link = await connect(config, { permission, output, signal, stop, drives, parameters, view });
  await link.open();
  try {
    const result = await link.drive(core, 0, segments, false);
    return { ...result, belief: new Belief(link) };
  } finally {
    await link.stop().finally(() => link.close());
  }
}
