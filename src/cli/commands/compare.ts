/** `lapgrad compare`: does the trainings that were asked for, writes figure and table, says what came out. */
import { join } from "node:path";
import { CORE_PLANTS } from "../../compare/plants.js";
import type { Study } from "../../compare/study.js";
import { CRITERION, judgeSweep, ratesModule, sweepJobs, sweepRows } from "../../compare/sweep.js";
import type { Curve } from "../../compare/training.js";
import { UserError } from "../../errors.js";
import { unusedPath, writeAtomically } from "../../files.js";
import { formatTable, roomOf, timestamp } from "../../output.js";
import { quoted } from "../../shell.js";
import { writePlan } from "../../sweeps/plan.js";
import { collect, compareJobs } from "../../sweeps/studies.js";
import { type Arguments, flag } from "../arguments.js";
import { defineCommand } from "../command.js";
import { comparisonOf, drivingMinutes, plants, rates, ruleNames, seeds } from "../rules.js";
import { folder } from "../shared.js";
import { dryRun, engineArguments, engineFor, runPlan, whereOf } from "../sweep.js";

const args = {
  rules: { type: ruleNames, describe: "rules to compare (docs/compare.md)", defaultNote: "all update rules" },
  updates: { type: ruleNames, describe: "the same as --rules", insteadOf: "rules" },
  plants: {
    type: plants,
    describe: "simulated cars, as they are or with changes or parameters, e.g. identified+grip=0.8@lap10",
    defaultNote: CORE_PLANTS.join(","),
  },
  seeds: { type: seeds, describe: "how many seeds, or which ones, e.g. 11-20", defaultNote: "10" },
  minutes: {
    type: drivingMinutes,
    describe: "driving that every rule may learn from [min]",
    defaultNote: "5",
  },
  learningRate: { type: rates, describe: "other rates than the best of the sweep, e.g. sgd=1e-4,adam=2e-3" },
  quick: { type: flag, describe: "2 seeds and 1.5 minutes, unless given" },
  sweep: { type: flag, describe: "try learning rates instead of comparing rules" },
  ...engineArguments,
  dryRun,
  out: {
    type: folder,
    describe: "folder for figure, table and what is over, with which the same command goes on",
    defaultNote: "runs/compare-<time>",
  },
} as const;

export default defineCommand({
  describe: "update rules on simulated cars, many seeds on all cores: cost against minutes of driving",
  args,
  examples: {
    "lapgrad compare --quick": "a first impression in seconds",
    "lapgrad compare --rules gauss-newton,refit,ilc": "beside what a control engineer would take",
    "lapgrad compare --rules gauss-newton,adam --plants single-track --seeds 20": "a closer look",
    "lapgrad compare --sweep --plants identified": "which learning rates suit a plant",
  },
  async run(given, output) {
    const { sweep } = given;
    const study = studyOf(given);
    if (sweep && given.learningRate !== undefined)
      throw new UserError("--sweep tries learning rates of its own: leave out --learning-rate");
    const jobs = sweep ? sweepJobs(study).map((settings) => ({ kind: "compare", settings })) : compareJobs(study);
    if (jobs.length === 0)
      throw new UserError(`--sweep has no learning rates to try for ${study.updates.join(", ")}: ask for sgd or adam`);
    const engine = await engineFor(given);
    const out = given.out ?? (await unusedPath(join("runs", `compare-${timestamp(new Date())}`)));
    const command = commandLine(given);
    const name = sweep ? "compare-sweep" : "compare";
    const plan = await writePlan(join(out, `${name}-plan`), name, { study, command }, jobs);
    output.say(`${jobs.length} trainings ${whereOf(given)}`);
    const began = performance.now();
    const answers = await runPlan(plan, engine, output, "trainings", `the same command with --out ${quoted(out)}`);
    if (answers === undefined) return;
    const seconds = (performance.now() - began) / 1000;
    const took = `${jobs.length} trainings in ${seconds.toFixed(0)} s ${whereOf(given)}`;
    if (sweep) {
      const trials = judgeSweep(study, sweepJobs(study), answers as Curve[]);
      const path = join(out, "learning-rates.ts");
      await writeAtomically(path, ratesModule(trials, command));
      for (const line of [formatTable(sweepRows(trials), roomOf(output)), `best: ${CRITERION}`, `${took}; ${path}`])
        output.say(line);
      output.result({ ...study, trials, criterion: CRITERION, files: [path], wallSeconds: seconds });
      return;
    }
    const { files, lines, results } = await collect(plan, answers, out, { command, seconds, took }, roomOf(output));
    for (const line of lines) output.say(line);
    output.say(`\n${took}; ${files.join(", ")}`);
    output.result({ ...results, files, wallSeconds: seconds });
  },
});

/** What was asked for, complete. */
function studyOf({ updates, ...given }: Arguments<typeof args>): Study {
  return comparisonOf({ ...given, rules: given.rules ?? updates });
}

/** The command that gives the same numbers. */
function commandLine({ seeds, learningRate, quick, sweep, ...given }: Arguments<typeof args>): string {
  const options = {
    rules: given.rules,
    updates: given.updates,
    plants: given.plants,
    seeds: seeds && (seeds[0] === 1 ? seeds.length : `${seeds[0]}-${seeds.at(-1)}`),
    minutes: given.minutes,
    "learning-rate": learningRate && Object.entries(learningRate).map(([rule, rate]) => `${rule}=${rate}`),
  };
  const words = Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${value}`]));
  return ["lapgrad compare", ...(quick ? ["--quick"] : []), ...(sweep ? ["--sweep"] : []), ...words].join(" ");
}
