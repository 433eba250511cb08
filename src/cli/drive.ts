import type { CommandModule } from "yargs";
import { outputFor } from "../output.js";
import { requireLink } from "./connect.js";
import type { DriveOptions } from "./drive-run.js";
import { DRIVING, givenSettings, permissionFrom, withPermission, withSettings } from "./options.js";

const command: CommandModule = {
  command: "drive [policy]",
  describe: "drive with a policy, without learning",
  builder: (argv) =>
    withPermission(
      withSettings(
        argv.positional("policy", { type: "string", describe: "a run's folder, or a network as JSON" }) as typeof argv,
        DRIVING,
      ),
    )
      .option("laps", { type: "string", default: "3", describe: "laps to drive", requiresArg: true })
      .option("without-network", { type: "boolean", default: false, describe: "the controller alone" })
      .option("initial-state", {
        type: "string",
        describe: "x,y,v,phi … [default: at rest on the track]",
        requiresArg: true,
      })
      .option("start-time", { type: "string", default: "0", describe: "task time at the start [s]", requiresArg: true })
      .option("checkpoint", {
        type: "string",
        default: "best",
        describe: "of a run: best, last, or a number of updates",
        requiresArg: true,
      })
      .option("out", {
        type: "string",
        describe: "recording to write [default: runs/drive-<time>.mcap]",
        requiresArg: true,
      })
      .example("$0 drive runs/mine --laps 6", "six laps with the best policy of a run")
      .example("$0 drive runs/mine --without-network", "the same car untrained, for comparison"),
  handler: async (argv) => {
    const { driveCommand } = await import("./drive-run.js");
    const given = await givenSettings(argv, DRIVING);
    requireLink(given.link);
    const options: DriveOptions = {
      given,
      laps: String(argv.laps),
      withoutNetwork: argv["without-network"] === true,
      startTime: String(argv["start-time"]),
      checkpoint: String(argv.checkpoint),
      permission: permissionFrom(argv),
    };
    if (argv.policy !== undefined) options.policy = String(argv.policy);
    if (argv["initial-state"] !== undefined) options.initialState = String(argv["initial-state"]);
    if (argv.out !== undefined) options.out = String(argv.out);
    await driveCommand(options, outputFor(argv.json === true));
  },
};
export default command;
