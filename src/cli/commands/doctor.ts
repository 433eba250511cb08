/** `lapgrad doctor`: what keeps lapgrad from running or driving here, and what to do about it. */

import { examine, formatDoctor } from "../../doctor/doctor.js";
import { machine } from "../../doctor/machine.js";
import { UserError } from "../../errors.js";
import { roomOf } from "../../output.js";
import { choice, flag, text, wholeNumber } from "../arguments.js";
import { defineCommand } from "../command.js";
import type { hearingHost } from "../connect.js";
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
    link: {
      type: choice("serial", "waveshare", "vesc"),
      describe: "with --pose: hear the car too, and say whether poses agree with its wheel and gyro; it is never armed",
    },
    seconds: { type: wholeNumber(5), default: 30, describe: "how long --pose listens [s]" },
    explain: { type: choice("stop"), describe: "look at nothing, but say what stops a robot by itself" },
  },
  examples: {
    "lapgrad doctor": "every check, with what to do where something is missing",
    "lapgrad doctor --device /dev/ttyACM0": "before a drive over this port; exit code 1 if it cannot be",
    "lapgrad doctor --device /dev/ttyACM0 --ask-board": "which firmware the board has; the car must stand",
    "lapgrad doctor --device /dev/ttyACM0 --ask-vesc": "whether a VESC is set up so that it may be armed",
    "lapgrad doctor --pose udp": "rate, gaps, noise and outliers of poses from outside, with settings for them",
    "lapgrad doctor --pose udp --link serial --device /dev/ttyACM0":
      "do poses agree with wheel and gyro? Push the car in curves for half a minute",
    "lapgrad doctor --explain stop": "every reason, how soon it is noticed, and what to do",
  },
  async run(args, output, hostFor?: typeof hearingHost) {
    if (args.explain === "stop") {
      const { formatStops, stopTables } = await import("../explain-stop.js");
      const tables = stopTables();
      output.say(formatStops(tables));
      output.result(tables);
      return true;
    }
    if (args.pose !== undefined) {
      const { lookAtPoses } = await import("../look-at-poses.js");
      return lookAtPoses({ ...args, pose: args.pose }, output, hostFor);
    }
    if (args.link !== undefined)
      throw new UserError("--link is for --pose: which source of poses is it to agree with?");
    for (const [option, isGiven] of [["--ask-board", args.askBoard] as const, ["--ask-vesc", args.askVesc] as const])
      if (isGiven && args.device === undefined)
        throw new UserError(`${option} needs --device: only a port that was named is opened`);
    const report = await examine(machine, { ...args, folder: args.out });
    output.say(formatDoctor(report, roomOf(output)));
    output.result(report);
    return report.problems === 0;
  },
});
