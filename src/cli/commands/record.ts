/** `lapgrad record`: what a robot measures while somebody pushes it, or drives it by radio. */
import { completeConfig, type PartialConfig } from "../../config/config.js";
import { isSimulated } from "../../config/links.js";
import { resolveTask } from "../../config/resolve.js";
import type { RunConfig } from "../../config/schema.js";
import { UserError } from "../../errors.js";
import { resultOf } from "../../links/kinds/sim.js";
import { links } from "../../links/links.js";
import { digits, formatTable, type Output, roomOf } from "../../output.js";
import { HeardDrive } from "../../recording/heard-drive.js";
import type { Heard } from "../../runtime/hear.js";
import { isPlanar } from "../../runtime/track.js";
import { coreFor } from "../../session.js";
import { quoted } from "../../shell.js";
import type { TaskDefinition } from "../../tasks/definition.js";
import { taskNamed, tasks } from "../../tasks/tasks.js";
import { roomFor } from "../../training/collect.js";
import { number, path } from "../arguments.js";
import { defineCommand } from "../command.js";
import { hearingHost, type Permission, refuseRobotOptions, requireLink } from "../connect.js";
import { watchInterrupts } from "../interrupt.js";
import { recordingPath } from "../recording-path.js";
import { DRIVING } from "../settings.js";
import { permission } from "../shared.js";

/** Longest recording [s]: a day. */
const LONGEST = 86400;
/** Laps of a simulated robot, where no time is given. */
const LAPS = 2;
/** Gaps that are named. */
const NAMED = 3;

export default defineCommand({
  describe: "write down what a robot measures while it is pushed by hand, or driven by radio or gamepad",
  args: {
    out: {
      type: path("a file, e.g. mine.mcap"),
      describe: "recording to write",
      defaultNote: "runs/record-<time>.mcap",
    },
    seconds: {
      type: number(`a time above 0, up to ${LONGEST} s`, (seconds) => seconds > 0 && seconds <= LONGEST),
      describe: "how long",
      defaultNote: `until Ctrl-C or lapgrad stop; in simulation ${LAPS} laps`,
    },
    arm: permission.arm,
  },
  settings: DRIVING,
  examples: {
    "lapgrad record --link serial --device /dev/ttyACM0 --out mine.mcap":
      "push the car around once, a little further, and press Ctrl-C",
    "lapgrad record --link ros2 --seconds 60": "a minute of a robot that somebody drives by joystick",
    "lapgrad record --link serial --gamepad true --arm --out mine.mcap": "drive it by a gamepad's sticks",
    "lapgrad record --plant identified --out mine.mcap": "in simulation, where the untrained controller is the driver",
  },
  async run({ out, seconds, arm, given }, output, hostFor: typeof hearingHost = hearingHost) {
    requireLink(given.link);
    const config = completeConfig({ ...withOwnTask(given), rollouts: 1, batch: 1, window: "0:0:0" });
    const permission: Permission = { ...(arm !== undefined && { arm }), given };
    if (isSimulated(config)) refuseRobotOptions(permission);
    const { task } = resolveTask(config);
    if (!isPlanar(task))
      throw new UserError(`record writes down a robot in the plane, and ${task.name} is none: choose a car's task`);
    const path = await recordingPath(out, "record");
    const heard = isSimulated(config)
      ? await simulated(config, seconds, path)
      : await heardFrom(config, seconds ?? Number.POSITIVE_INFINITY, path, permission, output, hostFor);
    if (heard.states === 0) throw new UserError(`nothing was recorded: ${heard.stopped ?? "it ended at once"}`, 1);
    output.say(formatTable(tableOf(heard), roomOf(output)));
    for (const remark of remarksOn(heard)) output.say(remark);
    output.say(`recording: ${path}; its lap as a track: lapgrad track from-drive ${quoted(path)}`);
    const { stopped, ...rest } = heard;
    output.result({ task: task.name, link: config.link, ...rest, stopped: stopped ?? null, recording: path });
    if (stopped !== undefined) throw new UserError(`the recording ended: ${stopped}; up to there it is in ${path}`, 1);
  },
});

