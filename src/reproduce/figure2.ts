/**
 * The paper's figure 2: does low-level feedback inside the policy help? The double pendulum with an LQR (closed loop)
 * and with torques straight from the network (open loop), a true model and two wrong ones, plain gradient descent on
 * batches of five.
 */
import { figure2Page } from "./figure2-page.js";
import { storedTrials } from "./figure2-rates.js";
import { jobsOf, judge } from "./figure2-rows.js";
import { judgeSweep, ratesModule, sweepJobs, UPDATES } from "./figure2-sweep.js";
import type { Curve, Job } from "./figure2-training.js";
import type { Study, StudyOptions } from "./study.js";

async function run({ seeds: given, quick, sweep = false, run: train }: StudyOptions) {
  const worker = new URL("./figure2-worker.js", import.meta.url);
  let trials = storedTrials;
  if (sweep) {
    const jobs = sweepJobs();
    trials = judgeSweep(jobs, await train<Job, Curve>(worker, jobs, "trainings of the sweep"));
  }
  const jobs = jobsOf(trials, given ?? (quick ? 6 : 64), quick ? 40 : UPDATES);
  const page = figure2Page(judge(trials, jobs, await train<Job, Curve>(worker, jobs, "trainings")));
  return sweep ? { ...page, files: { "figure2-rates.ts": ratesModule(trials) } } : page;
}

export const figure2: Study = {
  name: "figure2",
  describe: "double pendulum with and without low-level feedback",
  run,
};
