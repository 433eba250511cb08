/** One process at a time trains in a run. */
import { createHash } from "node:crypto";
import { realpath } from "node:fs/promises";
import { createServer } from "node:net";
import { UserError } from "../errors.js";
import { codeOf, problemOf } from "../files.js";

/**
 * Claims a run's folder until the function it returns is called or the process dies, however it dies: the claim is a
 * socket name without a file (Linux's abstract namespace), so that nothing can be left behind. Elsewhere it claims
 * nothing.
 */
export async function lockRun(path: string): Promise<() => void> {
  if (process.platform !== "linux") return () => {};
  const real = await realpath(path).catch((error: unknown) => {
    throw new UserError(`cannot use the folder ${path}: ${problemOf(error)}`);
  });
  const name = createHash("sha256").update(real).digest("hex");
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      if (codeOf(error) !== "EADDRINUSE") resolve(() => {}); // a sandbox without sockets
      reject(new UserError(`another process is training in ${path}: wait until it is done, or stop it first`));
    });
    server.listen(`\0lapgrad-${name.slice(0, 40)}`, () => {
      server.unref();
      resolve(() => server.close());
    });
  });
}
