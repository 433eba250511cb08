/** The command line as a process of its own. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../src/cli/main.js", import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Words in front of a command that is to see no process and no socket but its own: `lapgrad stop` would find the robots
 * of tests beside it. None where this user may not do so.
 */
const UNSHARED = ["unshare", "-n", "-p", "-f", "--mount-proc"] as const;
export const alone: readonly string[] =
  spawnSync(UNSHARED[0], [...UNSHARED.slice(1), "true"]).status === 0 ? UNSHARED : [];

/**
 * Runs `lapgrad` in a folder; `watch` sees the process and each piece of its stdout and stderr. `before`: words in
 * front of the command.
 */
export function lapgrad(
  folder: string,
  args: readonly string[],
  watch: (child: ChildProcess, text: string) => void = () => {},
  before: readonly string[] = [],
): Promise<Finished> {
  const { LAPGRAD_REFERENCE_DATA: _, ...env } = process.env;
  const [program, ...words] = [...before, process.execPath, main, ...args];
  const child = spawn(program, words, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
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
