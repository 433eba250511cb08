import type { CommandModule } from "yargs";
import { outputFor } from "../output.js";
import { textOf } from "./arguments.js";

const command: CommandModule = {
  command: "compare",
  describe: "update rules on simulated cars, many seeds on all cores: cost against minutes of driving",
  builder: (argv) =>
    argv
      .option("updates", {
        type: "string",
        describe: "rules, e.g. gauss-newton,sgd,adam [default: all; docs/compare.md lists them]",
        requiresArg: true,
      })
      .option("plants", { type: "string", describe: "simulated cars [default: all]", requiresArg: true })
      .option("seeds", {
        type: "string",
        describe: "how many seeds, or which ones, e.g. 11-20 [default: 10]",
        requiresArg: true,
      })
      .option("minutes", {
        type: "string",
        describe: "driving that every rule may learn from [min] [default: 5]",
        requiresArg: true,
      })
      .option("learning-rate", {
        type: "string",
        describe: "other rates than the best of the sweep, e.g. sgd=1e-4,adam=2e-3",
        requiresArg: true,
      })
      .option("quick", { type: "boolean", default: false, describe: "2 seeds and 1.5 minutes, unless given" })
      .option("sweep", { type: "boolean", default: false, describe: "try learning rates instead of comparing rules" })
      .option("workers", {
        type: "string",
        describe: "trainings at a time; changes nothing but the time it takes [default: one per core]",
        requiresArg: true,
      })
      .option("out", {
        type: "string",
        describe: "folder for figure and table [default: runs/compare-<time>]",
        requiresArg: true,
      })
      .example("$0 compare --quick", "a first impression in seconds")
      .example("$0 compare --updates gauss-newton,adam-lap --plants single-track --seeds 20", "a closer look")
      .example("$0 compare --sweep --plants identified", "which learning rates suit a plant"),
  handler: async (argv) => {
    const { compareCommand } = await import("./compare-run.js");
    const text = (name: string) => textOf(argv[name]);
    const given = {
      updates: text("updates"),
      plants: text("plants"),
      seeds: text("seeds"),
      minutes: text("minutes"),
      learningRate: text("learning-rate"),
      workers: text("workers"),
      out: text("out"),
      quick: argv.quick === true,
      sweep: argv.sweep === true,
    };
    await compareCommand(given, outputFor(argv.json === true));
  },
};
export default command;
