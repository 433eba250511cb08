/** The command line: as a process of its own, and typed in one that lives on. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll } from "@jest/globals";

export const main = fileURLToPath(new URL("../../src/cli/main.js", import.meta.url));
const typing = fileURLToPath(new URL("./typing.js", import.meta.url));

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

/** Types `lapgrad` with these words in a folder; one command after the other. */
export type Typist = (folder: string, words: readonly string[]) => Promise<Finished>;

/**
 * For what a command says and leaves: the commands of a test file in one process ({@link typing}), which ends with the
 * file. How a process ends, and what it is sent, only {@link lapgrad} shows. Called at the top of a test file;
 * `environment`: over that of the tests.
 */
export function typist(environment: Readonly<Record<string, string | undefined>> = {}): Typist {
  const { LAPGRAD_REFERENCE_DATA: _, ...env } = { ...process.env, ...environment };
  let child: ReturnType<typeof start> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  function start() {
    const { stdin, stdout } = spawn(process.execPath, [typing], { env, stdio: ["pipe", "pipe", "inherit"] });
    return { stdin, answers: createInterface({ input: stdout })[Symbol.asyncIterator]() };
  }
  async function typed(folder: string, words: readonly string[]): Promise<Finished> {
    child ??= start();
    child.stdin.write(`${JSON.stringify({ folder, words })}\n`);
    const { value, done } = await child.answers.next();
    if (done) throw new Error(`the process ended with lapgrad ${words.join(" ")}`);
    return { ...(JSON.parse(value) as Omit<Finished, "signal">), signal: null };
  }
  afterAll(async () => {
    child?.stdin.end();
    await child?.answers.next(); // none: it has ended
  });
  return (folder, words) => {
    const finished = last.then(() => typed(folder, words));
    last = finished.catch(() => {});
    return finished;
  };
}
