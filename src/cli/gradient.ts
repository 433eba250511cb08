import type { CommandModule } from "yargs";
import { outputFor } from "../output.js";

const command: CommandModule = {
  command: "gradient <case>",
  describe: "loss, rollout and gradient of a case file, compared with what the file expects",
  builder: (argv) =>
    argv
      .positional("case", {
        type: "string",
        demandOption: true,
        describe: "JSON or JSON.gz: t0, x0, segments, layers, …",
      })
      .example("$0 gradient half-model-full.json.gz", "prints the differences to the expected values")
      .example("$0 gradient my-case.json --json", "loss, xs, us, stageCosts, xf, gradient"),
  handler: async (argv) => {
    const { gradientCommand } = await import("./gradient-run.js");
    await gradientCommand(String(argv.case), outputFor(argv.json === true));
  },
};
export default command;
