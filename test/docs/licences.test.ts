/** The packed file has the licence of every package in it, with its text. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const read = (...path: string[]) => readFileSync(join(root, ...path), "utf8").replaceAll("\r\n", "\n");
const FILE = "build/THIRD-PARTY-LICENSES.txt";

/** Licence and text of each "name version". */
const sections = new Map(
  [...read(FILE).matchAll(/^={80}\n(\S+ \S+)\nLicense: (.+)\n={80}\n((?:(?!={80}$).*\n)*)/gm)].map(
    ([, title = "", licence = "", text = ""]) => [title, { licence, text }],
  ),
);

/** Paths of all files that npm packs. */
function packed(): string[] {
  const { stdout } = spawnSync("npm", ["pack", "--dry-run", "--json"], { cwd: root, encoding: "utf8" });
  const [answer] = Object.values(JSON.parse(stdout) as Record<string, { files: { path: string }[] }>);
  return answer?.files.map((file) => file.path) ?? [];
}

test("every packed package is listed with its licence and the text that it brings; the list is packed too", () => {
  const files = packed();
  expect(files).toContain(FILE);
  const folders = files.map((file) => dirname(file)).filter((path) => /node_modules\/(@[^/]+\/)?[^/]+$/.test(path));
  const packages = [...new Set(folders)];
  expect(packages.length).toBeGreaterThanOrEqual(50);
  for (const folder of packages) {
    const { name, version, license } = JSON.parse(read(folder, "package.json"));
    const texts = readdirSync(join(root, folder)).filter((file) =>
      /^(licen[cs]e|copying|copyright|notice)/i.test(file),
    );
    const found = sections.get(`${name} ${version}`);
    expect([folder, found?.licence, texts.length > 0]).toEqual([folder, license, true]);
    for (const file of texts) expect(found?.text).toContain(read(folder, file).trim());
  }
});

test("so is every development dependency that the build takes parts of, and nothing without a text", () => {
  const taken = Object.keys(JSON.parse(read("package.json")).devDependencies).filter(
    (name) => name === "assemblyscript" || read("scripts/assets.mjs").includes(`${name}/`),
  );
  expect(taken.sort()).toEqual(["@bufbuild/protobuf", "@foxglove/schemas", "assemblyscript"]);
  for (const name of taken) {
    const { version } = JSON.parse(read("node_modules", name, "package.json"));
    expect([...sections.keys()]).toContain(`${name} ${version}`);
  }
  for (const [title, { text }] of sections)
    expect([title, /copyright|\(c\)/i.test(text), text.length > 500]).toEqual([title, true, true]);
});

test("a package of two licences has both, and a notice goes with its licence", () => {
  const of = (name: string) => [...sections].find(([title]) => title.startsWith(`${name} `))?.[1].text;
  const apache = "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION";
  for (const words of ["Buf Technologies, Inc.", apache, "Copyright 2008 Google Inc.", "Neither the name of Google"])
    expect(of("@bufbuild/protobuf")).toContain(words);
  for (const words of [apache, "The following authors have all licensed"])
    expect(of("assemblyscript")).toContain(words);
  expect(of("@foxglove/schemas")).toContain("Copyright (c) Foxglove Technologies Inc");
});
