#!/usr/bin/env node
/** The command line: one file per command, each loaded only when it is used. */
import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import { messageOf, UserError } from "../errors.js";
import { codeOf, problemOf } from "../files.js";
import { VERSION } from "../version.js";
import bench from "./bench.js";
import compare from "./compare.js";
import doctor from "./doctor.js";
import drive from "./drive.js";
import exportPolicy from "./export.js";
import gradient from "./gradient.js";
import identify from "./identify.js";
import importPolicy from "./import.js";
import { refuseRepeated } from "./options.js";
import replay from "./replay.js";
import report from "./report.js";
import reproduce from "./reproduce.js";
import stop from "./stop.js";
import train from "./train.js";
import { explainUsage } from "./usage.js";

const commands = [
  train,
  drive,
  stop,
  gradient,
  replay,
  identify,
  report,
  exportPolicy,
  importPolicy,
  reproduce,
  compare,
  doctor,
  bench,
];

/** Says on stderr what went wrong; a stack only with --debug. */
function fail(error: unknown): void {
  process.stderr.write(`lapgrad: ${messageOf(error)}\n`);
  if (process.argv.includes("--debug") && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  else if (!(error instanceof UserError)) process.stderr.write("This is a fault of lapgrad; --debug shows where.\n");
  process.exitCode = error instanceof UserError ? error.exitCode : 1;
}

// An output that fails must not end a drive: it is said once, of a reader that went away (`lapgrad train | head`) not at all.
process.stdout.once("error", (error) => {
  process.stdout.on("error", () => {});
  if (codeOf(error) !== "EPIPE") fail(new UserError(`cannot write the output: ${problemOf(error)}`, 1));
});
process.stderr.on("error", () => {});

try {
  await yargs(hideBin(process.argv))
    .scriptName("lapgrad")
    .usage("$0 <command>\n\nTeaches a robot a precise control policy from a few laps of its own driving.")
    .command(commands)
    .option("json", { type: "boolean", default: false, describe: "one JSON object on stdout, all else on stderr" })
    .option("debug", { type: "boolean", default: false, describe: "show where an error came from" })
    .middleware(refuseRepeated)
    .demandCommand(1)
    .strict()
    .version(VERSION)
    .help()
    .wrap(Math.min(120, process.stdout.columns ?? 100))
    .exitProcess(false)
    .fail((message, error) => {
      if (error && error.name !== "YError") throw error;
      throw explainUsage(message, hideBin(process.argv), commands);
    })
    .parseAsync();
} catch (error) {
  fail(error);
}
