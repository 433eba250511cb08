/**
 * Counts the statements of hand-written code, so that two checkouts can be compared: every `;` outside round brackets
 * (the end of a statement, a declaration or a member) and every block that a keyword, a function or a class opens.
 * Comments, strings, regular expressions and `*.generated.*` do not count. (TypeScript 7 has no parser for programs to
 * call.)
 *
 * Usage: node scripts/statements.mjs [checkout [folder]…], by default src, assembly and scripts of this one.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const [checkout = ".", ...folders] = process.argv.slice(2);

const COMMENT = /\/\*[\s\S]*?\*\/|\/\/.*/;
const STRING = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/;
/** A regular expression, where an operand is expected. */
const REGEX = /(?<=[(,=:[!&|?{};+>]\s*|\breturn\s+)\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/\w*/;
const SKIPPED = new RegExp([COMMENT, STRING, REGEX].map(({ source }) => source).join("|"), "y");
/** What stands before the brace of a block, rather than before one of an object, a type or an import. */
const SIGNATURE = String.raw`\)(?:\s*:\s*[\w.<>[\]| ]+)?`;
const OPENS = new RegExp(
  `(?:${SIGNATURE}|\\b(?:else|try|finally|do|static)|=>|\\b(?:class|interface|enum|namespace)\\b[^{};]*)\\s*$`,
);

/** Statements in a text. */
function count(text) {
  let statements = 0;
  let code = ""; // since the last statement or brace
  const open = []; // brackets, and "`" for a template
  for (let at = 0; at < text.length; ) {
    const inTemplate = open.at(-1) === "`";
    SKIPPED.lastIndex = at;
    const skipped = inTemplate ? null : SKIPPED.exec(text);
    if (skipped) {
      at = SKIPPED.lastIndex;
      continue;
    }
    const letter = text[at++];
    if (inTemplate) {
      if (letter === "\\") at++;
      else if (letter === "`") open.pop();
      else if (letter === "$" && text[at] === "{") open.push(text[at++]);
      continue;
    }
    if (letter === "{" && OPENS.test(code)) statements++;
    if (letter === ";" && open.at(-1) !== "(") statements++;
    if ("`([{".includes(letter)) open.push(letter);
    else if (")]}".includes(letter)) open.pop();
    code = ";{}".includes(letter) ? "" : code + letter;
  }
  return statements;
}

const listed = execFileSync("git", ["ls-files", ...(folders.length > 0 ? folders : ["src", "assembly", "scripts"])], {
  cwd: checkout,
  encoding: "utf8",
}).split("\n");
const counts = new Map();
for (const file of listed.filter(
  (name) => /\.(ts|mjs|js)$/.test(name) && !/\.generated\.|wire\/protocol\.ts$/.test(name),
)) {
  const folder = file
    .split("/")
    .slice(0, file.startsWith("src/") ? 2 : 1)
    .join("/");
  counts.set(folder, (counts.get(folder) ?? 0) + count(readFileSync(join(checkout, file), "utf8")));
}
for (const [folder, statements] of [...counts].sort()) console.log(`${String(statements).padStart(6)}  ${folder}`);
console.log(`${String([...counts.values()].reduce((sum, one) => sum + one, 0)).padStart(6)}  in all`);
