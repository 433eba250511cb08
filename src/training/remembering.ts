/** The drives that a resumed run has fitted its model to, read from its recordings. */
import type { Checkpoint } from "../checkpoint/checkpoint.js";
import type { Output } from "../output.js";
import type { Recording } from "../recording/recording.js";
import type { ModelFitter } from "./model-fit.js";
import { type RunFolder, rolloutName } from "./run-folder.js";

/** What is resumed. */
interface Resumed {
  readonly folder: RunFolder;
  readonly modelFitter: ModelFitter;
}

/**
 * Gives the fit its drives back. A recording that is not there as the run wrote it is left out, and its place stays
 * empty, in this and every later resume: so the same recordings give the same result. It is said, and noted in the run.
 */
export async function remember(run: Resumed, checkpoint: Checkpoint, output: Output): Promise<void> {
  const { folder, modelFitter } = run;
  for (const found of await keptOf(run, checkpoint)) {
    modelFitter.keep(typeof found === "object" ? found : undefined);
    if (typeof found !== "string") continue;
    const note = `after rollout ${checkpoint.rollouts} a recording was left out of the model's fit: ${found}`;
    output.say(note);
    await folder.addNote(note);
  }
}

/** The recordings of the fit, oldest first: undefined where one was left out before, a text that says why where now. */
async function keptOf(run: Resumed, checkpoint: Checkpoint): Promise<(Recording | string | undefined)[]> {
  const { folder } = run;
  const found: (Recording | string | undefined)[] = [];
  for (const kept of checkpoint.recordings ?? namesOf(run, checkpoint))
    found.push(kept ? await folder.readKept(kept) : undefined);
  return found;
}

/** What a checkpoint of an older version does not name: the last drives. */
function namesOf({ modelFitter }: Resumed, { rollouts }: Checkpoint): { readonly file: string }[] {
  const first = Math.max(1, rollouts + 1 - modelFitter.size);
  const count = Math.max(0, rollouts + 1 - first);
  return Array.from({ length: count }, (_, i) => ({ file: rolloutName(first + i) }));
}
