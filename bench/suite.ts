/** The benchmark: every figure of the performance table, measured in one run. See bench/README.md for its rules. */
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { gzipSync } from "node:zlib";
import { revectorises } from "../src/core/module.js";
import { type Bound, boundsOf } from "./bounds.js";
import { benchCore, caseOf, drawCase, SEGMENTS } from "./case.js";
import { type EstimatorTiming, measureEstimator } from "./estimator.js";
import { type InstallSize, measureInstall } from "./install.js";
import { disagreements, KERNELS, type Kernel, type Results } from "./kernels.js";
import { buildNative, type NativeName } from "./native.js";
import { type CoreName, RELAXED, Side, type SideName } from "./side.js";
import { measureStartUp, type StartUp } from "./startup.js";
import { measureSteps, type StepTiming } from "./step.js";
import { compare, type Effort, type SideTiming } from "./timing.js";
import { measureUpdates, type UpdateTiming } from "./updates.js";

export { formatBench } from "./format.js";

export interface BenchOptions {
  /** a coarse run in under 15 s */
  readonly quick: boolean;
  /** compiler flags behind the reference's own */
  readonly nativeFlags?: readonly string[];
}

export interface BenchReport {
  readonly machine: {
    readonly processor: string;
    readonly cores: number;
    readonly node: string;
    readonly compiler?: string;
  };
  readonly quick: boolean;
  /** what could not be measured, and why */
  readonly notes: readonly string[];
  /** largest relative difference of any result from the reference's, per side */
  readonly agreement: readonly { readonly side: SideName; readonly error: number }[];
  readonly kernels: readonly KernelTimings[];
  /** what the processor needs at least; empty without C++ */
  readonly bounds: readonly Bound[];
  readonly limits: readonly Limit[];
  /** of an exported policy */
  readonly steps: readonly StepTiming[];
  /** of what says where a robot is */
  readonly estimator: EstimatorTiming;
  /** of a training, in simulation */
  readonly updates: readonly UpdateTiming[];
  readonly startUp: StartUp;
  readonly modules: readonly { readonly name: string; readonly bytes: number; readonly compressed: number }[];
  /** absent without package-lock.json, as in an installed package */
  readonly install?: InstallSize;
}

export interface KernelTimings {
  readonly kernel: Kernel;
  readonly sides: readonly SideTiming[];
}

/** A ratio to C++ in 256-bit vectors that is to be kept, and what it is. */
export interface Limit {
  readonly kernel: Kernel;
  readonly side: CoreName;
  readonly limit: number;
  readonly ratio: number;
}

