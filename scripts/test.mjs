/**
 * Builds what the chosen tests need, then runs them with Jest.
 *
 * Usage: node scripts/test.mjs [part of a file's path]… [options of Jest], in the project's folder; without a path: all
 * tests.
 *
 * Every test needs the core, the assets and the host; only those of the folders in USERS need more. A target that is
 * left out is removed when it is out of date (scripts/build.mjs), so that a folder missing from the table is found out
 * by its failing tests.
 */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { build } from "./build.mjs";

/** The targets that only some tests need, and the folders of these tests. */
const USERS = {
  "release-fma": ["bench"],
  policy: ["api", "export", "tracks"],
  twin: ["bench", "core"],
  types: ["api", "docs"],
  debug: [],
};

const jest = process.argv.slice(2);
const options = jest.findIndex((argument) => argument.startsWith("-"));
const paths = (options < 0 ? jest : jest.slice(0, options)).map((path) => new RegExp(path, "i"));
const chosen = readdirSync("test", { recursive: true })
  .filter((file) => file.endsWith(".test.ts"))
  .filter((file) => {
    const built = resolve("build/test", file.replace(/ts$/, "js"));
    return paths.length === 0 || paths.some((path) => path.test(built));
  });
const isUsed = (folders) => folders.some((folder) => chosen.some((file) => file.startsWith(`${folder}/`)));

await build(Object.keys(USERS).filter((target) => !isUsed(USERS[target])));
const flags = ["--experimental-vm-modules", "--enable-source-maps", "--no-warnings"];
const { status } = spawnSync(process.execPath, [...flags, "node_modules/jest/bin/jest.js", ...jest], {
  stdio: "inherit",
});
process.exitCode = status ?? 1;
