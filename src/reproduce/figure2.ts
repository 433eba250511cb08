/**
 * The paper's figure 2: does low-level feedback inside the policy help? The double pendulum with an LQR (closed loop)
 * and with torques straight from the network (open loop), a true model and two wrong ones, plain gradient descent on
 * batches of five.
 */
import { UserError } from "../errors.js";
import { figure2Page } from "./figure2-page.js";
import { storedTrials } from "./figure2-rates.js";
import { jobsOf, judge } from "./figure2-rows.js";
import { judgeSweep, ratesModule, sweepJobs, type Trial, UPDATES } from "./figure2-sweep.js";
import type { Curve, Job } from "./figure2-training.js";
import type { PlannedOptions, PlannedStudy, Study, StudyOptions } from "./study.js";

const KIND = "figure2";

const jobsFor = (trials: readonly Trial[], { seeds, quick }: Pick<PlannedOptions, "seeds" | "quick">) =>
  jobsOf(trials, seeds ?? (quick ? 6 : 64), quick ? 40 : UPDATES);

export const figure2Plan: PlannedStudy<Job, Curve> = {
  kind: KIND,
  jobs: (options) => jobsFor(storedTrials, options),
  page(jobs, curves) {
    const isWhole = (wanted: number) => jobs.every(({ seed }, i) => seed !== wanted || curves[i] !== undefined);
    const seeds = new Set([...new Set(jobs.map(({ seed }) => seed))].filter(isWhole));
    if (seeds.size === 0) throw new UserError("there is no seed with which all settings are trained", 1);
    const places = jobs.flatMap(({ seed }, i) => (seeds.has(seed) ? [i] : []));
    return figure2Page(
      judge(
        storedTrials,
        places.map((i) => jobs[i]),
        places.map((i) => curves[i] as Curve),
      ),
    );
  },
};

async function run({ sweep = false, run: train, ...options }: StudyOptions) {
  let trials = storedTrials;
  if (sweep) {
    const jobs = sweepJobs();
    trials = judgeSweep(jobs, await train<Job, Curve>(KIND, jobs, "trainings of the sweep"));
  }
  const jobs = jobsFor(trials, options);
  const page = figure2Page(judge(trials, jobs, await train<Job, Curve>(KIND, jobs, "trainings")));
  return sweep ? { ...page, files: { "figure2-rates.ts": ratesModule(trials) } } : page;
}

export const figure2: Study = {
  name: "figure2",
  describe: "double pendulum with and without low-level feedback",
  run,
};
