import type { CommandModule } from "yargs";
import { UserError } from "../errors.js";
import { outputFor } from "../output.js";
import { wholeNumber } from "./options.js";

const command: CommandModule = {
  command: "reproduce <study>",
  describe: "the paper's studies, beside the recorded results where they are at hand",
  builder: (argv) =>
    argv
      .positional("study", {
        type: "string",
        demandOption: true,
        describe: "mismatch: training with a model scaled by 1, .75, .5, .25",
      })
      .option("seeds", { type: "string", default: "10", describe: "seeds per setting", requiresArg: true })
      .option("reference", {
        type: "string",
        describe: "folder of reference data with authors/mismatch-losses.json.gz [default: $LAPGRAD_REFERENCE_DATA]",
        requiresArg: true,
      })
      .example("$0 reproduce mismatch", "the table of the model mismatch study"),
  handler: async (argv) => {
    if (argv.study !== "mismatch") throw new UserError(`unknown study "${argv.study}"; studies are: mismatch`);
    const seeds = wholeNumber(String(argv.seeds), "--seeds");
    const { reproduceMismatch } = await import("../reproduce/mismatch.js");
    const reference = argv.reference === undefined ? process.env.LAPGRAD_REFERENCE_DATA : String(argv.reference);
    await reproduceMismatch(seeds, reference, outputFor(argv.json === true));
  },
};
export default command;
