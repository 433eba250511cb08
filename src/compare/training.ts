/** One training of the comparison, without disk: what its policies cost, and after how much driving. */
import { completeConfig, type PartialConfig } from "../config/config.js";
import type { RunConfig } from "../config/schema.js";
import { parseWindow } from "../config/window.js";
import type { Core } from "../core/core.js";
import { UserError } from "../errors.js";
import { SimLink } from "../links/kinds/sim.js";
import { coreFor, initialisePolicy } from "../session.js";
import type { Collected } from "../training/collect.js";
import { trainingInMemory } from "../training/in-memory.js";
import { measureSteps } from "../training/metrics.js";
import { plantConfig } from "./plants.js";
import { rules } from "./rules.js";

/** One training: plain data, so that it can be sent to a worker. */
export interface Job {
  readonly rule: string;
  readonly plant: string;
  readonly seed: number;
  /** driving that may be learned from [min] */
  readonly minutes: number;
  /** undefined: the task's default */
  readonly learningRate: number | undefined;
}

/** What became of it. Costs are mean stage costs per control step. */
export interface Curve {
  /** of the untrained policy in a rollout of its own, the same for every rule on this plant and seed */
  readonly untrained: number;
  /** driving [min] that the policy of each rollout had learned from, increasing from 0 */
  readonly minutes: readonly number[];
  /** of each rollout (a lap, or a separate drive) that was driven to its end, where it counts */
  readonly costs: readonly number[];
  /** of the last policy in a rollout of its own; null if it was stopped */
  readonly final: number | null;
  /** what ended the training early, and the driving [min] that the policy had learned from; null if nothing did */
  readonly failure: { readonly minutes: number; readonly why: string } | null;
}

/** The complete configuration of a job. */
export function configOf({ rule, plant, seed, learningRate }: Omit<Job, "minutes">): RunConfig {
  const settings: PartialConfig = { ...rules[rule]?.config, ...plantConfig(plant), seed };
  if (learningRate !== undefined) settings["learning-rate"] = learningRate;
  return completeConfig(settings);
}

/** One training of the comparison by an update rule. */
export function trainOnce(job: Job): Promise<Curve> {
  return trainFor(configOf(job), job.minutes);
}

/**
 * Trains until the minutes are driven; the last policy, which has learned from all of them, is measured too. `budget`:
 * driving [min].
 */
export async function trainFor(config: RunConfig, budget: number): Promise<Curve> {
  const { core, rollouts } = await trainingInMemory(config);
  const measured = await measuringRollout(config);
  const untrained = await measured(core, undefined);
  if (untrained === null) throw new UserError(`the untrained policy leaves its bounds on ${config.plant}`, 1);

  const minutes: number[] = [];
  const costs: number[] = [];
  let driven = 0;
  let learnedFrom = 0;
  const end = async (why?: string): Promise<Curve> => ({
    untrained,
    minutes,
    costs,
    final: why === undefined ? await measured(core, driven) : null,
    failure: why === undefined ? null : { minutes: learnedFrom, why },
  });
  for await (const drive of rollouts()) {
    learnedFrom = driven;
    driven += minutesOf(core, drive);
    if (drive.stopped !== undefined) return end(drive.stopped);
    const cost = meanStageCost(core, drive.slot, countedFrom(config, drive));
    if (!(cost <= config["stop-factor"] * untrained))
      return end(`it cost ${(cost / untrained).toPrecision(3)} times the untrained policy`);
    minutes.push(learnedFrom);
    costs.push(cost);
    if (driven > budget) return end();
  }
  return end("its gradient was 0 or not finite");
}

/** Driving time of a rollout [min]. */
function minutesOf(core: Core, { slot, begin }: Collected): number {
  const [steps] = core.view("counts", slot);
  return measureSteps(core, slot, firstStep(core, slot, begin), steps, 0).seconds / 60;
}

function countedFrom(config: RunConfig, { begin }: Collected): number {
  return config["update-every"] === "rollout" ? parseWindow(config.window).start : begin;
}

function firstStep(core: Core, slot: number, segment: number): number {
  return segment === 0 ? 0 : core.view("segmentStarts", slot)[segment];
}

/** From a segment to the end of what was driven. */
function meanStageCost(core: Core, slot: number, segment: number): number {
  const [steps] = core.view("counts", slot);
  return measureSteps(core, slot, firstStep(core, slot, segment), steps, 0).meanCost;
}

/**
 * The same measure for every rule: a rollout from a start of its own random numbers, of the task's length, the first
 * lap not counted. The function returned drives the policy of another core in it, on the plant as it is after so many
 * minutes of driving, or before all changes; null if that left its bounds.
 */
async function measuringRollout(
  config: RunConfig,
): Promise<(policy: Core, minutes: number | undefined) => Promise<number | null>> {
  const segments = config["rollout-segments"];
  const core = await coreFor(config, 1, segments);
  initialisePolicy(core, config.seed);
  const link = new SimLink();
  const changes = core.view("plantChanges").slice();
  return async (policy, minutes) => {
    core.write("parameters", policy.view("parameters"));
    // it may have come to another pace, and on a plant that changed to limits after spins
    core.setPace(minutes === undefined ? config.pace : policy.pace);
    core.write("controllerParameters", policy.view("controllerParameters"));
    core.view("plantChanges").set(minutes === undefined ? changes.map(() => 0) : changes);
    core.sampleStart(0);
    core.restPlant(); // whose time since standstill would be added
    core.write("drivenBefore", [60 * (minutes ?? 0)]);
    const { stopped } = await link.drive(core, 0, segments);
    const cost = meanStageCost(core, 0, parseWindow(config.window).start);
    return stopped === undefined && Number.isFinite(cost) ? cost : null;
  };
}
