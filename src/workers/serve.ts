import { parentPort } from "node:worker_threads";
import { messageOf, UserError } from "../errors.js";
import type { Answer } from "./pool.js";

/** Makes this thread a worker of a pool (pool.ts): one job at a time. */
export function serve<J, A>(run: (job: J) => Promise<A>): void {
  parentPort?.on("message", async (job: J) => {
    let message: Answer<A>;
    try {
      message = { answer: await run(job) };
    } catch (error) {
      message = { error: messageOf(error), isUserError: error instanceof UserError };
    }
    parentPort?.postMessage(message);
  });
}
