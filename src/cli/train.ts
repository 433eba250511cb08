import type { CommandModule } from "yargs";
import { outputFor } from "../output.js";
import { type Permission, requireLink } from "./connect.js";
import { givenSettings, permissionFrom, TRAINING, withPermission, withSettings } from "./options.js";
import type { TrainOptions } from "./train-start.js";

const command: CommandModule = {
  command: "train [task]",
  describe: "learn a policy by driving (the paper's Algorithm 1)",
  builder: (argv) =>
    withPermission(
      withSettings(
        argv.positional("task", { type: "string", describe: "what to learn [default: car-figure8]" }),
        TRAINING,
      ),
    )
      .option("out", { type: "string", describe: "folder of the run [default: runs/<task>-<time>]", requiresArg: true })
      .option("resume", {
        type: "string",
        describe: "go on with a run, from its last update (its folder here or in --out)",
      })
      .example("$0 train", "the simulated JetRacer learns a figure-8")
      .example("$0 train --plant nominal --model-scale 0.25 --rollouts 25 --seed 3", "a model four times too weak")
      .example("$0 train --resume runs/mine --rollouts 30", "another 15 rollouts after the first 15")
      .example("$0 train --link serial --device /dev/ttyACM0 --arm", "a real car learns")
      .example("$0 train --config my-car.yaml --json", "settings from a file, result for a machine"),
  handler: async (argv) => {
    const { trainCommand } = await import("./train-run.js");
    const given = await givenSettings(argv, TRAINING);
    requireLink(given.link);
    if (argv.task !== undefined) given.task = String(argv.task);
    const options: TrainOptions & { permission: Permission } = { given, permission: permissionFrom(argv) };
    if (argv.out !== undefined) options.out = String(argv.out);
    if (argv.resume !== undefined) options.resume = String(argv.resume);
    await trainCommand(options, outputFor(argv.json === true));
  },
};
export default command;
