/** Wrong usage, in better words than the parser's. */
import type { CommandModule } from "yargs";
import { settings } from "../config/schema.js";
import { nearest } from "../config/spelling.js";
import { UserError } from "../errors.js";

/** Options that are not settings, for hints. */
const OPTIONS =
  "config out resume laps without-network initial-state start-time checkpoint network seeds reference check skip-segments updates plants minutes quick sweep workers device ask-board native-flags what format precision timing json debug help";

/** The error for what the parser found wrong with the arguments. */
export function explainUsage(message: string, args: readonly string[], commands: readonly CommandModule[]): UserError {
  const signatures = commands.map(({ command }) => String(command));
  const names = signatures.map((signature) => signature.split(" ", 1)[0] ?? "");
  const given = args.find((arg) => names.includes(arg));
  const help = `lapgrad ${given ? `${given} ` : ""}--help shows what there is`;
  const unknown = /^Unknown (?:argument|command)s?: (.*)$/s.exec(message)?.[1]?.split(", ")[0];
  if (unknown !== undefined) {
    const isOption = args.some((arg) => arg.startsWith("-") && arg.replace(/^-+/, "").split("=", 1)[0] === unknown);
    const kind = isOption ? "option" : given ? "argument" : "command";
    const known = isOption ? [...Object.keys(settings), ...OPTIONS.split(" ")] : given ? [] : names;
    const near = nearest(unknown, known);
    const hint = near ? `did you mean "${isOption ? "--" : ""}${near}"?` : help;
    return new UserError(`unknown ${kind} "${isOption ? "--" : ""}${unknown}"; ${hint}`);
  }
  const valueless = /^Not enough arguments following: (.*)$/.exec(message)?.[1];
  if (valueless !== undefined) return new UserError(`--${valueless} needs a value; ${help}`);
  if (/^Not enough non-option arguments/.test(message)) {
    if (!given) return new UserError(`give a command: ${names.join(", ")}; ${help}`);
    const signature = signatures.find((text) => text.startsWith(given));
    return new UserError(`something is missing: lapgrad ${signature}; ${help}`);
  }
  return new UserError(`${message.replaceAll(/\s+/g, " ")}; ${help}`);
}
