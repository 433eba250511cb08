import type { CommandModule } from "yargs";
import { outputFor } from "../output.js";
import { requireLink } from "./connect.js";
import { DRIVING, givenSettings, permissionFrom, withPermission, withSettings } from "./options.js";
import type { PublishOptions } from "./publish-run.js";

const command: CommandModule = {
  command: "publish <policy>",
  describe: "a trained policy as a ROS 2 node: drives until it is stopped, without learning",
  builder: (argv) =>
    withPermission(
      withSettings(
        argv.positional("policy", { type: "string", describe: "a run's folder, or a network as JSON" }) as typeof argv,
        DRIVING,
      ),
    )
      .option("checkpoint", {
        type: "string",
        default: "best",
        describe: "of a run: best, last, or a number of updates",
        requiresArg: true,
      })
      .option("out", {
        type: "string",
        describe: "folder to record the drive in [default: runs/publish-<time>]",
        requiresArg: true,
      })
      .example("$0 publish runs/mine --link ros2 --arm", "the best policy of a run drives the robot"),
  handler: async (argv) => {
    const given = await givenSettings(argv, DRIVING);
    requireLink(given.link);
    const { publishCommand } = await import("./publish-run.js");
    const options: PublishOptions = {
      given,
      policy: String(argv.policy),
      checkpoint: String(argv.checkpoint),
      permission: permissionFrom(argv),
    };
    if (argv.out !== undefined) options.out = String(argv.out);
    await publishCommand(options, outputFor(argv.json === true));
  },
};
export default command;
