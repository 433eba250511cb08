/**
 * Writes the registries, so that a new part is one new file and nothing else. What it writes ends in `.generated.ts`,
 * is never edited and not kept in git; scripts/build.mjs calls it first.
 *
 *   host  a module per folder that imports every file with a default export, or that loads each when it is called for
 *   core  the tables of models, plants, controllers, rewards, references and tasks, from what is registered in the
 *         parts' own files:
 *
 *     /** @part singleTrack SingleTrackParameter *\/
 *     export const singleTrack = new SingleTrack();
 *
 *   Behind the tag stand the part's kind, by which tasks call it, and the enum with the names of its parameters, if it
 *   has any of its own.
 *   Also the core's arrays (regions.mjs).
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { regionsModule, traceModule } from "./regions.mjs";

const LINKS = "src/links/kinds";
const POSES = "src/pose/kinds";

/** Folders of the host whose files register themselves by their default export; `byName`: by the names of the files. */
const HOST = [
  { folder: "src/tasks", output: "tasks.generated.ts", list: "ALL" },
  { folder: "src/rules", output: "rules.generated.ts", list: "ALL" },
  { folder: "src/training/fits", output: "fits.generated.ts", list: "FITS" },
  { folder: "src/export/parts/controllers", output: "controllers.generated.ts", list: "CONTROLLERS" },
  { folder: "src/export/parts/references", output: "references.generated.ts", list: "REFERENCES" },
  { folder: "src/export/parts/tasks", output: "tasks.generated.ts", list: "TASKS" },
  { folder: LINKS, output: "links.generated.ts", list: "LINKS", byName: true },
];

/** Folders of the host whose files are loaded one by one, when their part is used. */
const LAZY = [
  { folder: "src/cli/commands", output: "commands.generated.ts", list: "COMMANDS" },
  { folder: "src/plants/kinds", output: "kinds.generated.ts", list: "KINDS" },
  { folder: POSES, output: "kinds.generated.ts", list: "KINDS" },
];

/**
 * Folders of parts of which the configuration, which comes before them and must not import them, must know names and a
 * few lines of their declarations.
 */
const NAMED = [
  {
    folder: LINKS,
    output: "links.generated.ts",
    list: "LINKS",
    lines: ["isSimulated: (?:true|false)", 'summary: ".*"'],
  },
  { folder: POSES, output: "poses.generated.ts", list: "POSES", lines: ['summary: ".*"'] },
];

/** Kinds of parts of the core: the folder of their files, the contract that they keep, and the enum of their names. */
const CORE = [
  { part: "model", folder: "models", contract: "Model", names: "Models" },
  { part: "plant", folder: "plants", contract: "Plant", names: "Plants" },
  { part: "controller", folder: "controllers", contract: "Controller", names: "Controllers" },
  { part: "reward", folder: "rewards", contract: "Reward", names: "Rewards" },
  { part: "reference", folder: "policy", contract: "Reference", names: "References" },
  { part: "task", folder: "tasks", contract: "Task", names: "Tasks" },
];
const MADE = "/** Made by scripts/registries.mjs";
const EXPECTED =
  "expected: /** @part <kind> <enum of its parameters, if any> */, below it: export const <name> = new <Class>(…);";
const REGISTRATION = /^\/\*\* @part (\w+)(?: (\w+))? \*\/\nexport const (\w+) = new \w+\(.*\);$/gm;

/** The files of a folder, in the order of their names. */
function sourcesOf(folder) {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".generated.ts"))
    .sort()
    .map((file) => ({ file, name: basename(file, ".ts"), text: readFileSync(join(folder, file), "utf8") }));
}

/** `car-figure8` -> `carFigure8`. */
export function identifier(name) {
  return name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
}

/** The files of a folder that register themselves. */
function registeringIn(folder) {
  return sourcesOf(folder).filter(({ text }) => /^export default /m.test(text));
}

function hostModule({ folder, list, byName = false }) {
  const names = registeringIn(folder).map(({ name }) => name);
  const entries = names.map((name) => (byName ? `${JSON.stringify(name)}: ${identifier(name)}` : identifier(name)));
  const imports = names.map((name) => `import ${identifier(name)} from "./${name}.js";`);
  return `${MADE} from the files of this folder. */
${imports.join("\n")}

export const ${list} = ${byName ? `{ ${entries.join(", ")} }` : `[${entries.join(", ")}]`} as const;
`;
}

function lazyModule({ folder, list }) {
  const entries = registeringIn(folder).map(({ name }) => `  ${JSON.stringify(name)}: () => import("./${name}.js"),\n`);
  return `${MADE} from the files of this folder. */\nexport const ${list} = {\n${entries.join("")}} as const;\n`;
}

