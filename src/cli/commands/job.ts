/** `lapgrad job`: does a job of a plan, or a block of them, here. What Slurm, GNU parallel and ssh call. */
import { UserError } from "../../errors.js";
import { runBlock } from "../../sweeps/block.js";
import { indicesIn } from "../../sweeps/blocks.js";
import { readPlan } from "../../sweeps/plan.js";
import { path, text } from "../arguments.js";
import { defineCommand } from "../command.js";

export default defineCommand({
  describe: "do one job of a plan, or a block of them, and keep the results beside the plan (docs/sweeps.md)",
  args: {
    plan: { type: path("a plan, e.g. runs/mine/plan.jsonl"), required: true, describe: "the plan, or its folder" },
    index: { type: text, required: true, describe: "number of the job, from 0, or several: 0..9, 3,8,20..39" },
    expect: { type: text, describe: "hash of the plan that is meant: another one in its place is refused" },
  },
  examples: {
    "lapgrad job --plan runs/mine --index 0..9": "the first ten; those that are done are skipped",
    "lapgrad job --plan /lab/mine/plan.jsonl --index 3,8,20..39": "those that collect says are missing",
  },
  startsOften: true,
  async run({ plan: given, index, expect }, output) {
    const plan = await readPlan(given, expect);
    const indices = indicesIn(index, plan.header.jobs, "--index");
    const { done, skipped, failures } = await runBlock(plan, indices);
    output.say(`${done} done, ${skipped} done before, ${failures.length} failed`);
    output.result({ done, skipped, failed: failures.length, failures });
    if (failures.length === 0) return;
    const [{ index: first, why }] = failures;
    throw new UserError(`job ${first}: ${why}${failures.length > 1 ? `; and ${failures.length - 1} more` : ""}`, 1);
  },
});
