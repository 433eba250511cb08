/** Jobs on all cores: worker threads that take the next job as soon as they are done with one. */
import { Worker } from "node:worker_threads";
import { UserError } from "../errors.js";

/** What a worker answers to a job; `isUserError`: the user can do something about the error, see {@link UserError}. */
export type Answer<A> = { readonly answer: A } | { readonly error: string; readonly isUserError: boolean };

export interface PoolOptions {
  readonly workers: number;
  /** stops all workers at once */
  readonly signal?: AbortSignal | undefined;
  /** called after every job */
  readonly onDone?: ((done: number) => void) | undefined;
}

/**
 * Runs all jobs by the worker module, which serves them with `serve` (serve.ts); jobs and answers are plain data. Each
 * job depends on nothing but itself, so that the result does not depend on the number of workers.
 */
export async function runJobs<J, A>(
  module: URL,
  jobs: readonly J[],
  { workers, signal, onDone }: PoolOptions,
): Promise<A[]> {
  const answers: A[] = new Array(jobs.length);
  const pool: Worker[] = [];
  let next = 0;
  let done = 0;
  try {
    await new Promise<void>((resolve, reject) => {
      const interrupted = () =>
        reject(new UserError(`interrupted after ${done} of ${jobs.length} jobs: nothing was written`, 1));
      if (signal?.aborted) return interrupted();
      signal?.addEventListener("abort", interrupted, { once: true });
      if (jobs.length === 0) resolve();
      const give = (worker: Worker) => {
        const index = next++;
        const job = jobs[index];
        if (index >= jobs.length) return;
        worker.once("message", (message: Answer<A>) => {
          if ("error" in message) {
            const text = `${JSON.stringify(job)}: ${message.error}`;
            return reject(message.isUserError ? new UserError(text, 1) : new Error(text));
          }
          answers[index] = message.answer;
          done++;
          onDone?.(done);
          if (done === jobs.length) resolve();
          else give(worker);
        });
        worker.postMessage(job);
      };
      for (let i = 0; i < Math.min(workers, jobs.length); i++) {
        const worker = new Worker(module);
        worker.once("error", reject);
        pool.push(worker);
        give(worker);
      }
    });
  } finally {
    await Promise.all(pool.map((worker) => worker.terminate()));
  }
  return answers;
}
