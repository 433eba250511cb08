/** Jobs on worker threads of this computer. */
import { type PoolOptions, runJobs } from "../workers/pool.js";
import { decoded, type Job } from "./job.js";
import type { Plan } from "./plan.js";
import type { ThreadJob } from "./thread.js";

export const THREAD = new URL("./thread.js", import.meta.url);

/** Does the jobs of a plan that have no result; each is kept as soon as it is there. */
export async function runLocally(plan: Plan, { onDone, ...options }: PoolOptions): Promise<void> {
  const missing = await plan.missing();
  const before = plan.header.jobs - missing.length;
  onDone?.(before);
  const jobs = missing.map((index): ThreadJob => {
    const { name, kind, settings } = plan.job(index);
    return { kind, settings, keep: { name, folder: plan.results.folder } };
  });
  await runJobs<ThreadJob, string>(THREAD, jobs, { ...options, onDone: (done) => onDone?.(before + done) });
}

/** Does jobs without a plan's folder; their answers, of which nothing is kept. */
export async function answersOf(jobs: readonly Job[], options: PoolOptions): Promise<unknown[]> {
  const texts = await runJobs<ThreadJob, string>(THREAD, jobs, options);
  return texts.map(decoded);
}
