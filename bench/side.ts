/**
 * One side of the comparison: a process that answers commands line by line, the native reference and each build of
 * the core alike.
 * A process of its own for each, so that none warms, fills or confuses another's compiler.
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Choice, STRICT } from "../src/core/module.js";
import type { Kernel, Results } from "./kernels.js";
import type { NativeName } from "./native.js";

/** What Node needs to be told for fused multiply-add: nothing from 22 on. */
export const RELAXED = Number.parseInt(process.versions.node, 10) < 22 ? ["--experimental-wasm-relaxed-simd"] : [];

/** How each side runs the core; the twin is no WebAssembly. */
export const CHOICES = {
  strict: STRICT,
  wide: { arithmetic: "strict", revectorise: true },
  fused: { arithmetic: "fused", revectorise: false },
  "fused-wide": { arithmetic: "fused", revectorise: true },
} as const satisfies Record<string, Choice>;
export type BuildName = keyof typeof CHOICES;
export type CoreName = BuildName | "twin";
/** Sides of the peers' benchmark: C in vectors of 128 bits, in this machine's own, and the batches. */
type PeerSideName = "c" | "c-native" | "batches";
export type SideName = NativeName | CoreName | "before" | PeerSideName;
/** What sides are asked to run: a kernel of the core, the peers' critic, or products alone. */
export type Timed = Kernel | "critic" | "peak128" | "peak256";

export class Side {
  readonly name: SideName;
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly lines: AsyncIterator<string>;
  private readonly closed: Promise<unknown>;
  private complaint = "";

  private constructor(name: SideName, command: string, args: string[]) {
    this.name = name;
    this.child = spawn(command, args);
    this.child.stderr.on("data", (chunk: Buffer) => {
      this.complaint += chunk.toString();
    });
    this.closed = new Promise((resolve) => this.child.on("close", resolve));
    // a side that dies is reported by the answer that does not come
    this.child.on("error", (error) => {
      this.complaint += error.message;
    });
    this.child.stdin.on("error", () => {});
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  static native(name: NativeName | "c" | "c-native", executable: string, caseFile: string): Side {
    return new Side(name, executable, [caseFile]);
  }

  static core(name: CoreName, caseFile: string): Side {
    const script = fileURLToPath(new URL("./core-side.js", import.meta.url));
    const flags = name.startsWith("fused") ? RELAXED : [];
    return new Side(name, process.execPath, [...flags, script, name, caseFile]);
  }

  /** The strict build of another checkout, built, whose benchmark has the same case. */
  static before(checkout: string, caseFile: string): Side {
    return new Side("before", process.execPath, [join(checkout, "build/bench/core-side.js"), "strict", caseFile]);
  }

  /** The batches of the peers. */
  static peers(): Side {
    return new Side("batches", process.execPath, [fileURLToPath(new URL("./peers-side.js", import.meta.url))]);
  }

  async results<T = Results>(): Promise<T> {
    return JSON.parse(await this.ask("results")) as T;
  }

  /** Nanoseconds for each of `repeats` runs of a kernel. */
  async run(kernel: Timed, repeats: number): Promise<number> {
    const answer = JSON.parse(await this.ask(`run ${kernel} ${repeats}`)) as { nanoseconds: number };
    return answer.nanoseconds / repeats;
  }

  async close(): Promise<void> {
    this.child.stdin.end();
    await this.closed;
  }

  private async ask(command: string): Promise<string> {
    this.child.stdin.write(`${command}\n`);
    const answer = await this.lines.next();
    if (!answer.done) return answer.value;
    await this.closed;
    throw new Error(`the ${this.name} side of the benchmark ended: ${this.complaint.trim() || "no message"}`);
  }
}
