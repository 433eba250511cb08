/**
 * build/types/index.d.ts: the types of the library (src/api/index.ts) in one file that imports nothing, so that they
 * are checked in any project, whatever else it has installed. Of the compiler's declarations it takes those that are
 * exported, and those that they are made of; docs/api.md is made from the same list (scripts/docs/api.mjs).
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "@babel/parser";

/** What the compiler wrote (tsconfig.api.json). */
const DECLARATIONS = "build/declarations/src";
export const TYPES = "build/types/index.d.ts";

/** A file of declarations: its own by name, what it imports, and what it exports from elsewhere. */
function read(path) {
  const text = readFileSync(path, "utf8");
  const { program } = parse(text, { sourceType: "module", plugins: [["typescript", { dts: true }]] });
  const [own, imports, exports] = [new Map(), new Map(), new Map()];
  for (const node of program.body) {
    const from = node.source && { module: node.source.value, path };
    for (const { local, imported, exported } of node.specifiers ?? []) {
      if (node.type === "ImportDeclaration") imports.set(local.name, { ...from, name: imported?.name ?? "default" });
      else exports.set(exported.name, from ? { ...from, name: local.name } : { own: local.name });
    }
    const declaration = node.declaration ?? node;
    const names = declaration.id ? [declaration.id] : (declaration.declarations ?? []).map(({ id }) => id);
    const docs = node.leadingComments?.at(-1)?.value;
    for (const { name } of names)
      own.set(name, { name, docs, text: text.slice(declaration.start, declaration.end), node: declaration });
  }
  return { own, imports, exports };
}

const files = new Map();
function fileAt(path) {
  if (!files.has(path)) files.set(path, read(path));
  return files.get(path);
}

/** The file that an import leads to; a package is none that a user of the library has. */
function target({ module, path }, name) {
  if (!module.startsWith(".")) throw new Error(`${path}: the library's types need ${name} of the package ${module}`);
  return join(dirname(path), module.replace(/\.js$/, ".d.ts"));
}

/** Where the declaration behind a name in a file is: the file, and its name there. */
function resolve(path, name) {
  const { own, imports, exports } = fileAt(path);
  const elsewhere = exports.get(name) ?? imports.get(name);
  if (elsewhere?.own) return resolve(path, elsewhere.own);
  if (own.has(name)) return { path, name };
  return elsewhere && resolve(target(elsewhere, name), elsewhere.name);
}

/** All names of types and values in a declaration that may be declared elsewhere. */
function namesIn(node, names = new Set()) {
  if (Array.isArray(node)) for (const one of node) namesIn(one, names);
  else if (node && typeof node === "object") {
    const name = node.typeName ?? node.exprName ?? node.expression ?? (node.superClass || undefined);
    if (name?.type === "Identifier") names.add(name.name);
    for (const [key, value] of Object.entries(node)) if (!/comments$/i.test(key)) namesIn(value, names);
  }
  return names;
}

/** Every declaration of the library: those exported in the order of its index, and after them what they are made of. */
export function declarations() {
  const index = join(DECLARATIONS, "api/index.d.ts");
  const found = new Map();
  const wanted = [...fileAt(index).exports.keys()].map((name) => ({ ...resolve(index, name), isExported: true }));
  for (const { path, name, isExported = false } of wanted) {
    const key = `${path} ${name}`;
    if (found.has(key)) continue;
    const { own } = fileAt(path);
    const declaration = own.get(name);
    if ([...found.values()].some((other) => other.name === name))
      throw new Error(`${path}: the library's types have another ${name}; give one of them another name`);
    found.set(key, { ...declaration, isExported });
    for (const other of namesIn(declaration.node)) {
      const place = resolve(path, other);
      if (place) wanted.push(place);
    }
  }
  return [...found.values()];
}

/** Writes the one file. */
export function writeTypes() {
  const text = ({ docs, isExported, text }) =>
    `${docs === undefined ? "" : `/*${docs}*/\n`}${isExported ? "export " : ""}${text}\n`;
  mkdirSync(dirname(TYPES), { recursive: true });
  writeFileSync(TYPES, `${declarations().map(text).join("\n")}\nexport {};\n`);
}