/** The settings with the task whose states and inputs the link's robot has, unless one is given. */
function withOwnTask(given: PartialConfig): PartialConfig {
  const config = completeConfig(given);
  const link = links[config.link];
  if (given.task !== undefined || link.isSimulated) return given;
  const { states, inputs } = link.describe(config, taskNamed(config.task));
  const fits = ({ columns, track }: TaskDefinition) =>
    !track && columns.state.join() === states.join() && columns.input.join() === inputs.join();
  const task = Object.values(tasks).find(fits);
  return task ? { ...given, task: task.name } : given;
}

async function heardFrom(
  config: RunConfig,
  seconds: number,
  path: string,
  permission: Permission,
  output: Output,
  hostFor: typeof hearingHost,
): Promise<Heard> {
  const { hear } = await import("../../runtime/hear.js");
  const interrupt = watchInterrupts();
  try {
    const { signal, stop } = interrupt;
    const host = await hostFor(config, { permission, output, signal, stop, drives: path });
    return await hear(host, config, { say: output.say, signal: interrupt.signal }, path, seconds);
  } finally {
    interrupt.release();
  }
}

/** The simulated robot, driven by the controller without network; its pose is known. */
async function simulated(config: RunConfig, seconds: number | undefined, path: string): Promise<Heard> {
  const { task } = resolveTask(config);
  const { lapTime, networkPeriod } = task.timing;
  const duration = seconds ?? (lapTime === undefined ? undefined : (LAPS * lapTime) / config.pace);
  if (duration === undefined) throw new UserError(`${task.name} has no laps: say how long, with --seconds`);
  const segments = Math.ceil(duration / networkPeriod);
  const core = await coreFor(config, 1, segments, roomFor(config, 1, segments).steps);
  core.writeStart([...task.initialState], 0);
  const { steps, stopped } = resultOf(core, 0, core.tryRollOut(0, segments));
  const drive = await HeardDrive.create(path, task, "simulation");
  const rows = { states: core.view("states"), inputs: core.view("inputs"), times: core.view("times") };
  const [n, m] = [task.columns.state.length, task.columns.input.length];
  for (let t = 0; t < steps && rows.times[t] <= duration; t++)
    drive.take(rows.times[t], rows.states.slice(n * t, n * (t + 1)), rows.inputs.slice(m * t, m * (t + 1)));
  return { ...(await drive.close()), uncertainty: null, stopped };
}

function tableOf({ seconds, states, rate, distance, gaps }: Heard): string[][] {
  return [
    ["recorded [s]", digits(seconds)],
    ["states", `${states}`],
    ["states per second", digits(rate, 3)],
    ["gaps", `${gaps.length}`],
    ["driven [m]", digits(distance)],
  ];
}

/** What people should know of a recording before they use it. */
function remarksOn({ gaps, distance, backwards, moved, hasInputs, uncertainty, unplaced }: Heard): string[] {
  const longest = [...gaps].sort((a, b) => b.seconds - a.seconds).slice(0, NAMED);
  const named = longest.map(({ time, seconds }) => `${digits(seconds, 2)} s after ${digits(time, 3)} s`).join(", ");
  return [
    ...(gaps.length > 0 ? [`no state came for ${named}: between them the path is a straight line`] : []),
    ...(unplaced > 0 ? [`${unplaced} states are no numbers, and count for nothing`] : []),
    ...(moved ? [] : ["it never moved: push it, or check that its wheel or its topic is measured"]),
    ...(backwards > 0.5 * distance && moved ? ["it rolled backwards most of the way"] : []),
    ...(hasInputs ? [] : ["the robot told no throttle and no steering: a track can be made of this, no model fitted"]),
    ...(uncertainty === null || !moved
      ? []
      : [
          `nobody measured its pose: it is summed up from wheel and gyro, from 0, 0 on, and may be off by ` +
            `${digits(uncertainty, 2)} m at the end (one standard deviation)`,
        ]),
  ];
}
