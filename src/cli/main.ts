#!/usr/bin/env node
/** The command line: one file per command, loaded only when it is used. */
import { messageOf, UserError } from "../errors.js";
import { codeOf, problemOf } from "../files.js";
import { outputFor, printable } from "../output.js";
import { VERSION } from "../version.js";
import { runCommand } from "./command.js";
import { parseWords } from "./parse.js";
import { commandNamed, loadCommand } from "./registry.js";
import { isTerminalGone, leaveLostTerminals } from "./terminal.js";
import { asTyped } from "./typed.js";

/** Says on stderr what went wrong; a stack only with --debug. */
function fail(error: unknown): void {
  process.stderr.write(`lapgrad: ${asTyped(printable(messageOf(error)))}\n`);
  if (process.argv.includes("--debug") && error instanceof Error)
    process.stderr.write(`${printable(error.stack ?? "")}\n`);
  else if (!(error instanceof UserError)) process.stderr.write("This is a fault of lapgrad; --debug shows where.\n");
  process.exitCode = error instanceof UserError ? error.exitCode : 1;
}

// Node would open its inspector, by which anything can be made of a program that drives a robot.
process.on("SIGUSR1", () => {});

// An output that fails must not end a drive: it is said once; of a reader that went away (`lapgrad train | head`)
// nothing is said.
process.stdout.once("error", (error) => {
  process.stdout.on("error", () => {});
  const problem = isTerminalGone(error, 1) ? "the terminal is gone" : problemOf(error);
  if (codeOf(error) !== "EPIPE") fail(new UserError(`cannot write the output: ${problem}`, 1));
});
process.stderr.on("error", () => {});
process.on("exit", leaveLostTerminals);

/** The widest lines of help. */
const COLUMNS = 100;
/** What the shell's script that `completion` prints asks with. */
const COMPLETE = "--get-yargs-completions";

async function main(words: readonly string[]): Promise<void> {
  if (words[0] === COMPLETE) {
    const { completionsOf } = await import("./complete.js");
    process.stdout.write((await completionsOf(words.slice(1), process.env)).map((line) => `${line}\n`).join(""));
    return;
  }
  const columns = Math.min(process.stdout.columns ?? COLUMNS, COLUMNS);
  if (words[0] === "help") {
    const { helpOn } = await import("./topics.js");
    process.stdout.write(await helpOn(words.slice(1), columns));
    return;
  }
  const name = commandNamed(words);
  if (words.includes("--help") || words.at(-1) === "help") {
    const { helpOf } = await import("./help.js");
    process.stdout.write(`${await helpOf(name, columns)}\n`);
  } else if (words.includes("--version")) process.stdout.write(`${VERSION}\n`);
  else if (name === undefined) throw (await import("./usage.js")).explainNoCommand(words);
  else {
    const command = await loadCommand(name);
    const typed = await parseWords(words, name, command);
    if ((await runCommand(command, typed, outputFor(typed.json === true, asTyped))) === false) process.exitCode = 1;
  }
}

await main(process.argv.slice(2)).catch(fail);
