/**
 * No line over 120 columns, in anything that we write: code, comments, strings, pages, scripts. Biome's formatter
 * leaves comments and strings as they are, and does not read assembly/, C and Markdown at all.
 *
 * Left out are files that commands write (EXEMPT), and in Markdown what cannot be broken: rows of tables, HTML, the
 * lines of fenced blocks (formulas, output, commands). A line that is one word, an address or a formula, may be as long
 * as it is.
 *
 * Usage: node scripts/lint-lines.mjs, in a checkout: lists the lines, exit 1 if there are any.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const COLUMNS = 120;
/** Written by commands, or JSON, whose strings cannot be broken. */
const EXEMPT = /\.(json|svg|html|mcap|bin|png)$|^docs\/(results\/|example-config\.yaml$)|\.generated\./;
/** Indentation, and what a comment, a list or a quotation begins with. */
const LEADER = /^\s*(?:(?:\/\/|\/?\*+|#+|[-*>]|\d+\.)\s+)?/;

/** The numbers of the lines that are too long. */
function tooLong(path, text) {
  let fenced = false;
  return text.split("\n").flatMap((line, i) => {
    const isFence = path.endsWith(".md") && /^\s*```/.test(line);
    if (isFence) fenced = !fenced;
    const isExempt = path.endsWith(".md") && (fenced || isFence || /^\s*[|<]/.test(line));
    // characters, not UTF-16 units
    const words = line.replace(LEADER, "").replace(path.endsWith(".md") ? /\$[^$]+\$/g : "", "");
    const isLong = [...line].length > COLUMNS && /\s/.test(words.trimEnd());
    return isLong && !isExempt ? [i + 1] : [];
  });
}

const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { encoding: "utf8" });
const found = listed
  .split("\n")
  .filter((path) => path && !EXEMPT.test(path) && existsSync(path))
  .flatMap((path) => tooLong(path, readFileSync(path, "utf8")).map((line) => `${path}:${line}`));
if (found.length > 0) {
  console.error(`${found.join("\n")}\n${found.length} lines over ${COLUMNS} columns: break the sentence or the string`);
  process.exitCode = 1;
}
