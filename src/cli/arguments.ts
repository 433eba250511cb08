/** What every command's arguments have in common; small, as it is loaded for each. */
import { UserError } from "../errors.js";

/** What takes a list. */
const LISTS: readonly string[] = ["_", "parameters", "recordings", "check"];

/** An option given twice, except one that takes a list, would be a list of texts: which one is meant? */
export function refuseRepeated(argv: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(argv)) {
    if (Array.isArray(value) && !LISTS.includes(name))
      throw new UserError(`--${name} is given ${value.length} times (${value.join(", ")}): give it once`);
  }
}

/** An option's value as typed; undefined if it was not given. */
export function textOf(value: unknown): string | undefined {
  return value === undefined ? undefined : String(value);
}
