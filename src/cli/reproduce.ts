import type { CommandModule } from "yargs";
import { outputFor } from "../output.js";
import { textOf } from "./arguments.js";

const command: CommandModule = {
  command: "reproduce <study>",
  describe: "the paper's studies, beside the recorded results where they are at hand",
  builder: (argv) =>
    argv
      .positional("study", {
        type: "string",
        demandOption: true,
        describe: "figure2, theory, go1, real-car, mismatch, or all; docs/reproduce.md says what each shows",
      })
      .option("seeds", { type: "string", describe: "seeds per setting [default: the study's]", requiresArg: true })
      .option("quick", { type: "boolean", default: false, describe: "few seeds: a first impression within a minute" })
      .option("sweep", {
        type: "boolean",
        default: false,
        describe: "tune learning rates anew (figure2); takes longer",
      })
      .option("reference", {
        type: "string",
        describe: "folder of reference data, with the authors' recordings [default: $LAPGRAD_REFERENCE_DATA]",
        requiresArg: true,
      })
      .option("workers", {
        type: "string",
        describe: "jobs at a time; changes nothing but the time it takes [default: one per core]",
        requiresArg: true,
      })
      .option("out", {
        type: "string",
        describe: "folder for figures and tables [default: runs/reproduce-<time>]",
        requiresArg: true,
      })
      .example("$0 reproduce figure2 --quick", "with and without low-level feedback, in a minute")
      .example("$0 reproduce all --reference ../shared/data", "every study, beside the authors' recordings"),
  handler: async (argv) => {
    const { reproduceCommand } = await import("./reproduce-run.js");
    const text = (name: string) => textOf(argv[name]);
    const given = {
      study: String(argv.study),
      seeds: text("seeds"),
      quick: argv.quick === true,
      sweep: argv.sweep === true,
      reference: text("reference"),
      workers: text("workers"),
      out: text("out"),
    };
    await reproduceCommand(given, outputFor(argv.json === true));
  },
};
export default command;
