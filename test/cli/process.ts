/** The command line as a process of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../src/cli/main.js", import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `lapgrad` in a folder; `watch` sees the process and each piece of its stdout and stderr. */
export function lapgrad(
  folder: string,
  args: readonly string[],
  watch: (child: ChildProcess, text: string) => void = () => {},
): Promise<Finished> {
  const { LAPGRAD_REFERENCE_DATA: _, ...env } = process.env;
  const child = spawn(process.execPath, [main, ...args], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].on("data", (data) => {
      texts[name] += data;
      watch(child, String(data));
    });
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, ...texts }));
  });
}
