/**
 * One training of the comparison, by whatever rule. To a peer a lap, of which an episode holds whole ones, is what a
 * rollout is.
 */
import type { RunConfig } from "../config/schema.js";
import { lapsOf, unitsOf } from "../peers/accounting.js";
import { contenders } from "../peers/contenders.js";
import { Evaluation } from "../peers/evaluation.js";
import { type Curve, configOf, type Job, trainOnce } from "./training.js";

/** One training of the comparison. */
export function trainByAny(job: Job): Promise<Curve> {
  return job.rule in contenders ? trainPeer(job.rule, configOf(job), job.minutes) : trainOnce(job);
}

/** Trains a peer until the minutes are driven; its last policy is evaluated. `budget`: driving [min]. */
async function trainPeer(rule: string, config: RunConfig, budget: number): Promise<Curve> {
  const evaluation = await Evaluation.load(config);
  const units = unitsOf(config);
  const untrained = evaluation.untrained();
  const minutes: number[] = [];
  const costs: number[] = [];
  for await (const { driven, cost, stopped, evaluate } of lapsOf(contenders[rule].learner(config), units)) {
    const learnedFrom = (driven - units.lapSteps) * (units.period / 60);
    if (stopped !== undefined)
      return { untrained, minutes, costs, final: null, failure: { minutes: Math.max(0, learnedFrom), why: stopped } };
    minutes.push(learnedFrom);
    costs.push(cost);
    const seconds = driven * units.period;
    if (seconds <= 60 * budget) continue;
    const final = await evaluate(evaluation, seconds);
    return { untrained, minutes, costs, final: Number.isFinite(final) ? final : null, failure: null };
  }
  throw new Error(`${rule} ended without saying why`);
}
