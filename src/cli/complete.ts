/** What a shell may complete a word to, from the tables of arguments. Nothing: then it completes names of files. */
import { type Argument, optionName } from "./arguments.js";
import { argumentsOf, COMMON } from "./command.js";
import { TOPICS } from "./help.js";
import { COMMAND_NAMES, type CommandName, commandNamed, loadCommand } from "./registry.js";

/** A word, and what it means. */
type Candidate = readonly [word: string, meaning: string];

/**
 * Lines for the shell, as the scripts of yargs want them: words, in zsh and fish with what they mean. `words`: as typed
 * up to the cursor, the last one unfinished, perhaps with the program's name in front.
 */
export async function completionsOf(
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string[]> {
  const { SHELL = "", ZSH_NAME } = environment;
  const typed = words.slice(0, -1).filter((word, i) => i > 0 || !/(^|\/)lapgrad$/.test(word));
  const current = words.at(-1) ?? "";
  const [isZsh, isFish] = [SHELL.includes("zsh") || ZSH_NAME !== undefined, SHELL.includes("fish")];
  const all = await candidatesFor(typed, current, isZsh || isFish);
  const candidates = all.filter(([word]) => word.startsWith(current));
  if (isZsh) return candidates.map(([word, meaning]) => `${word.replaceAll(":", "\\:")}:${meaning}`);
  return candidates.map(([word, meaning]) => (isFish ? `${word}\t${meaning}` : word));
}

/** `explains`: what commands mean is wanted, too, for which each must be loaded. */
async function candidatesFor(typed: readonly string[], current: string, explains: boolean): Promise<Candidate[]> {
  if (typed.at(-1) === "help") return [...COMMAND_NAMES, ...TOPICS].map((topic) => [topic, ""]);
  const name = commandNamed(typed);
  if (name === undefined) {
    if (current.startsWith("-")) return optionsOf(Object.entries(COMMON), typed);
    const meaningOf = async (one: CommandName) => (explains ? (await loadCommand(one)).describe : "");
    const commands = COMMAND_NAMES.map(async (one) => [one, await meaningOf(one)] as const);
    return [...(await Promise.all(commands)), ["help", "of a command or a topic"]];
  }
  const table = Object.entries(await argumentsOf(await loadCommand(name)));
  const options = new Map(table.flatMap(([key, argument]) => (argument.positional ? [] : [[nameOf(key), argument]])));
  const before = options.get(typed.at(-1) ?? "");
  if (before && !before.type.isFlag) return choicesOf(before);
  if (current.startsWith("-")) return optionsOf(table, typed);
  const open = table.filter(([, { positional }]) => positional);
  return open.flatMap(([, argument]) => choicesOf(argument));
}

const nameOf = (key: string) => `--${optionName(key)}`;

/** Options that were not given yet, or may be given again. */
function optionsOf(table: readonly (readonly [string, Argument])[], typed: readonly string[]): Candidate[] {
  return table.flatMap(([key, { positional, list, describe }]): Candidate[] => {
    const name = nameOf(key);
    return positional || (!list && typed.includes(name)) ? [] : [[name, describe]];
  });
}

function choicesOf({ type: { choices = [] } }: Argument): Candidate[] {
  return choices.map((choice) => [choice, ""]);
}
