import type { CommandModule } from "yargs";
import { outputFor } from "../output.js";
import { textOf } from "./arguments.js";
import { givenSettings, REPLAYING, withSettings } from "./options.js";

const command: CommandModule = {
  command: "replay <recording>",
  describe: "feed a recording through controller, cost and gradient; report mismatch",
  builder: (argv) =>
    withSettings(
      argv.positional("recording", { type: "string", demandOption: true, describe: "MCAP, or the authors' JSON[.gz]" }),
      REPLAYING,
    )
      .option("network", {
        type: "string",
        describe: "network (JSON) or run that drove, to check its outputs too",
        requiresArg: true,
      })
      .example("$0 replay runs/mine/rollouts/0001.mcap", "one of our own rollouts")
      .example("$0 replay jetracer-hw-train-1.json.gz", "a training run on the real car, with its recorded costs")
      .example(
        "$0 replay run.json.gz --parameters controller.throttleLimit=0.65",
        "recorded with another throttle limit",
      ),
  handler: async (argv) => {
    const { replayCommand } = await import("./replay-run.js");
    const network = textOf(argv.network);
    await replayCommand(
      String(argv.recording),
      await givenSettings(argv, REPLAYING),
      network,
      outputFor(argv.json === true),
    );
  },
};
export default command;
