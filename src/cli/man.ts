/** The manual page, from the tables that --help shows: man(7)'s macros. */
import { VERSION } from "../version.js";
import { type ArgumentTable, optionName } from "./arguments.js";
import { COMMON, settingsOf } from "./command.js";
import { asOption, meaningOf } from "./help.js";
import { COMMAND_NAMES, type CommandName, loadCommand, signatureOf } from "./registry.js";

/** lapgrad(1). */
export async function manPage(): Promise<string> {
  const commands = [];
  for (const name of COMMAND_NAMES) commands.push(...(await commandPart(name)));
  const parts = [
    `.TH LAPGRAD 1 "" "lapgrad ${roff(VERSION)}" "User Commands"`,
    ".SH NAME",
    `lapgrad \\- ${roff("teaches a robot a precise control policy from a few laps of its own driving")}`,
    ".SH SYNOPSIS",
    `.B lapgrad\n.I command\n[${roff("options")}]`,
    ".SH OPTIONS OF EVERY COMMAND",
    ...entries(COMMON, asOption),
    ".SH COMMANDS",
    ...commands,
    ".SH EXIT STATUS",
    ...entry("0", "success"),
    ...entry("1", "a run that failed"),
    ...entry("2", "wrong usage"),
    ".SH FILES",
    ...entry("runs/", "runs of trainings, a folder each: configuration, recordings, metrics, checkpoints, report"),
  ];
  return `${parts.join("\n")}\n`;
}

async function commandPart(name: CommandName): Promise<string[]> {
  const command = await loadCommand(name);
  const { args, describe, examples } = command;
  return [
    `.SS ${roff(signatureOf(name, command))}`,
    roff(`${describe}.`),
    ...entries(args, (key) => (args[key].positional ? optionName(key) : asOption(key))),
    ...entries(await settingsOf(command), asOption),
    ".PP\nExamples:",
    ...Object.entries(examples).flatMap(([line, meaning]) => entry(line, meaning)),
  ];
}

function entries(table: ArgumentTable, nameOf: (key: string) => string): string[] {
  return Object.entries(table).flatMap(([key, argument]) => entry(nameOf(key), meaningOf(argument)));
}

function entry(name: string, meaning: string): string[] {
  return [".TP", `.B ${roff(name)}`, roff(meaning)];
}

/** A text on one line that says itself: no dash, backslash, quote or dot at the beginning means anything in it. */
function roff(text: string): string {
  const plain = text.replace(/\s+/g, " ").replaceAll("\\", "\\e").replaceAll("-", "\\-").replaceAll('"', "\\(dq");
  return plain.replace(/^([.'])/, "\\&$1").replaceAll(/[^\x20-\x7e]/gu, (c) => `\\[u${hex(c)}]`);
}

function hex(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
}
