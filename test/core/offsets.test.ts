/** No anonymous byte offset in the core: what a load or a store reads or writes there has a name. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";

const root = fileURLToPath(new URL("../../../assembly/", import.meta.url));
const ACCESS = /\b(?:(load|store)<\w+>|v128\.(load\w*|store\w*)|memory\.(copy|fill))\(/g;

/** The arguments of a call whose bracket opens at `open`, without comments. */
function callArguments(text: string, open: number): string[] {
  const list = [""];
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    const letter = text[at];
    if ("([".includes(letter)) depth++;
    if (")]".includes(letter)) depth--;
    if (depth === 0) break;
    if (letter === "," && depth === 1) list.push("");
    else if (at > open) list[list.length - 1] += letter;
  }
  return list.map((argument) => argument.trim()).filter((argument) => argument !== "");
}

/** A sum without its bracketed parts: in `a + (i << 3) + 8` a + and 8 remain. */
function outsideBrackets(text: string): string {
  const inner = text.replace(/\([^()]*\)/g, "");
  return inner === text ? text : outsideBrackets(inner);
}

/** The accesses of one source whose offset, or a part of an address, is a bare number. */
function anonymous(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (comment) => comment.replace(/[^\n]/g, " "));
  return [...code.matchAll(ACCESS)].flatMap((match) => {
    const open = match.index + match[0].length - 1;
    const list = callArguments(code, open);
    const kind = match[1] ?? match[2] ?? "";
    const offset = kind.startsWith("load") ? list[1] : kind.startsWith("store") ? list[2] : undefined;
    const addresses = match[3] === "copy" ? list.slice(0, 2) : list.slice(0, 1);
    const bare =
      (offset !== undefined && /^[\d\s*+()-]+$/.test(offset)) ||
      addresses.some((address) => /[+-] *\d+ *(?:$|[+-])/.test(outsideBrackets(address)));
    return bare ? [`${code.slice(0, open).split("\n").length}: ${match[0]}${list.join(", ")})`] : [];
  });
}

test("a number as an offset is found, a name is not", () => {
  expect(anonymous("store<f64>(next, load<f64>(x, 8) + f(1, 2), 16);")).toEqual([
    "1: store<f64>(next, load<f64>(x, 8) + f(1, 2), 16)",
    "1: load<f64>(x, 8)",
  ]);
  expect(anonymous("// load<f64>(x, 8)\nload<f64>(x + 8 + i);")).toEqual(["2: load<f64>(x + 8 + i)"]);
  expect(anonymous("v128.store(y, a, 2 * 16); v128.load64_splat(p, 8); memory.copy(to, from + 32, 8);")).toHaveLength(
    3,
  );
  const named = ["load<f64>(x, 8 * State.v)", "v128.load(p, 2 * PAIR)", "store<f64>(x + 8 * State.v + i, 0.0)"];
  expect(anonymous([...named, "load<i32>(p + (i << 2))"].join("; "))).toEqual([]);
});

const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
test.each(files.sort())("%s names what it reads and writes", (file) => {
  expect(anonymous(readFileSync(`${root}${file}`, "utf8"))).toEqual([]);
});
