/** `lapgrad doctor`: what keeps lapgrad from running or driving here, and what to do about it. */

import { examine, formatDoctor } from "../../doctor/doctor.js";
import { machine } from "../../doctor/machine.js";
import { UserError } from "../../errors.js";
import type { Output } from "../../output.js";
import { roomOf } from "../../output.js";
import { choice, flag, text, wholeNumber } from "../arguments.js";
import { defineCommand } from "../command.js";
import { folder, serialPort } from "../shared.js";

export default defineCommand({
  describe: "can lapgrad run and drive here: computer, disk, clocks, real time, serial ports, ROS 2",
  args: {
    device: {
      type: serialPort,
      describe: "the serial port that will be used: only that one is looked at, and it must be usable",
    },
    out: { type: folder, default: "runs", describe: "folder that runs will be written to" },
    askBoard: {
      type: flag,
      describe: "open the port of --device and ask our firmware who it is: this resets an Arduino, and disarms",
    },
    askVesc: {
      type: flag,
      describe: "open the port of --device and ask a VESC for firmware and settings: it is commanded nothing",
    },
    pose: {
      type: text,
      describe:
        "look only at poses from this source, as `--pose` of train names it: stand for a while, then push the car",
    },
    poseName: { type: text, describe: "which of the objects that --pose sees is the car, where there are several" },
    seconds: { type: wholeNumber(5), default: 30, describe: "how long --pose listens [s]" },
    explain: { type: choice("stop"), describe: "look at nothing, but say what stops a robot by itself" },
  },
  examples: {
    "lapgrad doctor": "every check, with what to do where something is missing",
    "lapgrad doctor --device /dev/ttyACM0": "before a drive over this port; exit code 1 if it cannot be",
    "lapgrad doctor --device /dev/ttyACM0 --ask-board": "which firmware the board has; the car must stand",
    "lapgrad doctor --device /dev/ttyACM0 --ask-vesc": "whether a VESC is set up so that it may be armed",
    "lapgrad doctor --pose udp": "rate, gaps, noise and outliers of poses from outside, with settings for them",
    "lapgrad doctor --explain stop": "every reason, how soon it is noticed, and what to do",
  },
  async run(args, output) {
    if (args.explain === "stop") {
      const { formatStops, stopTables } = await import("../explain-stop.js");
      const tables = stopTables();
      output.say(formatStops(tables));
      output.result(tables);
      return true;
    }
    if (args.pose !== undefined) return lookAtPoses(args.pose, args.poseName ?? "", args.seconds, output);
    for (const [option, isGiven] of [["--ask-board", args.askBoard] as const, ["--ask-vesc", args.askVesc] as const])
      if (isGiven && args.device === undefined)
        throw new UserError(`${option} needs --device: only a port that was named is opened`);
    const report = await examine(machine, { ...args, folder: args.out });
    output.say(formatDoctor(report, roomOf(output)));
    output.result(report);
    return report.problems === 0;
  },
});

async function lookAtPoses(pose: string, name: string, seconds: number, output: Output): Promise<boolean> {
  const { checkSetting, completeConfig } = await import("../../config/config.js");
  const { poseSettingsFrom } = await import("../../pose/settings.js");
  const { listenToPoses } = await import("../../doctor/pose.js");
  const { poseFindings } = await import("../../doctor/pose-quality.js");
  checkSetting("pose", pose, "command line");
  const settings = poseSettingsFrom(completeConfig({ link: "serial", pose, "pose-name": name }));
  if (settings === undefined) throw new UserError("--pose names no source of poses: docs/pose.md has them");
  output.say(`listens for ${seconds} s: let the car stand, then push it over the floor by hand`);
  const rows = await listenToPoses(settings, seconds, output.say);
  const checks = poseFindings(rows, seconds).map(({ name = "poses", ...found }) => ({
    group: "poses",
    name,
    ...found,
  }));
  const count = (status: string) => checks.filter((check) => check.status === status).length;
  const report = { checks, problems: count("problem"), notes: count("note") };
  output.say(formatDoctor(report, roomOf(output)));
  output.result(report);
  return report.problems === 0;
}
