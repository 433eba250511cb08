import type { CommandModule } from "yargs";
import type { DoctorOptions } from "../doctor/check.js";
import { outputFor } from "../output.js";

const command: CommandModule = {
  command: "doctor",
  describe: "can lapgrad run and drive here: computer, disk, clocks, real time, serial ports, ROS 2",
  builder: (argv) =>
    argv
      .option("device", {
        type: "string",
        describe: "the serial port that will be used: only that one is looked at, and it must be usable",
        requiresArg: true,
      })
      .option("out", {
        type: "string",
        default: "runs",
        describe: "folder that runs will be written to",
        requiresArg: true,
      })
      .option("ask-board", {
        type: "boolean",
        default: false,
        describe: "open the port of --device and ask our firmware who it is: this resets an Arduino, and disarms",
      })
      .example("$0 doctor", "every check, with what to do where something is missing")
      .example("$0 doctor --device /dev/ttyACM0", "before a drive over this port; exit code 1 if it cannot be")
      .example("$0 doctor --device /dev/ttyACM0 --ask-board", "which firmware the board has; the car must stand"),
  handler: async (argv) => {
    const { doctorCommand } = await import("./doctor-run.js");
    const options: DoctorOptions = {
      folder: String(argv.out),
      askBoard: argv["ask-board"] === true,
      ...(argv.device === undefined ? {} : { device: String(argv.device) }),
    };
    if (!(await doctorCommand(options, outputFor(argv.json === true)))) process.exitCode = 1;
  },
};
export default command;
