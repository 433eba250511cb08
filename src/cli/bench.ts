import type { CommandModule } from "yargs";
import { outputFor } from "../output.js";

const command: CommandModule = {
  command: "bench",
  describe: "measure the core against C++ and plain JavaScript, side by side",
  builder: (argv) =>
    argv
      .option("quick", { type: "boolean", default: false, describe: "fewer repetitions" })
      .option("native-flags", {
        type: "string",
        default: "",
        describe: "compiler flags behind the C++ reference's own (write --native-flags=-m…)",
        requiresArg: true,
      })
      .example("$0 bench", "the performance table")
      .example("$0 bench --native-flags=-mno-avx512f", "against 256-bit vectors, as most machines have them"),
  handler: async (argv) => {
    const { formatBench, runBench } = await import("../../bench/suite.js");
    const output = outputFor(argv.json === true);
    const report = await runBench({
      quick: argv.quick === true,
      nativeFlags: String(argv["native-flags"]).split(" ").filter(Boolean),
    });
    output.say(formatBench(report));
    output.result(report);
  },
};
export default command;
