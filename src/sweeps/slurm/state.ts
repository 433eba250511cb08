/** What was submitted of a plan, on disk, so that another command goes on following it. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../errors.js";
import { exists, readText, writeAtomically } from "../../files.js";
import { type Plan, shortHash } from "../plan.js";

/** An array of tasks. */
export interface SubmittedArray {
  readonly name: string;
  /** Slurm's number of it; undefined: perhaps it was not submitted any more */
  id?: string;
  /** numbers of the jobs of each task */
  readonly blocks: readonly (readonly number[])[];
}

interface Submissions {
  readonly hash: string;
  readonly arrays: SubmittedArray[];
}

const pathOf = ({ folder }: Plan) => join(folder, "slurm.json");

/** The arrays that were submitted of this plan. @throws UserError if what is there is of another plan */
export async function submittedOf(plan: Plan): Promise<SubmittedArray[]> {
  const path = pathOf(plan);
  if (!(await exists(path))) return [];
  let state: Submissions;
  try {
    state = JSON.parse(await readText(path)) as Submissions;
  } catch {
    throw new UserError(`${path} is damaged: remove it, and what is missing is submitted again`, 1);
  }
  if (state.hash === plan.header.hash) return state.arrays;
  const old = prefixOf(state.hash);
  throw new UserError(
    `${path} is of another plan that was submitted from here, ${shortHash(state.hash)}: scancel --name=` +
      `${state.arrays.map(({ name }) => name).join(",") || old} ends it; then remove the file`,
    1,
  );
}

export async function keepSubmitted(plan: Plan, arrays: readonly SubmittedArray[]): Promise<void> {
  await writeAtomically(pathOf(plan), `${JSON.stringify({ hash: plan.header.hash, arrays })}\n`);
}

export async function forgetSubmitted(plan: Plan): Promise<void> {
  await rm(pathOf(plan), { force: true });
}

/** What the names of a plan's arrays begin with. */
export function prefixOf(hash: string): string {
  return `lapgrad-${shortHash(hash)}-`;
}
