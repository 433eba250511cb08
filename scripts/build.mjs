/**
 * Builds everything into build/, each step only when its inputs are newer than its last success:
 *   registries of parts, from the files of their folders (registries.mjs)
 *   core    assembly/ -> build/core/release.wasm with its typed bindings, release-fma.wasm, and debug.wasm with --debug
 *   policy  assembly/ -> build/core/policy.wasm, which exported policies are laid into
 *   twin    assembly/ -> build/twin, the same core as plain JavaScript
 *   assets  build/assets, the message schemas taken from a development dependency
 *   host    src/, test/, bench/ -> build/src, build/test, build/bench
 *
 * Usage: node scripts/build.mjs [--debug], in the project's folder. One line on success; the failing tool's output and exit 1 otherwise.
 */
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildAssets } from "./assets.mjs";
import { writeRegistries } from "./registries.mjs";
import { buildTwin } from "./twin.mjs";

const HOST = ["src", "test", "bench"];
const STAMPS = "build/.stamps";
const started = performance.now();
const targets = ["release", "release-fma", ...(process.argv.includes("--debug") ? ["debug"] : [])];

/** Runs one of the development dependencies; resolves to nothing, or rejects with its output. */
function run(script, ...args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join("node_modules", script), ...args], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`${script} ${args.join(" ")}\n${output.trim()}`)),
    );
  });
}

/** Latest change below the paths, folders included: a deleted file counts as a change. */
function newest(paths) {
  let latest = 0;
  for (const path of paths.filter((path) => existsSync(path))) {
    const stats = statSync(path);
    latest = Math.max(latest, stats.mtimeMs);
    if (stats.isDirectory()) latest = Math.max(latest, newest(readdirSync(path).map((name) => join(path, name))));
  }
  return latest;
}

/** Runs a step unless its outputs exist and its inputs are older than its last success. */
async function step(name, inputs, outputs, work) {
  const stamp = join(STAMPS, name);
  const since = existsSync(stamp) ? statSync(stamp).mtimeMs : 0;
  if (since > newest(inputs) && outputs.every((path) => existsSync(path))) return [];
  const begun = new Date();
  await work();
  mkdirSync(STAMPS, { recursive: true });
  writeFileSync(stamp, "");
  utimesSync(stamp, begun, begun);
  return [name];
}

/** Removes what an earlier build made of a source that is gone: an old test must not run on. */
function removeStale() {
  for (const folder of HOST.filter((name) => existsSync(join("build", name)))) {
    for (const file of readdirSync(join("build", folder), { recursive: true })) {
      const source = file.match(/^(.*)\.js(?:\.map)?$/)?.[1];
      if (source && !existsSync(join(folder, `${source}.ts`))) rmSync(join("build", folder, file));
    }
  }
}

const compile = (target, config = "asconfig.json") =>
  step(
    target,
    ["assembly", config, "package-lock.json"],
    [
      `build/core/${target}.wasm`,
      ...(target === "release" ? ["build/core/release.js", "build/core/release.d.ts"] : []),
    ],
    () => run("assemblyscript/bin/asc.js", "--config", config, "--target", target),
  );

async function build() {
  writeRegistries();
  const first = await Promise.allSettled([
    ...targets.map((target) => compile(target)),
    compile("policy", "asconfig.policy.json"),
    step("twin", ["assembly", "scripts/twin.mjs", "scripts/twin-runtime.js"], ["build/twin/index.js"], buildTwin),
    step(
      "assets",
      ["package-lock.json", "scripts/assets.mjs", "src/export/c"],
      ["build/assets/foxglove-schemas.json", "build/assets/protobuf/proto-int64.js", "build/assets/export/prelude.c"],
      buildAssets,
    ),
  ]);
  // The compiler of the core comes first in the list: what it says of a faulty source is clearer than what the twin says.
  const failed = first.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
  const done = first.map((result) => result.value);
  removeStale();
  const sources = HOST.filter((name) => existsSync(name)).flatMap((folder) =>
    readdirSync(folder, { recursive: true })
      .filter((file) => /(?<!\.d)\.ts$/.test(file))
      .map((file) => join(folder, file)),
  );
  const inputs = [...HOST, "types", "tsconfig.json", "package.json", "package-lock.json", "build/core/release.d.ts"];
  const outputs = sources.map((file) => join("build", file.replace(/ts$/, "js")));
  done.push(await step("host", inputs, outputs, () => run("typescript/bin/tsc", "-p", ".", "--pretty", "false")));
  if (existsSync("build/src/cli/main.js")) chmodSync("build/src/cli/main.js", 0o755);
  return done.flat();
}

try {
  const done = await build();
  console.log(`built ${done.join(", ") || "nothing new"} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
} catch (error) {
  console.error(`build failed: ${error.message}`);
  process.exitCode = 1;
}
