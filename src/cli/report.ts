import type { CommandModule } from "yargs";
import { outputFor } from "../output.js";
import { textOf } from "./arguments.js";

const command: CommandModule = {
  command: "report <run>",
  describe: "write a run's report, one self-contained HTML file",
  builder: (argv) =>
    argv
      .positional("run", { type: "string", demandOption: true, describe: "folder of the run" })
      .option("out", { type: "string", describe: "file to write [default: <run>/report.html]", requiresArg: true })
      .example("$0 report runs/mine", "writes runs/mine/report.html"),
  handler: async (argv) => {
    const { writeReport } = await import("../report/from-run.js");
    const output = outputFor(argv.json === true);
    const run = String(argv.run);
    const { path, missing } = await writeReport(run, textOf(argv.out));
    for (const problem of missing) output.say(`missing: ${problem}`);
    output.say(`report: ${path}`);
    output.result({ run, report: path, missing });
  },
};
export default command;
