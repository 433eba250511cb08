/**
 * Writes the plain JavaScript twin of the core to build/twin: the same sources, with AssemblyScript's own words
 * rewritten, over one ArrayBuffer instead of WebAssembly memory. The benchmark measures the core against it; tests
 * compare the two and see coverage.
 *
 *   load<f64>(p, 8)             F64[((p) + 8) >>> 3]
 *   store<i32>(p, v)            (I32[(p) >>> 2] = (v))
 *   <i32>x, usize(x), <f64>x    ((x) | 0), ((x) >>> 0), (+(x))
 *   ASC_FEATURE_…               false
 *   @inline, @final, …          nothing
 *   let s: f64;                 let s: f64 = 0;
 *
 * The rest is TypeScript as it stands, except where a type decides what an operator does: integers divide and overflow
 * as JavaScript numbers do (scripts/twin-runtime.js says what to write instead).
 *
 * Usage: node scripts/twin.mjs, in the project's folder.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { pathToFileURL } from "node:url";
import * as runtime from "./twin-runtime.js";

const FROM = "assembly";
const SOURCES = "build/twin-src";
const OUT = "build/twin";
/** A module's variables exist once; an instance of the core therefore is a copy of its modules. */
const INSTANCES = 16;

/** AssemblyScript's number types: view, log2 of the bytes, and what a cast to it is. */
const NUMBERS = {
  f64: { view: "F64", shift: 3, cast: (x) => `(+(${x}))` },
  f32: { view: "F32", shift: 2, cast: (x) => `Math.fround(${x})` },
  i32: { view: "I32", shift: 2, cast: (x) => `((${x}) | 0)` },
  isize: { view: "I32", shift: 2, cast: (x) => `((${x}) | 0)` },
  u32: { view: "U32", shift: 2, cast: (x) => `((${x}) >>> 0)` },
  usize: { view: "U32", shift: 2, cast: (x) => `((${x}) >>> 0)` },
  i16: { view: "I16", shift: 1, cast: (x) => `(((${x}) << 16) >> 16)` },
  u16: { view: "U16", shift: 1, cast: (x) => `((${x}) & 0xffff)` },
  i8: { view: "I8", shift: 0, cast: (x) => `(((${x}) << 24) >> 24)` },
  u8: { view: "U8", shift: 0, cast: (x) => `((${x}) & 0xff)` },
  bool: { view: "U8", shift: 0, cast: (x) => `((${x}) != 0)` },
  i64: { cast: (x) => `castI64(${x})` },
  u64: { cast: (x) => `castI64(${x})` },
};
const TYPES = Object.keys(NUMBERS).join("|");

const SKIPPED = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/y;
const ACCESS = new RegExp(`(?<![\\w.$])(?:(load|store)<(${TYPES})>|(${TYPES})\\.(load|store))\\(`, "y");
const CAST = new RegExp(`(?<![\\w$)\\]])<(${TYPES})>\\s*`, "y");
const CONVERSION = new RegExp(`(?<![\\w.$])(${TYPES})\\(`, "y");
const SIZEOF = new RegExp(`(?<![\\w.$])sizeof<(${TYPES})>\\(\\)`, "y");
const FEATURE = /(?<![\w.$])ASC_FEATURE_\w+/y;
const AS = /(?<![\w.$])as\s+(?:i32|u32|isize|usize|i64|u64|i16|u16|i8|u8)\b/y;
const OPEN = { "(": ")", "[": "]", "{": "}" };

