/** From the words of a command line to what was typed for the arguments of its command; yargs is the parser. */
import { parseArgs } from "node:util";
import { type ArgumentTable, optionName } from "./arguments.js";
import { argumentsOf, COMMON, type Command } from "./command.js";
import { type CommandName, signatureOf } from "./registry.js";

/** What was typed for a command's arguments, by option name; a UserError if it is not as its table says. */
export async function parseWords(
  words: readonly string[],
  name: CommandName,
  command: Command,
): Promise<Record<string, unknown>> {
  const table = await argumentsOf(command);
  const plain = command.startsOften && plainWords(words, name, table);
  if (plain) return plain;
  const { default: yargs } = await import("yargs");
  const { explainMisread, explainUsage } = await import("./usage.js");
  const misread = await explainMisread(words, name, table);
  if (misread) throw misread;
  const problems: string[] = [];
  const parser = yargs([...words])
    .parserConfiguration({ "dot-notation": false })
    .locale("en") // the words that usage.ts knows, whatever the language of the shell
    .help(false)
    .version(false)
    .options(Object.fromEntries(Object.keys(COMMON).map((key) => [key, { type: "boolean" }])))
    .command(signatureOf(name, command), command.describe, (argv) => {
      for (const [key, { positional, required = false, type, list = false, valueOptional }] of Object.entries(table)) {
        // hidden: yargs would lay out a help of its own of everything, with every command, for nobody
        if (positional) argv.positional(optionName(key), { type: "string", array: list, hidden: true });
        else if (type.isFlag) argv.option(optionName(key), { type: "boolean", hidden: true });
        else
          argv.option(optionName(key), {
            type: "string",
            array: list,
            requiresArg: !valueOptional,
            demandOption: required,
            hidden: true,
          });
      }
    })
    .strict()
    .exitProcess(false)
    .fail((message, error) => {
      if (error && error.name !== "YError") throw error;
      problems.push(message);
    });
  const typed = await parser.parseAsync();
  const problem = problems.find((one) => one.startsWith("Unknown")) ?? problems[0]; // a misspelt one is missing too
  if (problem === undefined) return typed;
  throw await explainUsage(problem, words, name, table);
}

/**
 * What was typed, without yargs, whose start takes longer than all else; undefined where anything is unusual: yargs
 * then says what is wrong.
 */
function plainWords(words: readonly string[], name: string, table: ArgumentTable): Record<string, unknown> | undefined {
  const options = Object.fromEntries(
    Object.entries(table).map(([key, { type }]) => [
      optionName(key),
      { type: type.isFlag ? ("boolean" as const) : ("string" as const), multiple: true as const },
    ]),
  );
  try {
    const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true });
    const given = Object.entries(values);
    const isMissing = Object.entries(table).some(([key, { required }]) => required && !(optionName(key) in values));
    if (positionals.join() !== name || isMissing || given.some(([, all]) => all?.length !== 1)) return undefined;
    return Object.fromEntries(given.map(([option, all]) => [option, all?.[0]]));
  } catch {
    return undefined;
  }
}
