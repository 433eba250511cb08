import type { CommandModule } from "yargs";
import { outputFor } from "../output.js";
import { textOf } from "./arguments.js";

const command: CommandModule = {
  command: "stop [run]",
  describe: "stop the robot, from any terminal: neutral at once, then disarmed",
  builder: (argv) =>
    argv
      .positional("run", { type: "string", describe: "only what is recorded in this folder [default: every robot]" })
      .option("device", {
        type: "string",
        describe: "a board of ours at this serial port is told to stop, even if no lapgrad drives it",
        requiresArg: true,
      })
      .example("$0 stop", "every robot that a lapgrad of this user drives on this computer")
      .example("$0 stop runs/mine", "only the robot of this run")
      .example("$0 stop --device /dev/ttyACM0", "the board itself, if nothing drives it"),
  handler: async (argv) => {
    const { stopCommand } = await import("./stop-run.js");
    const isStopped = await stopCommand(textOf(argv.run), textOf(argv.device), outputFor(argv.json === true));
    if (!isStopped) process.exitCode = 1;
  },
};
export default command;
