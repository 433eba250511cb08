/** A block of jobs, one after the other, in this process. */
import { messageOf, UserError } from "../errors.js";
import { encoded, type Job } from "./job.js";
import { perform } from "./kinds.js";
import type { Plan } from "./plan.js";

/** What became of a block. */
export interface BlockOutcome {
  readonly done: number;
  /** had results already */
  readonly skipped: number;
  readonly failures: readonly { readonly index: number; readonly why: string }[];
}

/** The text of a job's answer. @throws UserError that names the job */
export async function answerText({ kind, settings }: Job): Promise<string> {
  try {
    return encoded(await perform({ kind, settings }));
  } catch (error) {
    const text = `${JSON.stringify(settings)}: ${messageOf(error)}`;
    throw error instanceof UserError ? new UserError(text, 1) : new Error(text, { cause: error });
  }
}

/** Does jobs of a plan, and keeps each result as soon as there is one. A job that fails does not keep the next one. */
export async function runBlock(plan: Plan, indices: readonly number[]): Promise<BlockOutcome> {
  let done = 0;
  let skipped = 0;
  const failures: { index: number; why: string }[] = [];
  for (const index of indices) {
    const job = plan.job(index);
    if (await plan.results.has(job.name)) {
      skipped++;
      continue;
    }
    let text: string;
    try {
      text = await answerText(job);
    } catch (error) {
      failures.push({ index, why: messageOf(error) });
      await plan.results.fail(job.name, messageOf(error));
      continue;
    }
    await plan.results.writeText(job.name, text);
    done++;
  }
  return { done, skipped, failures };
}
