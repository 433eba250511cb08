/** Jobs on all cores: worker threads that take the next job as soon as they are done with one. */
import { once } from "node:events";
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

/** Threads of a worker module, which serves jobs with `serve` (serve.ts); jobs and answers are plain data. */
export class Pool<J, A> {
  readonly #threads = new Set<Worker>();
  readonly #idle: Worker[] = [];
  /** those who wait for an idle one, first come first served */
  readonly #waiting: ((thread: Worker) => void)[] = [];
  readonly #module: URL;

  constructor(module: URL, threads: number) {
    this.#module = module;
    for (let i = 0; i < threads; i++) this.#idle.push(this.#started());
  }

  /** What a thread answers to a job; jobs wait while all threads are busy. A thread that dies is replaced. */
  async run(job: J): Promise<A> {
    const thread = this.#idle.shift() ?? (await new Promise<Worker>((resolve) => this.#waiting.push(resolve)));
    let next = thread;
    try {
      const answered = once(thread, "message"); // it rejects when the thread dies
      thread.postMessage(job);
      const [message] = (await answered) as [Answer<A>];
      if ("answer" in message) return message.answer;
      throw message.isUserError ? new UserError(message.error, 1) : new Error(message.error);
    } catch (error) {
      if (!this.#threads.has(thread)) next = this.#started();
      throw error;
    } finally {
      const waiting = this.#waiting.shift();
      if (waiting) waiting(next);
      else this.#idle.push(next);
    }
  }

  /** Stops all threads at once. */
  async close(): Promise<void> {
    await Promise.all([...this.#threads].map((thread) => thread.terminate()));
  }

  #started(): Worker {
    const thread = new Worker(this.#module);
    this.#threads.add(thread);
    thread.once("error", () => this.#threads.delete(thread));
    return thread;
  }
}

/**
 * Runs all jobs by the worker module. Each job depends on nothing but itself, so that the result does not depend on the
 * number of workers.
 */
export async function runJobs<J, A>(
  module: URL,
  jobs: readonly J[],
  { workers, signal, onDone }: PoolOptions,
): Promise<A[]> {
  const answers: A[] = new Array(jobs.length);
  let next = 0;
  let done = 0;
  const lanes = Math.min(workers, jobs.length);
  const interrupted = () => new UserError(`interrupted after ${done} of ${jobs.length} jobs`, 1);
  if (signal?.aborted) throw interrupted();
  const pool = new Pool<J, A>(module, lanes);
  const work = async () => {
    while (next < jobs.length) {
      const index = next++;
      answers[index] = await pool.run(jobs[index]);
      onDone?.(++done);
    }
  };
  let stop = () => {};
  try {
    await Promise.race([
      Promise.all(Array.from({ length: lanes }, work)),
      new Promise<never>((_, reject) => {
        stop = () => reject(interrupted());
        signal?.addEventListener("abort", stop, { once: true });
      }),
    ]);
  } finally {
    signal?.removeEventListener("abort", stop);
    next = jobs.length; // nothing more is begun
    await pool.close();
  }
  return answers;
}
