/** Builds the C++ references of bench/native for this machine, once per version of sources, compiler and processor. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const COMPILER = "g++";
export const FLAGS = ["-O3", "-march=native", "-ffast-math", "-std=c++17", "-fopenmp-simd"];

const SOURCES = fileURLToPath(new URL("../../bench/native/", import.meta.url));
const CACHE = fileURLToPath(new URL("../native/", import.meta.url));

/** The same sources in vectors of 256 bits, as most machines have them, and of 512 bits where this machine has them. */
const VARIANTS = { native256: ["-mno-avx512f"], native512: [] } as const;
export type NativeName = keyof typeof VARIANTS;

export type Native =
  | {
      readonly executables: Partial<Readonly<Record<NativeName, string>>>;
      readonly compiler: string;
      readonly flags: readonly string[];
    }
  /** why there is none, and what to do about it */
  | { readonly missing: string };

/** Builds the variants that this machine can run; `extraFlags` come behind {@link FLAGS}. */
export function buildNative(extraFlags: readonly string[] = []): Native {
  const flags = [...FLAGS, ...extraFlags];
  const asked = spawnSync(COMPILER, ["--version"], { encoding: "utf8" });
  if (asked.error || asked.status !== 0) {
    return {
      missing: `no C++ reference: ${COMPILER} is not here (on Debian: apt-get install g++); ratios are left out`,
    };
  }
  if (!existsSync(SOURCES))
    return { missing: "no C++ reference: its sources are not in this package; run bench in a checkout" };
  const compiler = asked.stdout.split("\n")[0] ?? COMPILER;
  const hash = createHash("sha256").update([compiler, cpus()[0]?.model, ...flags].join("\n"));
  for (const file of readdirSync(SOURCES).sort()) hash.update(file).update(readFileSync(join(SOURCES, file)));
  const version = hash.digest("hex").slice(0, 16);
  const names: readonly NativeName[] = hasWideVectors() ? ["native256", "native512"] : ["native256"];
  return { executables: Object.fromEntries(names.map((name) => [name, build(name, version, flags)])), compiler, flags };
}

/** Whether the processor has vectors of 512 bits. */
function hasWideVectors(): boolean {
  return existsSync("/proc/cpuinfo") && readFileSync("/proc/cpuinfo", "utf8").includes("avx512f");
}

/** Path of the executable, built unless it is there already. */
function build(variant: NativeName, version: string, flags: readonly string[]): string {
  const executable = join(CACHE, `${variant}-${version}`);
  if (existsSync(executable)) return executable;
  mkdirSync(CACHE, { recursive: true });
  // under another name first: a second process must not find it half written
  const unfinished = `${executable}.${process.pid}`;
  const built = spawnSync(
    COMPILER,
    [...flags, ...(process.arch === "x64" ? VARIANTS[variant] : []), join(SOURCES, "main.cpp"), "-o", unfinished],
    {
      encoding: "utf8",
    },
  );
  if (built.error || built.status !== 0) {
    throw new Error(`${COMPILER} cannot build bench/native: ${built.error?.message ?? built.stderr}`);
  }
  renameSync(unfinished, executable);
  return executable;
}
