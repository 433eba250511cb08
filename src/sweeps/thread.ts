/** A worker thread of a plan: it computes a job, and keeps the result where there is a folder for it. */
import { messageOf } from "../errors.js";
import { serve } from "../workers/serve.js";
import { answerText } from "./block.js";
import type { Job } from "./job.js";
import { Results } from "./results.js";

/** What a thread is asked for. */
export interface ThreadJob extends Job {
  /** name of the job and folder of results; undefined: the answer's text is sent back, and nothing is kept */
  readonly keep?: { readonly name: string; readonly folder: string };
}

serve(async ({ keep, ...job }: ThreadJob) => {
  if (keep === undefined) return answerText(job);
  const results = new Results(keep.folder);
  await results.writeText(
    keep.name,
    await answerText(job).catch(async (error: unknown) => {
      await results.fail(keep.name, messageOf(error));
      throw error;
    }),
  );
  return "";
});
