/** `lapgrad compare`: runs the trainings that were asked for, writes figure and table, says what came out. */
import { rmdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { compare } from "../../api/compare.js";
import { checkedRule } from "../../compare/learner.js";
import { writePages } from "../../compare/pages.js";
import { CORE_PLANTS } from "../../compare/plants.js";
import { rules } from "../../compare/rules.js";
import type { Study } from "../../compare/study.js";
import { CRITERION, judgeSweep, ratesModule, sweepJobs, sweepRows } from "../../compare/sweep.js";
import { shortRows } from "../../compare/table.js";
import type { Curve, Job } from "../../compare/training.js";
import { UserError } from "../../errors.js";
import { createFolder, unusedPath, writeAtomically } from "../../files.js";
import { formatTable, roomOf, timestamp } from "../../output.js";
import { type Arguments, type ArgumentType, flag, parseNumber } from "../arguments.js";
import { defineCommand } from "../command.js";
import { runWithProgress, withProgress } from "../jobs.js";
import { drivingMinutes, plants, ruleNames } from "../rules.js";
import { folder, workers } from "../shared.js";

const WORKER = new URL("../../compare/worker.js", import.meta.url);

/** Most seeds at a time: beyond, the request is a slip of the pen. */
const MOST_SEEDS = 10_000;

/** Numbers of seeds: as many as said, or from the first to the last. */
const seeds: ArgumentType<readonly number[]> = {
  label: "number, or first-last",
  parse(given, name) {
    const [, from, to] = /^(?:(\d+)-)?(\d+)$/.exec(given.trim()) ?? [];
    const first = from === undefined ? 1 : Number(from);
    const count = Number(to) - first + 1;
    if (count >= 1 && count <= MOST_SEEDS && Number.isSafeInteger(Number(to)))
      return Array.from({ length: count }, (_, i) => first + i);
    const allowed = `a whole number from 1 to ${MOST_SEEDS}, or the first and last seed, e.g. 11-20`;
    throw new UserError(`${name} is ${given}; allowed is ${allowed}`);
  },
};

/** Learning rates by rule. */
const rates: ArgumentType<Readonly<Record<string, number>>> = {
  label: "rule=number, separated by commas",
  parse(given, option) {
    const entries = given.split(",").map((entry) => {
      const [name = "", value = ""] = entry.trim().split("=");
      const rate = parseNumber(value);
      if (!(typeof rate === "number" && rate > 0 && Number.isFinite(rate)))
        throw new UserError(`${option} ${entry}: allowed is rule=number above 0, e.g. sgd=1e-4,adam=2e-3`);
      return [checkedRule(name), rate];
    });
    return Object.fromEntries(entries);
  },
};

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
  workers,
  out: { type: folder, describe: "folder for figure and table", defaultNote: "runs/compare-<time>" },
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
    const { workers = availableParallelism(), sweep } = given;
    const study = studyOf(given);
    if (sweep && given.learningRate !== undefined)
      throw new UserError("--sweep tries learning rates of its own: leave out --learning-rate");
    const jobs = sweep ? sweepJobs(study) : [];
    if (sweep && jobs.length === 0)
      throw new UserError(`--sweep has no learning rates to try for ${study.updates.join(", ")}: ask for sgd or adam`);
    const out = given.out ?? (await unusedPath(join("runs", `compare-${timestamp(new Date())}`)));
    await createFolder(out); // before the work, not after it
    const command = commandLine(given);
    const trainings = sweep ? jobs.length : study.plants.length * study.updates.length * study.seeds.length;
    const began = performance.now();
    output.say(`${trainings} trainings, ${workers} at a time`);
    const cleanly = <A>(work: Promise<A>) =>
      work.catch(async (error: unknown) => {
        await rmdir(out).catch(() => {}); // unless there is something in it
        throw error;
      });
    const end = () => {
      const wallSeconds = (performance.now() - began) / 1000;
      const inAll = `${trainings} trainings in ${wallSeconds.toFixed(0)} s`;
      return { wallSeconds, took: `${inAll} on ${workers} worker${workers === 1 ? "" : "s"}` };
    };
    if (sweep) {
      const curves = await cleanly(runWithProgress<Job, Curve>(WORKER, jobs, workers, output, "trainings"));
      const { wallSeconds, took } = end();
      const trials = judgeSweep(study, jobs, curves);
      const path = join(out, "learning-rates.ts");
      await writeAtomically(path, ratesModule(trials, command));
      for (const line of [formatTable(sweepRows(trials), roomOf(output)), `best: ${CRITERION}`, `${took}; ${path}`])
        output.say(line);
      output.result({ ...study, trials, criterion: CRITERION, files: [path], wallSeconds });
      return;
    }
    const { groups } = await cleanly(
      withProgress(trainings, output, "trainings", (watch) => compare(study, { workers, ...watch })),
    );
    const { wallSeconds, took } = end();
    const files = await writePages(out, study, groups, { command, took });
    for (const plant of study.plants) {
      const ofPlant = groups.filter((group) => group.plant === plant);
      output.say(`\n${plant}: cost in % of the untrained policy, median (worst) of ${study.seeds.length} seeds`);
      output.say(formatTable(shortRows(study, ofPlant), roomOf(output)));
    }
    output.say(`\n${took}; ${files.join(", ")}`);
    output.result({ ...study, groups, files, wallSeconds });
  },
});

/** What was asked for, complete. */
function studyOf({ updates, plants = [...CORE_PLANTS], quick, ...given }: Arguments<typeof args>): Study {
  return {
    updates: given.rules ?? updates ?? Object.keys(rules),
    plants,
    seeds: given.seeds ?? seeds.parse(quick ? "2" : "10", "--seeds"),
    minutes: given.minutes ?? (quick ? 1.5 : 5),
    rates: given.learningRate ?? {},
  };
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
