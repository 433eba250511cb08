/** What scripts/new.mjs writes compiles and registers itself, all kinds at once, in a copy of the sources. */
import { spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";

const KINDS = ["plant", "model", "controller", "task", "rule", "link"];
const COPIED = [
  "assembly",
  "bench",
  "scripts",
  "src",
  "test",
  "types",
  "asconfig.json",
  "package.json",
  "tsconfig.json",
];

let folder: string;
/** Runs a program of Node in the copy; what it said, if it failed. */
const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  return status === 0 ? "" : `${args.join(" ")}\n${stdout}${stderr}`;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapgrad-skeletons-"));
  for (const name of COPIED) await cp(name, join(folder, name), { recursive: true });
  await mkdir(join(folder, "build"));
  for (const name of ["node_modules", "build/assets", "build/peers"]) await symlink(resolve(name), join(folder, name));
});
afterAll(() => rm(folder, { recursive: true }));

test("every kind is written, is in its registry, and compiles in the core and in the host", async () => {
  for (const kind of KINDS) expect(run("scripts/new.mjs", kind, `trial-${kind}`)).toBe("");
  expect(run("scripts/registries.mjs")).toBe("");
  const registries = {
    "assembly/names.generated.ts": ["trialPlant", "trialModel", "trialController"],
    "src/tasks/tasks.generated.ts": ["trialTask"],
    "src/rules/rules.generated.ts": ["trialRule"],
    "src/links/kinds/links.generated.ts": ["trialLink"],
    "src/config/links.generated.ts": ["trial-link"],
  };
  for (const [path, names] of Object.entries(registries)) {
    const text = await readFile(join(folder, path), "utf8");
    for (const name of names) expect(text).toContain(name);
  }
  const asc = ["node_modules/assemblyscript/bin/asc.js", "--config", "asconfig.json", "--target", "release"];
  expect(run(...asc, "--optimizeLevel", "0")).toBe("");
  expect(run("node_modules/typescript/bin/tsc", "-p", ".", "--noEmit", "--pretty", "false")).toBe("");
});

test("every kind has its page, linked from CONTRIBUTING.md", async () => {
  const contributing = await readFile("CONTRIBUTING.md", "utf8");
  for (const kind of KINDS) {
    expect(contributing).toContain(`docs/adding-a-${kind}.md`);
    expect(await readFile(`docs/adding-a-${kind}.md`, "utf8")).toContain(`node scripts/new.mjs ${kind} `);
  }
});

test.each([
  [[], 'got ""'],
  [["wheel", "a"], 'got "wheel a"; usage: node scripts/new.mjs plant|model|'],
  [["model", "My Model"], 'got "model My Model"'],
  [["rule", "sgd"], "src/rules/sgd.ts exists already: choose another name"],
])("%j is refused in words", (args, words) => {
  expect(run("scripts/new.mjs", ...args)).toContain(words);
});
