/** The computer: which one it is, and whether Node and its native parts can run on it. */
import { NODE_NEEDED } from "../version.js";
import { type Finding, type Group, notApplicable, note, ok, problem } from "./check.js";
import { boardModel, type System } from "./system.js";

/** JetPack by the major release of its Linux for Tegra. */
const JETPACK: Readonly<Record<string, number>> = { 32: 4, 34: 5, 35: 5, 36: 6, 38: 7 };
/** The glibc that Node's own builds and serialport's arm64 build need. */
const GLIBC_NEEDED = "2.28";
const CONTAINER = 'docker run --rm -it --device /dev/ttyACM0 -v "$PWD":/work -w /work node:20-bullseye bash';
const INSTALL_NODE =
  "curl -fsSL https://deb.nodesource.com/setup_22.x | sudo -E bash - && sudo apt-get install -y nodejs";
/** Free memory below which a training (some 100 MB) makes the computer swap, or cannot start at all [bytes]. */
const LITTLE_MEMORY = 256e6;
const NO_MEMORY = 64e6;

export const computer: Group = {
  name: "computer",
  checks: [
    { name: "model", run: model },
    { name: "JetPack", run: jetPack },
    { name: "architecture", run: architecture },
    { name: "glibc", run: glibc },
    { name: "memory", run: memory },
    { name: "Node", run: node },
  ],
};

function model(system: System): Finding {
  const cores = `${system.cores} ${system.cores === 1 ? "core" : "cores"}`;
  return ok(`${boardModel(system) ?? (system.processor || "a processor without a name")}, ${cores}`);
}

function jetPack(system: System): Finding {
  const text = system.read("/etc/nv_tegra_release");
  if (text === undefined) return notApplicable("not a Jetson, or a container on one");
  const [, major = "", revision = ""] = /R(\d+) \(release\), REVISION: ([\d.]+)/.exec(text) ?? [];
  const version = JETPACK[major];
  if (version === undefined)
    return note(`unknown release ${JSON.stringify(text.slice(0, 60))}; known are L4T 32 to 38`, null);
  const found = `JetPack ${version} (L4T ${major}.${revision})`;
  return version >= 5 ? ok(found) : note(`${found}: its glibc is too old, a container has its own`, CONTAINER);
}

function architecture(system: System): Finding {
  const { architecture: name } = system;
  if (name === "x64" || name === "arm64") return ok(name);
  return note(`${name}: lapgrad is tried on x64 and arm64 only`, "install the 64-bit operating system and its Node");
}

function glibc(system: System): Finding {
  if (system.platform !== "linux") return notApplicable(system.platform);
  const version = system.glibc();
  if (version === undefined)
    return note("none (musl?): serialport has a build for it, onnxruntime-node has not", "use a Debian or Ubuntu");
  if (!isOlder(version, GLIBC_NEEDED)) return ok(version);
  return problem(`${version}; needed is ${GLIBC_NEEDED}, as in JetPack 5, Debian 10, Ubuntu 20.04`, CONTAINER);
}

function memory(system: System): Finding {
  const { total, available } = system.memory;
  const found = `${megabytes(available)} of ${megabytes(total)} free`;
  const remedy = system.platform === "linux" ? "end what is large: ps aux --sort=-rss | head" : "end some programs";
  if (available < NO_MEMORY) return problem(`${found}: too little to train`, remedy);
  return available < LITTLE_MEMORY ? note(`${found}; a training takes some 100 MB`, remedy) : ok(found);
}

function node(system: System): Finding {
  const { nodeVersion } = system;
  if (!isOlder(nodeVersion, NODE_NEEDED)) return ok(nodeVersion);
  return problem(`${nodeVersion}; needed is ${NODE_NEEDED}`, INSTALL_NODE);
}

/** Compares versions, number by number; what stands around the numbers (v, >=) does not count. */
export function isOlder(version: string, needed: string): boolean {
  const numbers = (text: string) => (text.match(/\d+/g) ?? []).map(Number);
  const [have, want] = [numbers(version), numbers(needed)];
  const i = want.findIndex((number, index) => number !== (have.at(index) ?? 0));
  return i >= 0 && (have.at(i) ?? 0) < want[i];
}

/** 812 MB, 7.6 GB. */
export function megabytes(bytes: number): string {
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