/** Nothing is timed unless every side's results agree with the reference's to this [relative]. */
export const AGREEMENT = 1e-9;
const LIMITS: readonly Omit<Limit, "ratio">[] = (
  [
    ["strict", { costate: 1, rollout: 1.3, control: 1.45, forward: 1.5 }],
    ["wide", { costate: 0.95, rollout: 1.1, control: 1.2, forward: 1.25 }],
    ["fused-wide", { costate: 0.9, rollout: 1, control: 1.1, forward: 1.15 }],
  ] as const
).flatMap(([side, of]) => Object.entries(of).map(([kernel, limit]) => ({ kernel: kernel as Kernel, side, limit })));
const FULL: Effort = { rounds: 200, batch: 4, warmUp: 300 };
const QUICK: Effort = { rounds: 25, batch: 2, warmUp: 80 };
const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export async function runBench(options: BenchOptions): Promise<BenchReport> {
  const folder = await mkdtemp(join(tmpdir(), "lapgrad-bench-"));
  const notes: string[] = [];
  const sides: Side[] = [];
  try {
    const install = existsSync(join(ROOT, "package-lock.json")) ? measureInstall(ROOT) : undefined;
    if (!install) notes.push("no install size: package-lock.json is not in this package; run bench in a checkout");
    const startUp = await measureStartUp(options.quick ? 3 : 11);
    const file = join(folder, "case");
    await writeFile(file, await caseBytes());
    const native = buildNative(options.nativeFlags);
    if ("executables" in native) {
      for (const [name, executable] of Object.entries(native.executables))
        sides.push(Side.native(name as NativeName, executable, file));
    } else {
      notes.push(native.missing);
    }
    sides.push(Side.core("strict", file));
    const isWide = revectorises();
    if (isWide) sides.push(Side.core("wide", file));
    else notes.push(`no wide vectors: this Node (${process.version}, ${process.arch}) does not revectorise`);
    if (await fusedRuns()) {
      sides.push(Side.core("fused", file));
      if (isWide) sides.push(Side.core("fused-wide", file));
    } else notes.push(`no fused build: this Node (${process.version}) has no relaxed SIMD`);
    if (existsSync(join(ROOT, "build", "twin"))) sides.push(Side.core("twin", file));
    else notes.push("no plain JavaScript twin: it is not in this package; run bench in a checkout");
    const agreement = await agree(sides);
    const steps = measureSteps(options.quick ? 5 : 30);
    if (steps.length === 1) notes.push("no steps in onnxruntime: onnxruntime-node is not installed");
    const updates = measureUpdates(options.quick ? 1 : 5);
    const bounds = await boundsOf(sides);
    const kernels: KernelTimings[] = [];
    for (const kernel of KERNELS)
      kernels.push({ kernel, sides: await compare(kernel, sides, options.quick ? QUICK : FULL) });
    return {
      machine: {
        processor: cpus()[0]?.model.trim() ?? "unknown",
        cores: cpus().length,
        node: process.version,
        ...("compiler" in native ? { compiler: `${native.compiler}, ${native.flags.join(" ")}` } : {}),
      },
      quick: options.quick,
      notes,
      agreement,
      kernels,
      bounds,
      limits: LIMITS.flatMap((limit) => judge(limit, kernels)),
      steps,
      estimator: measureEstimator(options.quick ? 5000 : 50_000),
      updates,
      startUp,
      modules: await Promise.all(["release", "release-fma", "policy"].map(moduleSize)),
      ...(install ? { install } : {}),
    };
  } finally {
    await Promise.all(sides.map((side) => side.close()));
    await rm(folder, { recursive: true, force: true });
  }
}

async function caseBytes(): Promise<Uint8Array> {
  const core = await benchCore("strict", SEGMENTS);
  drawCase(core);
  return new Uint8Array(caseOf(core, SEGMENTS).buffer);
}

async function fusedRuns(): Promise<boolean> {
  for (const flag of RELAXED) setFlagsFromString(flag);
  return WebAssembly.validate(await readFile(coreFile("release-fma")));
}

/** Every side's results against the first side's; a side that computes something else is not worth timing. */
async function agree(sides: readonly Side[]): Promise<BenchReport["agreement"]> {
  const [reference, ...others] = sides;
  if (!reference) return [];
  const expected: Results = await reference.results();
  const agreement: { side: SideName; error: number }[] = [];
  for (const side of others) {
    const errors = disagreements(expected, await side.results());
    for (const [what, error] of errors) {
      if (!(error <= AGREEMENT)) {
        throw new Error(
          `the ${side.name} build's ${what} differ from the ${reference.name} side's by ${error.toExponential(1)} ` +
            `(allowed: ${AGREEMENT})`,
        );
      }
    }
    agreement.push({ side: side.name, error: Math.max(...errors.values()) });
  }
  return agreement;
}

function judge(limit: (typeof LIMITS)[number], kernels: readonly KernelTimings[]): Limit[] {
  const timings = kernels.find(({ kernel }) => kernel === limit.kernel)?.sides ?? [];
  const { native256 } = timings.find(({ side }) => side === limit.side)?.ratios ?? {};
  return native256 ? [{ ...limit, ratio: native256.median }] : [];
}

function coreFile(name: string): string {
  return join(ROOT, "build/core", `${name}.wasm`);
}

async function moduleSize(name: string): Promise<BenchReport["modules"][number]> {
  const bytes = await readFile(coreFile(name));
  return { name: `${name}.wasm`, bytes: bytes.length, compressed: gzipSync(bytes, { level: 9 }).length };
}
