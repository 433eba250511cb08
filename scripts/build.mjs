/**
 * Builds into build/, each target only when its inputs are newer than its last success. First the registries of parts,
 * from the files of their folders (registries.mjs); then, side by side:
 *   release      assembly/ -> build/core/release.wasm with its typed bindings: the core
 *   release-fma  the same with fused multiply-add, for benchmarks
 *   debug        the same with assertions and a source map
 *   policy       assembly/ -> build/core/policy.wasm, which exported policies are laid into
 *   peers        assembly-peers/ -> build/peers/peers.wasm with its typed bindings: batches of networks
 *   twin         assembly/ -> build/twin, the same core as plain JavaScript
 *   assets       build/assets: text of pages, message schemas and a wire format of dependencies, the C of exports
 *   licences     build/THIRD-PARTY-LICENSES.txt, of the packages that are packed
 * and last
 *   host         src/, test/, bench/ -> build/src, build/test, build/bench, incrementally
 *   types        src/ -> build/types, what a program that imports lapgrad knows of its types
 * After them build/src/digest.json says which build it is.
 *
 * Usage: node scripts/build.mjs [--debug | --use], in the project's folder: all targets, debug only when asked for;
 * --use: what driving and training need, without what only tests and benchmarks do. What takes long is said as it goes;
 * one line on success; the failing tool's output and exit 1 otherwise. scripts/test.mjs builds the targets that the
 * chosen tests need.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { TYPES, writeTypes } from "./api-types.mjs";
import { buildAssets, HELPERS, PAGES } from "./assets.mjs";
import { LICENCES, writeLicences } from "./licences.mjs";
import { writeRegistries } from "./registries.mjs";
import { buildTwin } from "./twin.mjs";

const HOST = ["src", "test", "bench"];
const STAMPS = "build/.stamps";
const HOST_STATE = join(STAMPS, "host.tsbuildinfo");
const BINDINGS = ["build/core/release.js", "build/core/release.d.ts"];
const PEER_BINDINGS = ["build/peers/peers.js", "build/peers/peers.d.ts"];

const CORES = ["build/core/release.wasm", "build/peers/peers.wasm"];
const DIGEST = "build/src/digest.json";

const asc = (target, config) => () => run("assemblyscript/bin/asc.js", "--config", config, "--target", target);
const core = (target, more = [], config = "asconfig.json", make = asc(target, config)) => ({
  inputs: ["assembly", config, "package-lock.json"],
  outputs: [`build/core/${target}.wasm`, ...more],
  make,
});

/** What each target is made from, what it makes, and how. */
const TARGETS = {
  release: core("release", BINDINGS, "asconfig.json", () => keepingTime(BINDINGS, asc("release", "asconfig.json"))),
  "release-fma": core("release-fma"),
  debug: core("debug"),
  policy: core("policy", [], "asconfig.policy.json"),
  peers: {
    inputs: ["assembly-peers", "assembly/math/random.ts", "asconfig.peers.json", "package-lock.json"],
    outputs: ["build/peers/peers.wasm", ...PEER_BINDINGS],
    make: () => keepingTime(PEER_BINDINGS, asc("peers", "asconfig.peers.json")),
  },
  twin: {
    inputs: ["assembly", "scripts/twin.mjs", "scripts/twin-runtime.js"],
    outputs: ["build/twin/index.js"],
    make: buildTwin,
  },
  assets: {
    inputs: [
      "package-lock.json",
      "scripts/assets.mjs",
      "src/export/c",
      "src/plants",
      ...HELPERS.map((file) => `src/links/${file}`),
      ...PAGES,
    ],
    outputs: ["foxglove-schemas.json", "protobuf/proto-int64.js", "export/prelude.c", "plants/mujoco/car.xml"].map(
      (name) => `build/assets/${name}`,
    ),
    make: buildAssets,
  },
  licences: {
    inputs: ["package-lock.json", "scripts/licences.mjs"],
    outputs: [LICENCES],
    make: writeLicences,
  },
  types: {
    needsBindings: true,
    inputs: ["src", "types", "tsconfig.json", "tsconfig.api.json", "scripts/api-types.mjs", "package-lock.json"],
    outputs: [TYPES],
    make: () => run("typescript/bin/tsc", "-p", "tsconfig.api.json", "--pretty", "false").then(writeTypes),
  },
};

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

