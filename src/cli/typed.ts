/** Commands of lapgrad in what it says, as they are typed here. */
import { here, programOf } from "../installation.js";
import { COMMAND_NAMES } from "./registry.js";

/** `lapgrad <command>` where the words before do not bring it into a container, whose own lapgrad is meant there. */
const HINT = new RegExp(
  `(?<!(?:docker exec|nsenter) [^;,]*)(?<![\\w./-])lapgrad (?=(?:${COMMAND_NAMES.join("|")}|--help)(?![\\w-]))`,
  "g",
);

let program: string | undefined;

/** A text in which every command of lapgrad can be typed as it stands: `./lapgrad stop` in a checkout. */
export function asTyped(text: string): string {
  if (!text.includes("lapgrad ")) return text;
  program ??= programOf(here());
  const typed = `${program} `;
  return text.replace(HINT, () => typed);
}
