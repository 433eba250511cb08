/** `lapgrad collect`: makes tables and figures of a plan's results, says what is missing, and has it done. */
import { messageOf, UserError } from "../../errors.js";
import { roomOf } from "../../output.js";
import { quoted } from "../../shell.js";
import { indicesText } from "../../sweeps/blocks.js";
import { LOCAL } from "../../sweeps/engines.js";
import { type Plan, readPlan } from "../../sweeps/plan.js";
import { collect } from "../../sweeps/studies.js";
import { path } from "../arguments.js";
import { defineCommand } from "../command.js";
import { folder } from "../shared.js";
import { dryRun, engineArguments, engineFor, runPlan } from "../sweep.js";

/** Failures that are said; --json has all. */
const SHOWN = 5;

export default defineCommand({
  describe: "tables and figures of a plan's results, and what is missing; with --engine that is done first",
  args: {
    plan: {
      type: path("a plan, e.g. runs/mine"),
      positional: true,
      required: true,
      describe: "the plan, or its folder",
    },
    ...engineArguments,
    engine: { ...engineArguments.engine, defaultNote: "none: nothing is done" },
    dryRun,
    out: { type: folder, describe: "folder for figures and tables", defaultNote: "the plan's" },
  },
  examples: {
    "lapgrad collect runs/mine": "what there is, and what is missing",
    "lapgrad collect runs/mine --engine local": "does what is missing on this computer",
    "lapgrad collect runs/mine --engine slurm --partition short --time 1:00:00":
      "by Slurm; the same command follows it again",
    "lapgrad collect runs/mine --engine bullmq=redis://desk:6379": "by lapgrad worker on other computers",
  },
  async run({ plan: given, out, ...args }, output) {
    const plan = await readPlan(given);
    const began = performance.now();
    if (args.engine === undefined) {
      const open = Object.entries({ ...args, tries: undefined }).find(
        ([, value]) => value !== undefined && value !== false,
      );
      if (open) throw new UserError(`--${open[0]} has no meaning without --engine: collect then only reads`);
    } else {
      const again = `lapgrad collect ${quoted(plan.folder)} --engine ${args.engine === "slurm" ? "slurm" : LOCAL}`;
      if ((await runPlan(plan, await engineFor(args), output, "jobs", again)) === undefined) return;
    }
    const answers = await plan.answers();
    const missing = answers.flatMap((answer, index) => (answer === undefined ? [index] : []));
    if (missing.length === 0) await plan.results.tidy();
    const failures = await failuresOf(plan, missing);
    const jobs = answers.length;
    const done = jobs - missing.length;
    const seconds = (performance.now() - began) / 1000;
    const command = `lapgrad collect ${quoted(plan.folder)}`;
    const took = `${done} of ${jobs} trainings${missing.length > 0 ? "; the others have no result yet" : ""}`;
    const made =
      done === 0
        ? undefined
        : await collect(plan, answers, out ?? plan.folder, { command, seconds, took }, roomOf(output)).catch(
            incomplete,
          );
    for (const line of made && "lines" in made ? made.lines : []) output.say(line);
    output.say(`\n${done} of ${jobs} jobs are done, ${missing.length} missing, of which ${failures.length} failed`);
    if (missing.length > 0) output.say(`missing: ${indicesText(missing)}`);
    for (const { index, why } of failures.slice(0, SHOWN)) output.say(`job ${index} failed: ${why}`);
    if (missing.length > 0) output.say(`${command} --engine local does them here`);
    if (made && "why" in made) output.say(`no tables yet: ${made.why}`);
    output.result({
      jobs,
      done,
      missing: missing.length,
      failed: failures.length,
      missingJobs: indicesText(missing),
      failures,
      files: made && "files" in made ? made.files : [],
      ...(made && "results" in made ? { results: made.results } : {}),
    });
  },
});

/** What is there may be too little for the tables: that is said. */
function incomplete(error: unknown): { readonly why: string } {
  if (error instanceof UserError) return { why: messageOf(error) };
  throw error;
}

async function failuresOf(plan: Plan, missing: readonly number[]) {
  const failed = await plan.results.failed();
  const names = plan.names();
  const found: { index: number; why: string }[] = [];
  for (const index of missing) {
    if (!failed.has(names[index])) continue;
    const why = await plan.results.failure(names[index]);
    if (why !== undefined) found.push({ index, why });
  }
  return found;
}
