import type { CommandModule } from "yargs";
import { outputFor } from "../output.js";
import { textOf } from "./arguments.js";
import { givenSettings, TRAINING, withSettings } from "./options.js";

const IMPORTING = ["task", ...TRAINING] as const;

const command: CommandModule = {
  command: "import <policy>",
  describe: "make a run of a policy from a file, to drive, train or export it",
  builder: (argv) =>
    withSettings(
      argv.positional("policy", {
        type: "string",
        demandOption: true,
        describe: "an export of lapgrad (JSON, ONNX), or a network in the authors' layout (JSON[.gz])",
      }),
      IMPORTING,
    )
      .option("out", { type: "string", describe: "folder of the run [default: runs/<task>-<time>]", requiresArg: true })
      .example("$0 import policy.json --out runs/copy && $0 drive runs/copy", "back from an export")
      .example("$0 import jetracer-sim-model.json.gz --out runs/authors", "a network alone: settings are the task's")
      .example("$0 train --resume runs/copy", "train it further"),
  handler: async (argv) => {
    const { importCommand } = await import("./import-run.js");
    const given = await givenSettings(argv, IMPORTING);
    await importCommand(String(argv.policy), given, textOf(argv.out), outputFor(argv.json === true));
  },
};
export default command;
