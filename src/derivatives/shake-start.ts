/** A shake that is ready to drive: of a task's untrained policy or of a run's, new or gone on with. */
import { join } from "node:path";
import { completeConfig, mergeConfigs, type PartialConfig } from "../config/config.js";
import { resolveTask } from "../config/resolve.js";
import type { RunConfig } from "../config/schema.js";
import type { Core } from "../core/core.js";
import { UserError } from "../errors.js";
import { exists, unusedPath } from "../files.js";
import { configOfPolicy, openPolicy } from "../policy-file.js";
import { setTiming, timingOf } from "../recording/timing.js";
import { coreFor, initialisePolicy } from "../session.js";
import { tasks } from "../tasks/tasks.js";
import { AdjustmentSpace, type Group } from "./adjustment.js";
import { refuseBeyondGates } from "./gates.js";
import { lapRoom } from "./lap-drive.js";
import { lapsWithin } from "./shake.js";
import { numbersIn, ShakeFolder, type ShakeLine, type ShakePlan, textOf } from "./shake-folder.js";

export interface ShakeOptions {
  /** a run's folder or a task's name */
  readonly target: string;
  readonly groups: readonly Group[];
  readonly knots: number;
  readonly minutes: number;
  /** [m] */
  readonly bound: number;
  readonly checkpoint: string;
  readonly given: PartialConfig;
}

export interface PreparedShake {
  readonly config: RunConfig;
  readonly core: Core;
  readonly space: AdjustmentSpace;
  readonly plan: ShakePlan;
}

/** A new shake, not on disk yet; `path`: the folder that it should have. */
export async function newShake(
  { target, groups, knots, minutes, bound, checkpoint, given }: ShakeOptions,
  time: string,
): Promise<PreparedShake & { readonly path: string }> {
  const isTask = Object.hasOwn(tasks, target);
  if (!isTask && !(await exists(join(target, "config.yaml"))))
    throw new UserError(
      `${target} is neither a run nor a task: give the folder of a run, or one of ${Object.keys(tasks).join(", ")}`,
    );
  const policy = isTask ? undefined : await openPolicy(target, checkpoint);
  const chosen = policy ? await configOfPolicy(target, policy, given) : { ...given, task: target };
  const config = shakeConfig(chosen, policy?.hidden);
  const core = await shakeCore(config);
  if (policy) policy.install(core);
  else initialisePolicy(core, config.seed);
  const space = new AdjustmentSpace(core.setup.task, groups, knots);
  refuseBeyondGates(config, core, bound);
  const laps = lapsWithin(minutes, space, core.setup.task, config.pace);
  const plan = {
    groups: [...groups],
    knots,
    seed: config.seed,
    laps,
    bound,
    policy: textOf(core.view("parameters")),
    adjustment: [...core.view("adjustment")],
    base: space.valuesIn(core),
  };
  const path = isTask ? await unusedPath(join("runs", `shake-${target}-${time}`)) : await ShakeFolder.nextOf(target);
  return { config, core, space, plan, path };
}

/** A shake on disk, to go on with or to be looked at; its core holds the policy that was shaken. */
export async function openShake(
  folder: ShakeFolder,
  given: PartialConfig = {},
): Promise<PreparedShake & { readonly lines: ShakeLine[] }> {
  const plan = await folder.readPlan();
  const config = completeConfig(mergeConfigs(await folder.readConfig(), given));
  const core = await shakeCore(config);
  core.write("parameters", numbersIn(plan.policy));
  core.write("adjustment", plan.adjustment);
  const space = new AdjustmentSpace(core.setup.task, plan.groups, plan.knots);
  space.apply(core, plan.base);
  return { config, core, space, plan, lines: await folder.readLines() };
}

/** What is shaken has the settings of its task or run; a lap counts whole, and the pace stays what it is. */
export function shakeConfig(given: PartialConfig, hidden?: readonly number[]): RunConfig {
  const own = { batch: 1, rollouts: 1, window: "0:0:0", "update-every": "rollout", reflex: false };
  return completeConfig({ ...given, ...own, ...(hidden ? { hidden: [...hidden] } : {}) });
}

/** A core with room for `slots` laps; its policy is not there yet. */
export async function shakeCore(config: RunConfig, slots = 2): Promise<Core> {
  const { timing } = resolveTask(config).task;
  const { steps, segments } = lapRoom(config, timing.lapTime);
  const core = await coreFor(config, slots, segments, "strict", steps);
  setTiming(core, timingOf(config));
  return core;
}
