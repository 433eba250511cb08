/** Wrong usage, in better words than the parser's. */

import { UserError } from "../errors.js";
import { shortened } from "../output.js";
import { nearest } from "../spelling.js";
import { type ArgumentTable, optionName } from "./arguments.js";
import { argumentsOf } from "./command.js";
import { COMMAND_NAMES, type CommandName, loadCommand, signatureOf } from "./registry.js";

/** The error for words of which none is a command. */
export function explainNoCommand(words: readonly string[]): UserError {
  const help = "lapgrad --help shows what there is";
  const [unknown = "-"] = words;
  if (unknown.startsWith("-")) return new UserError(`give a command: ${COMMAND_NAMES.join(", ")}; ${help}`);
  const near = nearest(unknown, COMMAND_NAMES);
  return new UserError(`unknown command "${unknown}"; ${near ? `did you mean "${near}"?` : help}`);
}

/** The error for a word that the parser would take, but not as it is meant; undefined if there is none. */
export async function explainMisread(
  words: readonly string[],
  name: CommandName,
  table: ArgumentTable,
): Promise<UserError | undefined> {
  const options = new Map(Object.entries(table).map(([key, argument]) => [optionName(key), argument]));
  for (const word of words.slice(0, words.includes("--") ? words.indexOf("--") : undefined)) {
    const [, dashes, option, , value] = /^(--?)([A-Za-z][^=]*)(=(.*))?$/s.exec(word) ?? [];
    if (option === undefined) continue;
    if (dashes === "-" && option.length > 1) {
      const near = nearest(option, optionsIn(table));
      const meant = near === undefined ? "" : `, e.g. "--${near}"`;
      return new UserError(`unknown option "${shortened(word)}"; an option begins with two dashes${meant}`);
    }
    const negated = /^no-(.*)$/.exec(option)?.[1];
    if (negated !== undefined && !options.get(negated)?.type.isFlag)
      return explainUsage(`Unknown argument: ${option}`, words, name, table);
    if (value !== undefined && options.get(option)?.type.isFlag && value !== "true" && value !== "false")
      return new UserError(
        `--${option} is ${shortened(value)}; allowed is true or false: give --${option}, or --no-${option}`,
      );
  }
  return undefined;
}

/** The error for what the parser found wrong, in its words, with the arguments of the command. */
export async function explainUsage(
  problem: string,
  words: readonly string[],
  name: CommandName,
  table: ArgumentTable,
): Promise<UserError> {
  const help = `lapgrad ${name} --help shows what there is`;
  const unknown = /^Unknown (?:argument|command)s?: (.*)$/s.exec(problem)?.[1].split(", ", 1)[0];
  if (unknown !== undefined) {
    const isOption = words.some((word) => word.startsWith("-") && word.replace(/^-+/, "").split("=", 1)[0] === unknown);
    if (!isOption) return new UserError(`unknown argument "${unknown}"; ${help}`);
    const near = nearest(unknown, optionsIn(table));
    const others = await commandsWith(unknown);
    const belongs = others.length > 0 ? `it is for ${others.join(", ")}; ` : "";
    return new UserError(`unknown option "--${unknown}"; ${belongs}${near ? `did you mean "--${near}"?` : help}`);
  }
  const valueless = /^Not enough arguments following: (.*)$/.exec(problem)?.[1];
  if (valueless !== undefined) return new UserError(`--${valueless} needs a value; ${help}`);
  const absent = /^Missing required arguments?: (.*)$/.exec(problem)?.[1].split(", ", 1)[0];
  if (absent !== undefined) return new UserError(`--${absent} is missing; ${help}`);
  if (/^Not enough non-option arguments/.test(problem))
    return new UserError(`something is missing: lapgrad ${signatureOf(name, await loadCommand(name))}; ${help}`);
  return new UserError(`${problem.replaceAll(/\s+/g, " ")}; ${help}`);
}

function optionsIn(table: ArgumentTable): string[] {
  return Object.entries(table).flatMap(([key, { positional }]) => (positional ? [] : [optionName(key)]));
}

/** Names of the commands that have an option. */
async function commandsWith(option: string): Promise<CommandName[]> {
  const tables = await Promise.all(COMMAND_NAMES.map(async (name) => argumentsOf(await loadCommand(name))));
  return COMMAND_NAMES.filter((_, i) => optionsIn(tables[i]).includes(option));
}
