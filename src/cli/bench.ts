import type { CommandModule } from "yargs";
import { outputFor } from "../output.js";

const command: CommandModule = {
  command: "bench",
  describe: "measure the core against C++ and plain JavaScript, side by side",
  builder: (argv) =>
    argv
      .option("quick", { type: "boolean", default: false, describe: "fewer repetitions" })
      .example("$0 bench", "the performance table"),
  handler: async (argv) => {
    const { formatBench, runBench } = await import("../../bench/suite.js");
    const output = outputFor(argv.json === true);
    const report = await runBench({ quick: argv.quick === true });
    output.say(formatBench(report));
    output.result(report);
  },
};
export default command;
