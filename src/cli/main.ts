#!/usr/bin/env node
/** The command line: one file per command, each loaded only when it is used. */
import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import { messageOf, UserError } from "../errors.js";
import { VERSION } from "../version.js";
import bench from "./bench.js";
import drive from "./drive.js";
import gradient from "./gradient.js";
import replay from "./replay.js";
import report from "./report.js";
import reproduce from "./reproduce.js";
import train from "./train.js";

/** Says on stderr what went wrong; a stack only with --debug. */
function fail(error: unknown): void {
  process.stderr.write(`lapgrad: ${messageOf(error)}\n`);
  if (process.argv.includes("--debug") && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  else if (!(error instanceof UserError)) process.stderr.write("This is a fault of lapgrad; --debug shows where.\n");
  process.exitCode = error instanceof UserError ? error.exitCode : 1;
}

try {
  await yargs(hideBin(process.argv))
    .scriptName("lapgrad")
    .usage("$0 <command>\n\nTeaches a robot a precise control policy from a few laps of its own driving.")
    .command([train, drive, gradient, replay, report, reproduce, bench])
    .option("json", { type: "boolean", default: false, describe: "one JSON object on stdout, all else on stderr" })
    .option("debug", { type: "boolean", default: false, describe: "show where an error came from" })
    .demandCommand(1, "Give a command.")
    .recommendCommands()
    .strict()
    .version(VERSION)
    .help()
    .wrap(Math.min(120, process.stdout.columns ?? 100))
    .exitProcess(false)
    .fail((message, error) => {
      if (error) throw error;
      throw new UserError(`${message} See lapgrad --help.`);
    })
    .parseAsync();
} catch (error) {
  fail(error);
}
