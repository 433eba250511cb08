/**
 * Writes the registries: for each folder of parts one module that imports every file with a default export, so that a
 * new part is one new file and nothing else. What it writes ends in `.generated.ts`, is never edited and not kept in
 * git; scripts/build.mjs calls it first.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

/** Folders of the host whose files register themselves by their default export. */
const HOST = [{ folder: "src/tasks", output: "tasks.generated.ts", list: "ALL" }];

/** The files of a folder that register something, in the order of their names. */
function registered(folder) {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".generated.ts"))
    .filter((file) => /^export default /m.test(readFileSync(join(folder, file), "utf8")))
    .sort();
}

/** `car-figure8.ts` -> `carFigure8`. */
function identifier(file) {
  return basename(file, ".ts").replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
}

function hostModule({ folder, list }) {
  const files = registered(folder);
  const imports = files.map((file) => `import ${identifier(file)} from "./${basename(file, ".ts")}.js";`);
  return `/** Made by scripts/registries.mjs from the files of this folder. */
${imports.join("\n")}

export const ${list} = [${files.map(identifier).join(", ")}] as const;
`;
}

/** Writes what changed, so that nothing is built again without need. */
function write(path, text) {
  if (!existsSync(path) || readFileSync(path, "utf8") !== text) writeFileSync(path, text);
}

export function writeRegistries() {
  for (const registry of HOST) write(join(registry.folder, registry.output), hostModule(registry));
}
