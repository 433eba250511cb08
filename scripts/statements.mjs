/**
 * Counts the executable statements of hand-written code, so that two checkouts can be compared: expressions, variables,
 * branches, loops, returns and jumps, however they are laid out; declarations, types, imports, tables and comments do
 * not count, nor does `*.generated.*`. AssemblyScript is parsed as TypeScript, without the decorators of its functions.
 *
 * Usage: node scripts/statements.mjs [checkout [folder]…], by default src, assembly and scripts of this one.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "@babel/parser";

const EXECUTABLE =
  /^(Expression|Return|If|For|ForOf|ForIn|While|DoWhile|Switch|Throw|Try|Break|Continue)Statement$|^VariableDeclarator$/;
const GENERATED = /\.generated\.|wire\/protocol\.ts$/;
const DECORATOR = /^\s*@\w+(\(.*\))?\s*$|@(inline|unmanaged|external\([^)]*\))\s/gm;

/** Executable statements in a node of a syntax tree, or in a list of them; 0 in anything else. */
function statementsIn(node) {
  if (node === null || typeof node !== "object" || node.type?.startsWith("Comment")) return 0;
  const inside = Object.values(node).reduce((sum, value) => sum + statementsIn(value), 0);
  return EXECUTABLE.test(node.type) ? inside + 1 : inside;
}

const [cwd = ".", ...chosen] = process.argv.slice(2);
const folders = chosen.length > 0 ? chosen : ["src", "assembly", "scripts"];
const files = execFileSync("git", ["ls-files", ...folders], { cwd, encoding: "utf8" }).split("\n");
const counts = { "in all": 0 };
for (const file of files.filter((name) => /\.(ts|mjs|js)$/.test(name) && !GENERATED.test(name))) {
  const text = readFileSync(join(cwd, file), "utf8").replace(DECORATOR, "");
  const { program } = parse(text, { sourceType: "module", plugins: ["typescript"], errorRecovery: true });
  const folder = file.match(/^(src\/)?[^/]+/)[0];
  const statements = statementsIn(program);
  counts[folder] = (counts[folder] ?? 0) + statements;
  counts["in all"] += statements;
}
for (const [folder, count] of Object.entries(counts).sort()) console.log(`${String(count).padStart(6)}  ${folder}`);
