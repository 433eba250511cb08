/** One process at a time trains in a run. */
import { createHash } from "node:crypto";
import { realpath } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { UserError } from "../errors.js";
import { codeOf, problemOf } from "../files.js";

/**
 * Claims a run's folder until the function it returns is called or the process dies, however it dies: the claim is a
 * socket name without a file (Linux's abstract namespace), so that nothing can be left behind. Elsewhere it claims
 * nothing.
 */
async function lockRun(path: string): Promise<() => void> {
  if (process.platform !== "linux") return () => {};
  const name = await lockName(path);
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      if (codeOf(error) !== "EADDRINUSE") resolve(() => {}); // a sandbox without sockets
      reject(new UserError(`another process is training in ${path}: wait until it is done, or stop it first`));
    });
    server.listen(name, () => {
      server.unref();
      resolve(() => server.close());
    });
  });
}

/** What is made in a run that is locked, and stays so until `unlock`; where `make` fails, the run is let go. */
export async function whileLocked<T extends object>(path: string, make: () => Promise<T>) {
  const unlock = await lockRun(path);
  try {
    return { ...(await make()), unlock };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** Whether a process trains in a run's folder now; elsewhere than on Linux nobody knows, and the answer is no. */
export async function isLocked(path: string): Promise<boolean> {
  if (process.platform !== "linux") return false;
  const name = await lockName(path);
  return new Promise((resolve) => {
    const socket = connect(name, () => resolve(true));
    socket.on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });
}

/** The socket name that stands for a folder. */
async function lockName(path: string): Promise<string> {
  const real = await realpath(path).catch((error: unknown) => {
    throw new UserError(`cannot use the folder ${path}: ${problemOf(error)}`);
  });
  return `\0lapgrad-${createHash("sha256").update(real).digest("hex").slice(0, 40)}`;
}
