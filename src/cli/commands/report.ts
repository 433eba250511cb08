/** `lapgrad report`: one HTML file of a run. */
import { isFleet } from "../../fleet/folder.js";
import { writeFleetReport } from "../../report/fleet.js";
import { type WrittenReport, writeReport } from "../../report/from-run.js";
import { path } from "../arguments.js";
import { defineCommand } from "../command.js";
import { run } from "../shared.js";

async function fleetReport(run: string, out?: string): Promise<WrittenReport> {
  return { path: await writeFleetReport(run, out), missing: [] };
}

export default defineCommand({
  describe: "write a run's report, one self-contained HTML file",
  args: {
    run,
    out: { type: path("a file, e.g. report.html"), describe: "file to write", defaultNote: "<run>/report.html" },
  },
  examples: { "lapgrad report runs/mine": "writes runs/mine/report.html" },
  async run({ run, out }, output) {
    const { path, missing } = (await isFleet(run)) ? await fleetReport(run, out) : await writeReport(run, out);
    for (const problem of missing) output.say(`missing: ${problem}`);
    output.say(`report: ${path}`);
    output.result({ run, report: path, missing });
  },
});