/** Files that come out as they were keep their time, so that what is made from them is not made again. */
async function keepingTime(files, work) {
  const before = files.filter((file) => existsSync(file)).map((file) => [file, readFileSync(file), statSync(file)]);
  await work();
  for (const [file, content, { atime, mtime }] of before)
    if (readFileSync(file).equals(content)) utimesSync(file, atime, mtime);
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

/** Its outputs exist and its inputs are older than its last success. */
function isFresh(name, { inputs, outputs }) {
  const stamp = join(STAMPS, name);
  return existsSync(stamp) && statSync(stamp).mtimeMs > newest(inputs) && outputs.every((path) => existsSync(path));
}

async function make(name, target, isFirst) {
  if (isFresh(name, target)) return [];
  const begun = new Date();
  await target.make();
  if (isFirst) console.log(`  ${name.padEnd(12)} ${((Date.now() - begun) / 1000).toFixed(1)} s`);
  mkdirSync(STAMPS, { recursive: true });
  writeFileSync(join(STAMPS, name), "");
  utimesSync(join(STAMPS, name), begun, begun);
  return [name];
}

/** Writes which build this is: a digest of the host and of the cores, by which jobs of a plan are told apart. */
function writeDigest() {
  const host = readdirSync("build/src", { recursive: true }).filter((file) => file.endsWith(".js"));
  const hash = createHash("sha256");
  for (const path of [...host.sort().map((file) => join("build/src", file)), ...CORES])
    hash.update(`${path}\n`).update(existsSync(path) ? readFileSync(path) : "");
  const text = `${JSON.stringify({ digest: hash.digest("hex").slice(0, 12) })}\n`;
  if (!existsSync(DIGEST) || readFileSync(DIGEST, "utf8") !== text) writeFileSync(DIGEST, text);
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

/** The host as a target: its outputs follow from the sources that there are. */
function host() {
  const sources = HOST.filter((name) => existsSync(name)).flatMap((folder) =>
    readdirSync(folder, { recursive: true })
      .filter((file) => /(?<!\.d)\.ts$/.test(file))
      .map((file) => join(folder, file)),
  );
  const outputs = sources.map((file) => join("build", file.replace(/ts$/, "js")));
  const compile = () => {
    // the compiler writes only what changed since its last run, and would not miss a file that was deleted
    if (!outputs.every((path) => existsSync(path))) rmSync(HOST_STATE, { force: true });
    return run("typescript/bin/tsc", "-p", ".", "--pretty", "false", "--incremental", "--tsBuildInfoFile", HOST_STATE);
  };
  const inputs = [
    ...HOST,
    "types",
    "tsconfig.json",
    "package.json",
    "package-lock.json",
    BINDINGS[1],
    PEER_BINDINGS[1],
  ];
  return { inputs, outputs, make: compile };
}

/**
 * Builds the named targets, assets and host; returns the names of those that were not up to date. Another target is
 * removed if its inputs have changed: whoever needs it then finds nothing, rather than something old.
 */
async function buildTargets(names) {
  writeRegistries();
  for (const [name, target] of Object.entries(TARGETS))
    if (!names.includes(name) && !isFresh(name, target))
      for (const path of target.outputs) rmSync(path, { force: true });
  const isFirst = !existsSync(STAMPS);
  if (isFirst) console.log("building for the first time: some 20 s, on a slow computer a minute or two");
  const makeAll = (some) => some.map((name) => make(name, TARGETS[name], isFirst));
  const first = await Promise.allSettled(makeAll(names.filter((name) => !TARGETS[name].needsBindings)));
  // The compiler of the core comes first in the list: what it says of a faulty source is clearer than what the twin
  // says.
  const failed = first.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
  removeStale();
  const last = [make("host", host(), isFirst), ...makeAll(names.filter((name) => TARGETS[name].needsBindings))];
  const done = [...first.map((result) => result.value), ...(await Promise.all(last))];
  writeDigest();
  if (existsSync("build/src/cli/main.js")) chmodSync("build/src/cli/main.js", 0o755);
  return done.flat();
}

/** {@link buildTargets} of all targets but `without`, and a line about it. */
export async function build(without) {
  const started = performance.now();
  try {
    const done = await buildTargets(Object.keys(TARGETS).filter((name) => !without.includes(name)));
    console.log(`built ${done.join(", ") || "nothing new"} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  } catch (error) {
    console.error(`build failed: ${error.message}`);
    process.exit(1);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href)
  await build(
    process.argv.includes("--debug")
      ? []
      : ["debug", ...(process.argv.includes("--use") ? ["release-fma", "twin", "types"] : [])],
  );
