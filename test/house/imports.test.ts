/**
 * Imports go one way: in src/ only downwards in the order of {@link LAYERS}, and nowhere, in assembly/ neither, round
 * in a circle of files. Imports of types count: whose shape a file must know decides what it can be read without.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "@jest/globals";

/** Folders and single files of src/: each may import from itself and from the lines above its own. */
const LAYERS: readonly (readonly string[])[] = [
  [
    "angles.ts",
    "canonical.ts",
    "clock.ts",
    "errors.ts",
    "output.ts",
    "shell.ts",
    "spelling.ts",
    "statistics.ts",
    "version.ts",
  ],
  ["control", "files.ts", "installation.ts", "workers"],
  ["serve"],
  ["tracks"],
  ["tasks"],
  ["plants"],
  ["core"],
  ["rules"],
  ["config"],
  ["estimation"],
  ["checkpoint", "curvature", "odometry", "recording", "session.ts"],
  ["identification", "policy-file.ts"],
  ["pose"],
  ["links"],
  ["runtime"],
  ["training"],
  ["fleet"],
  ["doctor", "export", "peers", "report", "trackers"],
  ["setup", "view"],
  ["compare"],
  ["reproduce"],
  ["derivatives", "sweeps"],
  ["api"],
  ["cli"],
];

/** For each file, the files that it imports. */
type Imports = ReadonlyMap<string, readonly string[]>;

const FROM = /^(?:import|export)\s(?:[^"';]*?\sfrom\s+)?"(\.[^"]+)"|\bimport\("(\.[^"]+)"\)/gm;

/** The imports between the TypeScript files of a folder. */
function importsOf(folder: string): Imports {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join(folder, file));
  const targets = (file: string) =>
    [...readFileSync(file, "utf8").matchAll(FROM)]
      .map(([, fixed = "", lazy = fixed]) => join(dirname(file), `${lazy.replace(/\.js$/, "")}.ts`))
      // a file that writes a module quotes what the module imports, itself perhaps
      .filter((target) => target.startsWith(`${folder}/`) && target !== file);
  return new Map(files.map((file) => [file, targets(file)]));
}

/** Imports that do not go downwards, as "from -> to". */
function upwards(imports: Imports): string[] {
  const partOf = (file: string) => file.split("/")[1] ?? "";
  const layerOf = (file: string) => {
    const layer = LAYERS.findIndex((parts) => parts.includes(partOf(file)));
    if (layer < 0) throw new Error(`${file}: say in LAYERS where ${partOf(file)} stands`);
    return layer;
  };
  return [...imports].flatMap(([file, targets]) =>
    targets
      .filter((target) => partOf(target) !== partOf(file) && layerOf(target) >= layerOf(file))
      .map((target) => `${file} -> ${target}`),
  );
}

/** A circle for each import that closes one, as "a -> b -> a". */
function circles(imports: Imports): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) found.push([...path.slice(path.indexOf(file)), file].join(" -> "));
    else if (!done.has(file)) {
      for (const target of imports.get(file) ?? []) visit(target, [...path, file]);
      done.add(file);
    }
  };
  for (const file of imports.keys()) visit(file, []);
  return found;
}

test("what is forbidden is found", () => {
  const imports = new Map([
    ["src/core/a.ts", ["src/core/b.ts", "src/cli/c.ts"]],
    ["src/core/b.ts", ["src/core/a.ts"]],
    ["src/cli/c.ts", []],
  ]);
  expect(upwards(imports)).toEqual(["src/core/a.ts -> src/cli/c.ts"]);
  expect(circles(imports)).toEqual(["src/core/a.ts -> src/core/b.ts -> src/core/a.ts"]);
  expect(() => upwards(new Map([["src/attic/d.ts", ["src/core/a.ts"]]]))).toThrow(/where attic stands/);
});

const host = importsOf("src");

test("every import leads to a file, and enough of them are seen", () => {
  const targets = [...host.values()].flat();
  expect(targets.length).toBeGreaterThan(500);
  expect(targets.filter((target) => !host.has(target))).toEqual([]);
});

test("src: no import goes up", () => expect(upwards(host)).toEqual([]));
test("src: no circle of files", () => expect(circles(host)).toEqual([]));
test("assembly: no circle of files", () => expect(circles(importsOf("assembly"))).toEqual([]));
