/** What lies in Redis of plans, and under which keys. All begin with {@link PREFIX}. */
import type { Job } from "../job.js";
import { shortHash } from "../plan.js";

export const PREFIX = "lapgrad";

/** Hash: short hash of a plan that is followed -> version of it. */
export const PLANS = `${PREFIX}:plans`;

/** Hash: name of a job -> text of its answer, until it is collected. */
export const resultsKey = (plan: string) => `${PREFIX}:results:${plan}`;
/** Hash: name of a job -> why it failed. */
export const failuresKey = (plan: string) => `${PREFIX}:failures:${plan}`;

/** The queue of a version: workers of another one never see it. */
export const queueOf = (version: string) => `jobs-${version.replaceAll(/[^\w.+-]/g, "_")}`;

/** A block of jobs, as it waits in the queue. */
export interface Block {
  /** short hash */
  readonly plan: string;
  readonly version: string;
  readonly jobs: readonly (Job & { readonly name: string; readonly index: number })[];
}

/** What a plan is called there. */
export const planKey = shortHash;