function match(pattern, text, at) {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/**
 * The end of whatever stands at `at` and must be taken whole: a comment, a string, a bracketed group, or one character.
 */
function skip(text, at) {
  const whole = match(SKIPPED, text, at);
  if (whole) return SKIPPED.lastIndex;
  const close = OPEN[text[at]];
  if (!close) return at + 1;
  let end = at + 1;
  while (end < text.length && text[end] !== close) end = skip(text, end);
  return end + 1;
}

/** The arguments between an opening bracket at `open` and its partner, and the position after it. */
function callArguments(text, open) {
  const end = skip(text, open);
  const list = [];
  let from = open + 1;
  for (let at = from; at < end; ) {
    if (text[at] === "," || at === end - 1) {
      list.push(text.slice(from, at));
      from = ++at;
    } else {
      at = skip(text, at);
    }
  }
  if (list.length > 1 && list.at(-1).trim() === "") list.pop();
  return { list, end };
}

/** The end of the unary expression at `at`, which is what a cast applies to. */
function unaryEnd(text, at) {
  let end = at;
  for (let prefix = true; prefix; ) {
    const sign = match(/\s*[-+~!]\s*/y, text, end);
    const cast = match(CAST, text, end);
    prefix = sign !== null || cast !== null;
    if (prefix) end += (sign ?? cast)[0].length;
  }
  const word = match(/(?:new\s+)?[\w$]+(?:\.\d+)?(?:[eE][-+]\d+)?/y, text, end);
  end = word ? end + word[0].length : skip(text, end);
  for (;;) {
    const member = match(/\s*\.\s*[\w$]+|<[\w$]+>(?=\()/y, text, end);
    if (member) end += member[0].length;
    else if (text[end] === "(" || text[end] === "[") end = skip(text, end);
    else return end;
  }
}

function element(type, address, offset) {
  const { view, shift } = NUMBERS[type];
  if (!view) return `castI64(${address})`;
  const bytes = offset ? `((${address}) + ${offset.trim()})` : `(${address})`;
  return shift ? `${view}[${bytes} >>> ${shift}]` : `${view}[${bytes}]`;
}

/** One expression or a whole file, comments and strings untouched. */
function rewrite(text, complain) {
  let out = "";
  for (let at = 0; at < text.length; ) {
    const skipped = match(SKIPPED, text, at);
    if (skipped) {
      out += skipped[0];
      at = SKIPPED.lastIndex;
      continue;
    }
    const access = match(ACCESS, text, at);
    if (access) {
      const { list, end } = callArguments(text, ACCESS.lastIndex - 1);
      const [address, ...rest] = list.map((argument) => rewrite(argument, complain).trim());
      const type = access[2] ?? access[3];
      const isStore = (access[1] ?? access[4]) === "store";
      out += isStore ? `(${element(type, address, rest[1])} = (${rest[0]}))` : element(type, address, rest[0]);
      at = end;
      continue;
    }
    const cast = match(CAST, text, at);
    if (cast) {
      const operand = at + cast[0].length;
      const end = unaryEnd(text, operand);
      out += NUMBERS[cast[1]].cast(rewrite(text.slice(operand, end), complain));
      at = end;
      continue;
    }
    const conversion = match(CONVERSION, text, at);
    if (conversion) {
      const { list, end } = callArguments(text, CONVERSION.lastIndex - 1);
      out += NUMBERS[conversion[1]].cast(rewrite(list[0], complain));
      at = end;
      continue;
    }
    const size = match(SIZEOF, text, at);
    if (size) {
      out += 1 << NUMBERS[size[1]].shift;
      at = SIZEOF.lastIndex;
      continue;
    }
    if (match(FEATURE, text, at)) {
      out += "false";
      at = FEATURE.lastIndex;
      continue;
    }
    const as = match(AS, text, at);
    if (as)
      complain(
        `"${as[0]}" cannot be rewritten for the JavaScript twin; ` +
          `write <${as[0].split(/\s+/)[1]}>(…) before the expression`,
        text,
        at,
      );
    out += text[at++];
  }
  return out;
}

/**
 * What is easier to see line by line: decorators, imports, and the zero that AssemblyScript gives to a number without a
 * value.
 */
function rewriteLines(text) {
  return text
    .replace(/^([ \t]*)@\w+(?:\([^()\n]*\))?(?:[ \t]+@\w+(?:\([^()\n]*\))?)*[ \t]*/gm, "$1")
    .replace(/\b(from|import)(\s*)(["'])(\.\.?\/[^"']+?)(?:\.ts|\.js)?\3/g, "$1$2$3$4.js$3")
    .replace(/^[ \t]*(?:export[ \t]+)?let[ \t](?!.*=>).*$/gm, (line) =>
      line.replace(
        new RegExp(`(\\b\\w+[ \\t]*:[ \\t]*(?:${TYPES}))(?=[ \\t]*[,;])`, "g"),
        (_, name) => `${name} = ${zero(name)}`,
      ),
    )
    .replace(
      new RegExp(
        `^([ \\t]+(?:(?:private|protected|public|readonly|static)[ \\t]+)*\\w+[ \\t]*:[ \\t]*(?:${TYPES}))(?=[ \\t]*;)`,
        "gm",
      ),
      (name) => `${name} = ${zero(name)}`,
    )
    .replace(/^declare function [^;]*;$/gm, "")
    .replace(/\bmemory\.data<f64>\(/g, "dataF64(")
    .replace(/\bmemory\.data<[iu](?:32|size)>\(/g, "dataI32(")
    .replace(/\bmemory\.data\(/g, "dataBytes(");
}
const zero = (declaration) => (/bool$/.test(declaration) ? "false" : "0");

/** The names of the runtime that a file uses and does not declare itself. */
function importedNames(text) {
  return Object.keys(runtime).filter(
    (name) =>
      new RegExp(`(?<![\\w.$])${name}\\b`).test(text) &&
      !new RegExp(
        `\\b(?:function|const|let|var|class|enum)\\s+${name}\\b|^import\\s[^;]*\\b${name}\\b[^;]*from`,
        "m",
      ).test(text),
  );
}

/** One source of the core as TypeScript over the runtime; line numbers stay. */
export function twinSource(text, path, toRuntime) {
  const complain = (message, part, at) => {
    const start = text.indexOf(part);
    const line = start < 0 ? "" : `:${text.slice(0, start + at).split("\n").length}`;
    throw new Error(`${path}${line}: ${message}`);
  };
  const body = rewriteLines(rewrite(text, complain));
  const names = importedNames(body);
  return names.length ? `import { ${names.join(", ")} } from "${toRuntime}"; ${body}` : body;
}

const DOOR = `let instances = 0;

/** The twin's exports in the shape of the raw bindings: functions, enums, { value } for a constant, memory. */
export async function instantiate() {
  if (instances === ${INSTANCES})
    throw new Error("the JavaScript twin has ${INSTANCES} instances, all in use; take a new process");
  const folder = "./" + instances++;
  const core = await import(folder + "/assembly/index.js");
  const { memory } = await import(folder + "/runtime.js");
  const exports = { memory };
  for (const name of Object.keys(core)) {
    const isConstant = typeof core[name] === "number" || typeof core[name] === "boolean";
    exports[name] = isConstant ? { get value() { return core[name]; }, valueOf() { return core[name]; } } : core[name];
  }
  return exports;
}
`;
const TSCONFIG = {
  compilerOptions: {
    target: "es2022",
    module: "esnext",
    moduleResolution: "bundler",
    types: [],
    noCheck: true,
    noResolve: true,
    strict: false,
    sourceMap: true,
    rootDir: ".",
    outDir: "../twin/0",
  },
  include: ["assembly/**/*.ts"],
};

export function buildTwin() {
  rmSync(SOURCES, { recursive: true, force: true });
  rmSync(OUT, { recursive: true, force: true });
  const files = readdirSync(FROM, { recursive: true }).filter(
    (file) => file.endsWith(".ts") && !file.endsWith(".d.ts"),
  );
  for (const file of files) {
    const path = join(FROM, file);
    const target = join(SOURCES, "assembly", file);
    const toRuntime = relative(dirname(target), join(SOURCES, "runtime.js")).split(sep).join("/");
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, twinSource(readFileSync(path, "utf8"), path, toRuntime));
  }
  writeFileSync(join(SOURCES, "tsconfig.json"), JSON.stringify(TSCONFIG));
  const tsc = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", SOURCES], { encoding: "utf8" });
  if (tsc.status !== 0) throw new Error(`twin (tsc -p ${SOURCES}):\n${tsc.stdout}${tsc.stderr}`);
  copyFileSync("scripts/twin-runtime.js", join(OUT, "0/runtime.js"));
  for (let i = 1; i < INSTANCES; i++) cpSync(join(OUT, "0"), join(OUT, `${i}`), { recursive: true });
  writeFileSync(join(OUT, "index.js"), DOOR);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) buildTwin();
