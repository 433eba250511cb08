/**
 * Trains with every version of Node that is there, and compares all that they write with what this one writes, byte by
 * byte; where V8 can compute in wider vectors, with these too. The versions are packages of npm in build/nodes, which
 * this command says how to install; without any, the comparison reports itself as skipped.
 *
 * Usage, after a build, in the project's folder: node scripts/node-versions.mjs [--require]
 * Exit 0 if all agree, or are skipped; `--require`: skipped is an error.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { differences, filesOf } from "./compare-runs.mjs";

const MAJORS = [22, 24];
/** From this one on V8 can compute in wider vectors. */
const REVECTORISES = 24;
const PLATFORM = `node-${process.platform}-${process.arch}`;
const SMALL = ["--rollout-segments", "20", "--window", "10:0:0", "--rollouts", "4"];
const TRAININGS = {
  "car by laps": ["--rollouts", "3"],
  "car by rollouts": [...SMALL, "--update", "adam", "--model-fit"],
  "quadruped-figure8": ["quadruped-figure8", "--rollouts", "3"],
  "cart-pole": ["cart-pole", "--rollouts", "3"],
  scalar: ["scalar", "--rollouts", "3"],
};

const binaryOf = (major) => resolve("build/nodes", `${major}`, "node_modules", PLATFORM, "bin/node");
const installing = (major) => `npm install --no-save --prefix build/nodes/${major} ${PLATFORM}@${major}`;
const versionOf = (binary) => spawnSync(binary, ["--version"], { encoding: "utf8" }).stdout.trim();

const scratch = mkdtempSync(join(tmpdir(), "lapgrad-nodes-"));

/** Trains everything in a folder of its own, with `more` options. */
function train(binary, folder, more = []) {
  mkdirSync(folder);
  for (const [name, words] of Object.entries(TRAININGS)) {
    const run = name.replaceAll(" ", "-");
    const main = resolve("build/src/cli/main.js");
    const { status, stderr } = spawnSync(binary, [main, "train", ...words, ...more, "--out", run], {
      cwd: folder,
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`${versionOf(binary)}, ${name}: ${stderr}`);
  }
}

const found = MAJORS.filter((major) => existsSync(binaryOf(major)));
const absent = MAJORS.filter((major) => !found.includes(major));
let bad = 0;
if (found.length > 0) {
  const own = join(scratch, "own");
  train(process.execPath, own);
  for (const major of found) {
    for (const more of major >= REVECTORISES && process.arch === "x64" ? [[], ["--revectorise"]] : [[]]) {
      const folder = join(scratch, `${major}${more.join("")}`);
      train(binaryOf(major), folder, more);
      // that setting itself stands in what is written
      const lines = differences(own, folder).filter((line) => !/\brevectorise\b/.test(line));
      if (lines.length > 0) bad++;
      const trainings = Object.keys(TRAININGS).length;
      const what = lines.length === 0 ? "the same bits" : `DIFFER\n${lines.join("\n")}`;
      const versions = [process.version, "and", versionOf(binaryOf(major)), ...more].join(" ");
      console.log(`${versions}: ${trainings} trainings, ${filesOf(own).length} files: ${what}`);
    }
  }
}
for (const major of absent) console.log(`Node ${major}: skipped; install it: ${installing(major)}`);
rmSync(scratch, { recursive: true });
process.exitCode = bad > 0 || (absent.length > 0 && process.argv.includes("--require")) ? 1 : 0;
