/** `lapgrad stop`: stops what drives a robot on this computer, waits until it is at rest, and says so. */

import { realpath } from "node:fs/promises";
import { UserError } from "../../errors.js";
import { problemOf } from "../../files.js";
import { type Output, printableLine } from "../../output.js";
import { type StopOutcome, stopDrivers } from "../../runtime/stop-drivers.js";
import { findUnseenDrivers } from "../../runtime/unseen-drivers.js";
import { quoted } from "../../shell.js";
import { text } from "../arguments.js";
import { defineCommand } from "../command.js";
import { serialPort } from "../shared.js";

const WORDS: Readonly<Record<StopOutcome, (pid: number) => string>> = {
  "at rest": () => "at rest and disarmed",
  ended: () => "the process has ended, and its robot stops",
  "not stopped": (pid) =>
    `NOT STOPPED: cut the robot's power; or kill -9 ${pid}: ` +
    "a board with our firmware then stops by itself within 200 ms",
  "another user's": () => "NOT STOPPED: another user's, use sudo lapgrad stop; or cut the robot's power",
};

/** Of a process that has stopped, but drove nothing. */
const RECORDED = "the recording has ended; whoever drives that robot, by hand or by radio, may drive on";

/** What a process says of itself is shown up to this length. */
const LONGEST = 300;

export default defineCommand({
  describe: "stop the robot, from any terminal: neutral at once, then disarmed",
  args: {
    run: {
      type: text,
      positional: true,
      describe: "only what is recorded in this folder",
      defaultNote: "every robot",
    },
    robot: { type: text, describe: "only the robot that several which learn together call so" },
    device: {
      type: serialPort,
      describe: "a board of ours at this serial port is told to stop, even if no lapgrad drives it",
    },
  },
  examples: {
    "lapgrad stop": "every robot that a lapgrad of this user drives on this computer",
    "lapgrad stop runs/mine": "only the robot of this run",
    "lapgrad stop --robot b": "of several robots that learn together only b: the others drive on",
    "lapgrad stop --device /dev/ttyACM0": "the board itself, if nothing drives it",
  },
  async run({ run, robot, device }, output, givesUpAfter?: number) {
    const folder = run === undefined ? undefined : await folderOf(run);
    const robots = await stopDrivers({ folder, robot }, givesUpAfter).catch((error) => {
      throw new UserError(`cannot see what drives here: ${problemOf(error)}; cut the robot's power`, 1);
    });
    for (const { pid, device: at, drives, robot: name, isHeardOnly, outcome, seconds } of robots) {
      const what = [`process ${pid}`, name && `robot ${name}`, at, drives]
        .filter((part) => part !== null)
        .map((part) => printableLine(part, LONGEST))
        .join(", ");
      const after = outcome === "at rest" ? ` after ${seconds.toFixed(2)} s` : "";
      const words = isHeardOnly && outcome === "at rest" ? RECORDED : WORDS[outcome](pid);
      output.say(`${what}: ${words}${after}`);
    }
    // of a run whose robot was found it was this one that was meant
    const unseen = (folder ?? robot) !== undefined && robots.length > 0 ? [] : findUnseenDrivers(robots);
    for (const pid of unseen) output.say(unseenText(pid));
    if (robots.length + unseen.length === 0)
      output.say(
        `nothing drives a robot ${robot === undefined ? "" : `called ${robot} `}` +
          (folder === undefined ? "here" : `in ${folder}`),
      );
    const areStopped =
      unseen.length === 0 && robots.every(({ outcome }) => outcome === "at rest" || outcome === "ended");
    const board = device === undefined || !areStopped ? null : await disarm(device, output);
    output.result({ robots, unseen, board });
    return areStopped && board !== "silent";
  },
});

function unseenText(pid: number): string {
  return (
    `process ${pid}: NOT STOPPED: by its command line it drives a robot, in another network than this, as in ` +
    `a container; stop it there: docker exec <container> lapgrad stop, ` +
    `or sudo nsenter -t ${pid} -n -m -p lapgrad stop, or sudo kill -INT ${pid}; or cut the robot's power`
  );
}

async function folderOf(run: string): Promise<string> {
  return realpath(run).catch((error) => {
    throw new UserError(`cannot stop what drives in ${run}: ${problemOf(error)}; lapgrad stop stops every robot`);
  });
}

/** Tells a board itself, which nothing drives, to disarm. */
async function disarm(device: string, output: Output): Promise<"disarmed" | "silent"> {
  const [{ disarmBoard }, { withBoard }] = await Promise.all([
    import("../../links/board.js"),
    import("../../runtime/board.js"),
  ]);
  const answer = await withBoard(device, disarmBoard);
  if (answer === "disarmed") {
    output.say(`${device}: the board says that it is disarmed`);
    return answer;
  }
  const what = answer.bytes > 0 ? `NO ANSWER, but ${answer.bytes} bytes of another device or baud rate` : "NO ANSWER";
  output.say(
    `${device}: ${what}: cut the robot's power; lapgrad doctor --device ${quoted(device)} tells what keeps the port`,
  );
  return "silent";
}
