/** What --help shows, from the tables of arguments. */
import { here, programOf } from "../installation.js";
import { type Argument, type ArgumentTable, optionName } from "./arguments.js";
import { COMMON, type Command, settingsOf } from "./command.js";
import { COMMAND_NAMES, type CommandName, loadCommand, signatureOf } from "./registry.js";
import { wrapped } from "./wrapped.js";

/** What `lapgrad help` tells of beside commands. */
export const TOPICS = ["settings", "tasks", "man"] as const;

/** What is wider has its description on the next line. */
const WIDEST = { name: 24, example: 32 };

/** Help of a command, or of all, in lines of at most `columns`. */
export async function helpOf(name: CommandName | undefined, columns: number): Promise<string> {
  const parts = name ? await commandHelp(name, await loadCommand(name), columns) : await overview(columns);
  return parts.filter((part) => part !== "").join("\n\n");
}

async function commandHelp(name: CommandName, command: Command, columns: number): Promise<string[]> {
  const { args, describe, examples } = command;
  const select = (wanted: boolean): ArgumentTable =>
    Object.fromEntries(Object.entries(args).filter(([, { positional = false }]) => positional === wanted));
  return [
    `lapgrad ${signatureOf(name, command)}`,
    wrapped(describe, 0, columns),
    section("Positionals", select(true), optionName, columns),
    section("Settings", await settingsOf(command), asOption, columns),
    section("Options", { ...select(false), ...COMMON }, asOption, columns),
    `Examples:\n${columnsOf(Object.entries(examples), columns, WIDEST.example)}`,
    calledHere(columns),
  ];
}

async function overview(columns: number): Promise<string[]> {
  const rows = COMMAND_NAMES.map(async (name) => {
    const command = await loadCommand(name);
    return [signatureOf(name, command), command.describe] as const;
  });
  return [
    "lapgrad <command>",
    "Teaches a robot a precise control policy from a few laps of its own driving.",
    `Commands:\n${columnsOf(await Promise.all(rows), columns, WIDEST.name)}`,
    section("Options", COMMON, asOption, columns),
    wrapped(`lapgrad help with a command, or with ${TOPICS.join(", ")}, tells more.`, 0, columns),
    calledHere(columns),
  ];
}

/** What to type for `lapgrad` in the current folder; nothing where that is its name. */
function calledHere(columns: number): string {
  const program = programOf(here());
  return program === "lapgrad" ? "" : wrapped(`Here, type ${program} for lapgrad.`, 0, columns);
}

export const asOption = (key: string) => `--${optionName(key)}`;

function section(title: string, table: ArgumentTable, nameOf: (key: string) => string, columns: number): string {
  const rows = Object.entries(table).map(([key, argument]) => [nameOf(key), meaningOf(argument)] as const);
  return rows.length === 0 ? "" : `${title}:\n${columnsOf(rows, columns, WIDEST.name)}`;
}

/** What it is, its type, and its default. */
export function meaningOf({ type, describe, list, default: constant, defaultNote }: Argument): string {
  const preset = defaultNote ?? constant;
  const shown = preset === undefined ? "" : ` [default: ${preset}]`;
  return `${describe} [${type.label}${list ? " ..." : ""}]${shown}`;
}

/** Names to the left, what they mean to the right. */
export function columnsOf(
  rows: readonly (readonly [name: string, meaning: string])[],
  columns: number,
  widest: number,
): string {
  const width = Math.max(4, ...rows.map(([name]) => name.length).filter((length) => length <= widest));
  const indent = width + 4;
  return rows
    .map(([name, meaning]) => {
      const text = wrapped(meaning, indent, columns);
      return name.length > width ? `  ${name}\n${text}` : `  ${name.padEnd(width)}${text.slice(width + 2)}`;
    })
    .join("\n");
}
