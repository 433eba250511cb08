/** What each part of the firmware is built with, and which Debian packages bring it. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";

const onPath = (name) => (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, name)));

/** Whether clang has a runtime library; its folder carries clang's version. */
function clangRuntime(name) {
  if (!onPath("clang")) return false;
  const folder = spawnSync("clang", ["-print-runtime-dir"], { encoding: "utf8" }).stdout?.trim();
  return folder && existsSync(folder) && readdirSync(folder).some((file) => file.startsWith(`libclang_rt.${name}`));
}

const needs = {
  avr: [
    ["gcc-avr", () => onPath("avr-gcc")],
    ["avr-libc", () => existsSync("/usr/lib/avr/include/avr/io.h")],
  ],
  arm: [
    ["clang", () => onPath("clang")],
    ["lld", () => onPath("ld.lld")],
  ],
  sanitizers: [
    ["clang", () => onPath("clang")],
    ["libclang-rt-14-dev", () => clangRuntime("fuzzer") && clangRuntime("asan")],
  ],
  native: [["gcc", () => onPath("gcc")]],
  simavr: [
    ["gcc", () => onPath("gcc")],
    ["libsimavr-dev", () => existsSync("/usr/include/simavr/sim_avr.h")],
    ["libelf-dev", () => existsSync("/usr/include/libelf.h")],
  ],
};

/** The Debian packages that a tool chain lacks here. */
export const missing = (toolchain) => needs[toolchain].filter(([, present]) => !present()).map(([name]) => name);

export const installCommand = (packages) =>
  `apt-get install --no-install-recommends ${[...new Set(packages)].join(" ")}`;
