/**
 * Builds the parts of firmware-bridge/ into build/firmware, each only when a source is newer, and says which packages
 * the others need.
 * Usage, in the project's folder: node scripts/firmware.mjs [--require] [target...]; without a target all of them. A
 * target that cannot be built here is an error, exit 3, if it was named or with --require.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { OUT, targets } from "./firmware/targets.mjs";
import { installCommand, missing } from "./firmware/toolchain.mjs";

const SOURCES = ["firmware-bridge", "scripts/firmware", "scripts/firmware.mjs"];
const LOCK = join(OUT, ".lock");
const LOCK_SECONDS = 120;

/** Latest change below the paths, folders included: a deleted file counts as a change. */
function newest(paths) {
  const times = paths.map((path) => {
    const stats = statSync(path);
    return Math.max(stats.mtimeMs, stats.isDirectory() ? newest(readdirSync(path).map((name) => join(path, name))) : 0);
  });
  return Math.max(0, ...times);
}

/** Runs `work` while no other process builds: test files that run side by side ask for the same targets. */
function alone(work) {
  mkdirSync(OUT, { recursive: true });
  for (let waited = 0; ; waited += 0.05) {
    try {
      mkdirSync(LOCK);
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      if (waited > LOCK_SECONDS)
        throw new Error(`another build has held ${LOCK} for ${LOCK_SECONDS} s: if none runs, remove that folder`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    }
  }
  try {
    work();
  } finally {
    rmdirSync(LOCK);
  }
}

/** Replaces `folder/*.c` by the files it means. */
const expand = (args) =>
  args.flatMap((arg) => {
    if (!arg.endsWith("/*.c")) return [arg];
    const folder = arg.slice(0, -"*.c".length);
    const files = readdirSync(folder).filter((file) => file.endsWith(".c"));
    return files.sort().map((file) => join(folder, file));
  });

function build(name) {
  const { outputs, steps } = targets[name];
  if (outputs.every((file) => existsSync(file) && statSync(file).mtimeMs > newest(SOURCES))) return;
  for (const step of steps) {
    if (typeof step === "function") {
      step();
      continue;
    }
    const [command, ...args] = expand(step);
    const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
    if (status !== 0) throw new Error(`${name}: ${command} failed\n${error?.message ?? `${stdout}${stderr}`.trim()}`);
    if (command.endsWith("size")) console.log(stdout.trim());
  }
  console.log(`built ${outputs.join(", ")}`);
}

const words = process.argv.slice(2);
const named = words.filter((word) => !word.startsWith("--"));
const required = named.length > 0 || words.includes("--require");
const unknown = words.filter((word) => !(word in targets) && word !== "--require");
if (unknown.length > 0) {
  console.error(`"${unknown[0]}" is neither --require nor a target; there are ${Object.keys(targets).join(", ")}`);
  process.exit(2);
}
try {
  for (const name of named.length > 0 ? named : Object.keys(targets)) {
    const packages = missing(targets[name].toolchain);
    if (packages.length === 0) alone(() => build(name));
    else console.error(`not built: ${name}, ${targets[name].what}; it needs ${installCommand(packages)}`);
    if (packages.length > 0 && required) process.exitCode = 3;
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
