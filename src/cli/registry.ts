/** All commands by name: every file of src/cli/commands, each loaded when it is asked for. */
import { optionName } from "./arguments.js";
import type { Command } from "./command.js";
import { COMMANDS } from "./commands/commands.generated.js";

export type CommandName = keyof typeof COMMANDS;

export const COMMAND_NAMES = Object.keys(COMMANDS) as CommandName[];

export async function loadCommand(name: CommandName): Promise<Command> {
  return (await COMMANDS[name]()).default;
}

/** The command that is asked for: the first word that is the name of one. */
export function commandNamed(words: readonly string[]): CommandName | undefined {
  return words.map((word) => COMMAND_NAMES.find((name) => name === word)).find((name) => name !== undefined);
}

/** `export <run>`. */
export function signatureOf(name: string, { args }: Command): string {
  const positionals = Object.entries(args).filter(([, { positional }]) => positional);
  const words = positionals.map(([key, { required, list }]) => {
    const word = `${optionName(key)}${list ? ".." : ""}`;
    return required ? `<${word}>` : `[${word}]`;
  });
  return [name, ...words].join(" ");
}
