/** `lapgrad plan`: writes the jobs of a study, or of a sweep of one's own, to be done wherever there are computers. */
import { join } from "node:path";
import { UserError } from "../../errors.js";
import { exists, readText, unusedPath } from "../../files.js";
import { timestamp } from "../../output.js";
import { quoted } from "../../shell.js";
import { meantInstead } from "../../spelling.js";
import { customJobs } from "../../sweeps/custom.js";
import type { Job } from "../../sweeps/job.js";
import { planText, readPlan, writePlan } from "../../sweeps/plan.js";
import { compareJobs, PLANNED_STUDIES, studyJobs } from "../../sweeps/studies.js";
import { type Arguments, flag, text } from "../arguments.js";
import { defineCommand } from "../command.js";
import { comparisonOf, drivingMinutes, plants, rates, ruleNames, seeds } from "../rules.js";
import { folder } from "../shared.js";

const STUDIES = ["compare", ...PLANNED_STUDIES];

const args = {
  study: {
    type: text,
    positional: true,
    required: true,
    describe: `${STUDIES.join(", ")}, or a YAML file of one's own`,
  },
  rules: { type: ruleNames, describe: "rules to compare (compare, figure3)", defaultNote: "the study's" },
  plants: { type: plants, describe: "simulated cars (compare, figure3)", defaultNote: "the study's" },
  seeds: {
    type: seeds,
    describe: "how many seeds, or which ones (compare), e.g. 11-20",
    defaultNote: "the study's",
  },
  minutes: { type: drivingMinutes, describe: "driving that may be learned from (compare, figure3) [min]" },
  learningRate: { type: rates, describe: "other rates than the best of the sweep (compare), e.g. sgd=1e-4" },
  quick: { type: flag, describe: "few seeds, unless given" },
  out: { type: folder, describe: "folder for the plan and the results", defaultNote: "runs/plan-<study>-<time>" },
} as const;

interface Planned {
  readonly study: string;
  readonly options: unknown;
  readonly jobs: readonly Job[];
}

export default defineCommand({
  describe: "write the jobs of a study to be done on other computers, by Slurm or Redis (docs/sweeps.md)",
  args,
  examples: {
    "lapgrad plan compare --seeds 20 --out runs/rules": "runs/rules/plan.jsonl, a line for each training",
    "lapgrad plan sweep.yaml --out runs/mine": "settings of one's own: docs/sweeps.md",
    "lapgrad collect runs/rules --engine slurm --partition short": "what a cluster then does with it",
  },
  async run(given, output) {
    const { study, options, jobs } = await plannedBy(given);
    const out = given.out ?? (await unusedPath(join("runs", `plan-${study}-${timestamp(new Date())}`)));
    await refuseAnother(out, planText(study, options, jobs));
    const { path, header } = await writePlan(out, study, options, jobs);
    output.say(`${header.jobs} jobs of lapgrad ${header.version}: ${path}`);
    output.say(`all here: lapgrad collect ${quoted(out)} --engine local`);
    output.say(`one anywhere: lapgrad job --plan ${quoted(path)} --index 0`);
    output.result({ plan: path, study, jobs: header.jobs, version: header.version, hash: header.hash });
  },
});

async function plannedBy({ study, ...given }: Arguments<typeof args>): Promise<Planned> {
  if (/\.ya?ml$/.test(study)) {
    refuse(given, ["rules", "plants", "seeds", "minutes", "learningRate", "quick"], "a file says all of it itself");
    return { study: "custom", options: {}, jobs: customJobs(study, await readText(study)) };
  }
  if (study === "compare") {
    const comparison = comparisonOf(given);
    return {
      study,
      options: { study: comparison, command: "lapgrad collect" },
      jobs: compareJobs(comparison),
    };
  }
  if (!PLANNED_STUDIES.includes(study))
    throw new UserError(
      `unknown study "${study}"; ${meantInstead(study, STUDIES)}allowed is ${STUDIES.join(", ")}, or a file whose ` +
        "name ends in .yaml",
    );
  refuse(given, study === "figure3" ? ["learningRate"] : ["learningRate", "rules", "plants", "minutes"], study);
  if (given.seeds && given.seeds[0] !== 1)
    throw new UserError(`--seeds begins with ${given.seeds[0]}; of ${study} allowed is how many`);
  const { rules, plants, minutes, quick } = given;
  const options = { rules, plants, minutes, quick, seeds: given.seeds?.length };
  return { study, options, jobs: studyJobs(study, options) };
}

function refuse(given: Omit<Arguments<typeof args>, "study">, names: readonly (keyof typeof given)[], why: string) {
  const name = names.find((one) => given[one] !== undefined && given[one] !== false);
  if (name !== undefined) throw new UserError(`--${name} has no meaning here (${why}): leave it out`);
}

/** Another plan may be in work: its jobs would get other numbers. */
async function refuseAnother(out: string, planned: string): Promise<void> {
  const path = join(out, "plan.jsonl");
  if (!(await exists(path)) || (await readText(path)) === planned) return;
  const jobs = await readPlan(path).then(
    ({ header }) => `of ${header.jobs} jobs`,
    () => "which was edited, or is of another version",
  );
  throw new UserError(`${path} is another plan already (${jobs}): give another --out, or move it away`);
}
