/** An exported C file at work, compiled by this machine's C compiler. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../../errors.js";
import { rowsOf, type Table } from "../answers.js";
import type { PolicyDriver } from "../closed-loop.js";
import type { PolicyDescription } from "../description.js";
import type { Runner } from "../parity.js";
import { sizesOf } from "../policy.js";
import { assetOf } from "./export.js";

const COMPILER = "cc";
const FLAGS = ["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-O2", "-ffp-contract=off"];

const ENDED = "the compiled policy ended before its last step";

/** Whether there is a C compiler. */
export function hasCompiler(): boolean {
  return spawnSync(COMPILER, ["--version"]).status === 0;
}

/** What a step of the harness is given and answers, in order. */
function layout(policy: PolicyDescription): { given: [string, number][]; answered: [string, number][] } {
  const { state, command, setpoint, gains } = sizesOf(policy);
  const memory: [string, number][] = [
    ["previous_setpoint", setpoint],
    ["setpoint", setpoint],
    ...(gains > 0 ? [["gains", gains] as [string, number]] : []),
    ["segment_start", 1],
  ];
  return {
    given: [["state", state], ["time", 1], ["call_network", 1], ...memory],
    answered: [["command", command], ...memory.map(([name, width]): [string, number] => [`next_${name}`, width])],
  };
}

const widthOf = (columns: readonly [string, number][]): number => columns.reduce((sum, [, width]) => sum + width, 0);

/** A compiled policy. */
export class CompiledPolicy {
  private constructor(
    private readonly folder: string,
    private readonly policy: PolicyDescription,
  ) {}

  /** Compiles without a warning, or says what the compiler said. */
  static async compile(policy: PolicyDescription, source: string, single: boolean): Promise<CompiledPolicy> {
    const folder = await mkdtemp(join(tmpdir(), "lapgrad-policy-"));
    await writeFile(join(folder, "policy.c"), source);
    const files = [fileURLToPath(assetOf("harness.c")), "-o", join(folder, "policy"), "-lm"];
    const defines = [`-DPOLICY="${join(folder, "policy.c")}"`, ...(single ? ["-DLAPGRAD_SINGLE"] : [])];
    const env = { ...process.env, LC_ALL: "C" }; // what it says is shown
    const { status, stderr } = spawnSync(COMPILER, [...FLAGS, ...defines, ...files], { encoding: "utf8", env });
    if (status === 0) return new CompiledPolicy(folder, policy);
    await rm(folder, { recursive: true });
    throw new UserError(`${COMPILER} refuses the exported file: ${stderr.trim().split("\n", 3).join("; ")}`, 1);
  }

  run: Runner = async (inputs, count) => {
    const { given, answered } = layout(this.policy);
    const width = widthOf(given);
    const rows = new Float64Array(width * count);
    let at = 0;
    for (const [name, size] of given) {
      const data = rowsOf(inputs, name, size, count);
      for (let row = 0; row < count; row++) rows.set(data.subarray(size * row, size * (row + 1)), width * row + at);
      at += size;
    }
    const answers = await this.exchange(rows);
    const outputs: Record<string, Table> = {};
    const step = widthOf(answered);
    at = 0;
    for (const [name, size] of answered) {
      const data = new Float64Array(size * count);
      for (let row = 0; row < count; row++)
        data.set(answers.subarray(step * row + at, step * row + at + size), size * row);
      outputs[name] = { width: size, data };
      at += size;
    }
    return outputs;
  };

  /** One process for all steps, which go to and fro. */
  driver(): PolicyDriver & { end(): void } {
    const { given, answered } = layout(this.policy);
    const child = spawn(join(this.folder, "policy"), { stdio: ["pipe", "pipe", "inherit"] });
    const memory = new Float64Array(widthOf(given) - sizesOf(this.policy).state - 2);
    const bytes = 8 * widthOf(answered);
    const gone = once(child, "close").then(() => {
      throw new UserError(ENDED, 1);
    });
    gone.catch(() => {}); // it ends in any case; an error only to a step that waits
    child.stdin.on("error", () => {});
    return {
      begin: () => {
        memory.fill(0);
        memory[memory.length - 1] = -1;
      },
      step: async (x, time, callNetwork) => {
        const row = Float64Array.of(...x, time, callNetwork ? 1 : 0, ...memory);
        child.stdin.write(new Uint8Array(row.buffer));
        let answer = child.stdout.read(bytes) as Buffer | null;
        while (!answer) {
          await Promise.race([once(child.stdout, "readable"), gone]);
          answer = child.stdout.read(bytes) as Buffer | null;
        }
        const numbers = numbersIn(answer);
        const { command } = sizesOf(this.policy);
        memory.set(numbers.subarray(command));
        return numbers.slice(0, command);
      },
      end: () => child.stdin.end(),
    };
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true });
  }

  private async exchange(rows: Float64Array): Promise<Float64Array> {
    const input = Buffer.from(rows.buffer);
    const { status, stdout } = spawnSync(join(this.folder, "policy"), { input, maxBuffer: 2 ** 30 });
    if (status !== 0) throw new UserError(ENDED, 1);
    return numbersIn(stdout);
  }
}

function numbersIn(bytes: Buffer): Float64Array {
  return new Float64Array(new Uint8Array(bytes).buffer);
}