/** Names of the parts of a folder, with those lines of their declarations. */
function namesOfModule({ folder, list, lines }) {
  const entries = registeringIn(folder).map(({ file, name, text }) => {
    const found = lines.map((line) => {
      const match = text.match(new RegExp(`^ {2}(${line}),$`, "m"))?.[1];
      if (!match) throw new Error(`${folder}/${file}: no line of the form   ${line.replace(".*", "…")},`);
      return match;
    });
    return `  ${JSON.stringify(name)}: { ${found.join(", ")} },\n`;
  });
  return `${MADE} from the files of ${folder}. */\nexport const ${list} = {\n${entries.join("")}} as const;\n`;
}

/**
 * What one file of the core registers: kinds with the enums of their parameters. Throws if a registration is
 * incomplete.
 */
export function registeredIn(path, text) {
  const parts = [...text.matchAll(REGISTRATION)].map(([, kind, parameters, name]) => ({ kind, parameters, name }));
  if (parts.length !== text.split("@part").length - 1)
    throw new Error(`${path}: a registration is malformed; ${EXPECTED}`);
  if (parts.length === 0 && /^export class /m.test(text))
    throw new Error(`${path}: its class is not registered; ${EXPECTED}`);
  for (const { kind, parameters } of parts.filter((part) => part.parameters)) {
    const members = text.match(new RegExp(`^export enum ${parameters} \\{\\n([^}]*)\\}`, "m"))?.[1];
    if (members === undefined)
      throw new Error(`${path}: ${kind} has parameters ${parameters}, an enum that this file does not export`);
    if (!/^ {2}count,\n$/m.test(members)) throw new Error(`${path}: the last member of ${parameters} must be "count"`);
  }
  const named = new Set(parts.map(({ parameters }) => parameters));
  for (const [, name] of text.matchAll(/^export enum (\w+Parameter) /gm))
    if (!named.has(name)) throw new Error(`${path}: no registration names ${name}; ${EXPECTED}`);
  return parts;
}

/** All registered parts of one kind, with the module that each is in. */
function registered({ part, folder }) {
  const parts = sourcesOf(join("assembly", folder)).flatMap(({ file, name, text }) =>
    registeredIn(`assembly/${folder}/${file}`, text).map((one) => ({ ...one, module: `${folder}/${name}` })),
  );
  for (const { kind, module } of parts) {
    const other = parts.find((one) => one.kind === kind && one.module !== module);
    if (other)
      throw new Error(
        `two files register the ${part} "${kind}": assembly/${module}.ts and assembly/${other.module}.ts`,
      );
  }
  return parts;
}

/** The enums of kinds, and the enums of their parameters, which the core exports. */
function namesModule(all) {
  const enums = all.map(
    ({ names, parts }) => `export enum ${names} {\n${parts.map(({ kind }) => `  ${kind},\n`).join("")}}`,
  );
  const parameters = new Map(all.flatMap(({ parts }) => parts.map((one) => [one.parameters, one.module])));
  parameters.delete(undefined);
  const exports = [...parameters].map(([name, module]) => `export { ${name} } from "./${module}";`);
  return `${MADE} from what assembly/ registers. */\n${enums.join("\n")}\n\n${exports.join("\n")}\n`;
}

/** The parts themselves, in the order of those enums. */
function tablesModule(all) {
  const imports = all.flatMap(({ part, folder, contract, parts }) => [
    `import { ${contract} } from "./${folder}/${part}";`,
    ...parts.map(({ kind, name, module }) => `import { ${name} as ${part}_${kind} } from "./${module}";`),
  ]);
  const tables = all.map(({ part, contract, parts }) => {
    const entries = parts.map(({ kind }) => `${part}_${kind}`).join(", ");
    return `export const ${part}s: ${contract}[] = [${entries}];`;
  });
  return `${MADE} from what assembly/ registers. */\n${imports.join("\n")}\n\n${tables.join("\n")}\n`;
}

/** For the host: the name of the enum with a part's parameters, by kind of part and kind. */
function hostNamesModule(all) {
  const entries = all.map(({ part, parts }) => {
    const named = parts
      .filter(({ parameters }) => parameters)
      .map(({ kind, parameters }) => `${kind}: "${parameters}"`);
    return `  ${part}: { ${named.join(", ")} },\n`;
  });
  return `${MADE} from what assembly/ registers. */\nexport const PARAMETERS = {\n${entries.join("")}} as const;\n`;
}

/** Writes what changed, so that nothing is built again without need. */
function write(path, text) {
  if (!existsSync(path) || readFileSync(path, "utf8") !== text) writeFileSync(path, text);
}

export function writeRegistries() {
  for (const registry of HOST) write(join(registry.folder, registry.output), hostModule(registry));
  for (const registry of LAZY) write(join(registry.folder, registry.output), lazyModule(registry));
  for (const registry of NAMED) write(join("src/config", registry.output), namesOfModule(registry));
  const all = CORE.map((kind) => ({ ...kind, parts: registered(kind) }));
  write("assembly/regions.generated.ts", regionsModule());
  write("assembly/trace.generated.ts", traceModule());
  write("assembly/names.generated.ts", namesModule(all));
  write("assembly/tables.generated.ts", tablesModule(all));
  write("src/core/names.generated.ts", hostNamesModule(all));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) writeRegistries();
