#!/usr/bin/env node
/** The command line: one file per command, each loaded only when it is used. */
import yargs, { type CommandModule } from "yargs";
import { hideBin } from "yargs/helpers";
import { messageOf, UserError } from "../errors.js";
import { codeOf, problemOf } from "../files.js";
import { VERSION } from "../version.js";
import { refuseRepeated } from "./arguments.js";

const commands: Readonly<Record<string, () => Promise<{ default: CommandModule }>>> = {
  train: () => import("./train.js"),
  drive: () => import("./drive.js"),
  publish: () => import("./publish.js"),
  plant: () => import("./plant.js"),
  stop: () => import("./stop.js"),
  gradient: () => import("./gradient.js"),
  replay: () => import("./replay.js"),
  identify: () => import("./identify.js"),
  report: () => import("./report.js"),
  export: () => import("./export.js"),
  import: () => import("./import.js"),
  reproduce: () => import("./reproduce.js"),
  compare: () => import("./compare.js"),
  doctor: () => import("./doctor.js"),
  bench: () => import("./bench.js"),
};

/** The command that is asked for; all of them where that is not clear, as in --help. */
async function load([name = ""]: readonly string[]): Promise<CommandModule[]> {
  const all = Object.entries(commands);
  const wanted = all.filter(([command]) => command === name);
  return Promise.all((wanted.length > 0 ? wanted : all).map(async ([, module]) => (await module()).default));
}

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

/** What the parser found wrong, in its words. */
class UsageProblem extends Error {}

const args = hideBin(process.argv);
const loaded = await load(args);
try {
  await yargs(args)
    .scriptName("lapgrad")
    .usage("$0 <command>\n\nTeaches a robot a precise control policy from a few laps of its own driving.")
    .command(loaded)
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
      throw new UsageProblem(message);
    })
    .parseAsync();
} catch (error) {
  if (!(error instanceof UsageProblem)) fail(error);
  else fail((await import("./usage.js")).explainUsage(error.message, args, loaded));
}
