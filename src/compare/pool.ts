/** Trainings on all cores: worker threads that take the next job as soon as they are done with one. */
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { UserError } from "../errors.js";
import type { Curve, Job } from "./training.js";

/** What a worker answers to a job. */
export type Answer = { readonly curve: Curve } | { readonly error: string };

export interface PoolOptions {
  readonly workers: number;
  /** stops all workers at once */
  readonly signal?: AbortSignal;
  /** called after every job */
  readonly onDone?: (done: number) => void;
}

/** Runs all jobs. Each depends on nothing but itself, so that the result does not depend on the number of workers. */
export async function runJobs(jobs: readonly Job[], { workers, signal, onDone }: PoolOptions): Promise<Curve[]> {
  const curves: Curve[] = new Array(jobs.length);
  const pool: Worker[] = [];
  let next = 0;
  let done = 0;
  try {
    await new Promise<void>((resolve, reject) => {
      const interrupted = () =>
        reject(new UserError(`interrupted after ${done} of ${jobs.length} trainings: nothing was written`, 1));
      if (signal?.aborted) return interrupted();
      signal?.addEventListener("abort", interrupted, { once: true });
      if (jobs.length === 0) resolve();
      const give = (worker: Worker) => {
        const index = next++;
        const job = jobs[index];
        if (!job) return;
        worker.once("message", (answer: Answer) => {
          if ("error" in answer) return reject(new Error(`${job.rule} on ${job.plant}: ${answer.error}`));
          curves[index] = answer.curve;
          done++;
          onDone?.(done);
          if (done === jobs.length) resolve();
          else give(worker);
        });
        worker.postMessage(job);
      };
      for (let i = 0; i < Math.min(workers, jobs.length); i++) {
        const worker = new Worker(fileURLToPath(new URL("./worker.js", import.meta.url)));
        worker.once("error", reject);
        pool.push(worker);
        give(worker);
      }
    });
  } finally {
    await Promise.all(pool.map((worker) => worker.terminate()));
  }
  return curves;
}
