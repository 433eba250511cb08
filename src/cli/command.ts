/** What a command is: a file of src/cli/commands whose default export is made here. Loaded for every command. */
import type { PartialConfig } from "../config/config.js";
import type { SettingName } from "../config/schema.js";
import type { Output } from "../output.js";
import { type Arguments, type ArgumentTable, flag, valuesOf } from "./arguments.js";

/** `Values`: what `run` gets. `More`: what a test can put in place of the real world. */
export interface Command<Values = never, More extends unknown[] = never[]> {
  readonly describe: string;
  readonly args: ArgumentTable;
  /** settings that can be given as options, or in the file of --config */
  readonly settings: readonly SettingName[];
  /** what each command line does */
  readonly examples: Readonly<Record<string, string>>;
  /** it is started thousands of times by programs: its words are read without yargs where that is enough */
  readonly startsOften?: true;
  /** another command that is meant by some values of its arguments; undefined: none */
  instead?(typed: Readonly<Record<string, unknown>>): Promise<Command | undefined>;
  /** Does it; false if it failed and said so (exit code 1). Errors are thrown. */
  run(values: Values, output: Output, ...more: More): Promise<unknown>;
}

/** Values of the arguments and, of a command with settings, those that were given. */
type ValuesFor<A, S> = Arguments<A> & (S extends readonly [] ? unknown : { readonly given: PartialConfig });

/** A command whose `run` has its types from the table of arguments. */
export function defineCommand<
  const A extends ArgumentTable,
  const S extends readonly SettingName[] = readonly [],
  More extends unknown[] = [],
>(command: {
  readonly describe: string;
  readonly args: A;
  readonly settings?: S;
  readonly examples: Readonly<Record<string, string>>;
  readonly startsOften?: true;
  instead?(typed: Readonly<Record<string, unknown>>): Promise<Command | undefined>;
  run(values: ValuesFor<A, S>, output: Output, ...more: More): Promise<unknown>;
}): Command<ValuesFor<A, S>, More> {
  return { settings: [], ...command };
}

/** Options of every command. */
export const COMMON = {
  json: { type: flag, describe: "one JSON object on stdout, all else on stderr" },
  debug: { type: flag, describe: "show where an error came from" },
  version: { type: flag, describe: "show the version" },
  help: { type: flag, describe: "show this help" },
} satisfies ArgumentTable;

/** All its options and positionals, settings included. */
export async function argumentsOf(command: Command): Promise<ArgumentTable> {
  return { ...command.args, ...(await settingsOf(command)), ...COMMON };
}

/** Its settings as options; without any, the table of settings is not loaded. */
export async function settingsOf({ settings }: Command): Promise<ArgumentTable> {
  return settings.length === 0 ? {} : (await import("./settings.js")).settingArguments(settings);
}

/** Runs a command with what was typed, by option name. */
export async function runCommand(
  command: Command,
  typed: Readonly<Record<string, unknown>>,
  output: Output,
): Promise<unknown> {
  const other = await command.instead?.(typed);
  if (other) return runCommand(other, typed, output);
  const values = valuesOf(command.args, typed);
  const { settings } = command;
  const given = settings.length > 0 && (await (await import("./settings.js")).givenSettings(settings, typed));
  return command.run({ ...values, given } as never, output);
}
