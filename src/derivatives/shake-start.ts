/** A shake that is ready to drive: of a task's untrained policy or of a run's, new or gone on with. */
import { join } from "node:path";
import { completeConfig, mergeConfigs, type PartialConfig } from "../config/config.js";
import type { RunConfig } from "../config/schema.js";
import type { Core } from "../core/core.js";
import { UserError } from "../errors.js";
import { exists, unusedPath } from "../files.js";
import { configOfPolicy, openPolicy } from "../policy-file.js";
import { initialisePolicy } from "../session.js";
import { tasks } from "../tasks/tasks.js";
import { AdjustmentSpace, type Group } from "./adjustment.js";
import { refuseBeyondGates } from "./gates.js";
import { lapsWithin } from "./shake.js";
import { shakeConfig, shakeCore } from "./shake-core.js";
import { numbersIn, ShakeFolder, type ShakeLine, type ShakePlan, textOf } from "./shake-folder.js";

export interface ShakeOptions {
  /** a run's folder or a task's name */
  readonly target: string;
  readonly groups: readonly Group[];
  readonly knots: number;
  /** of each group of directions */
  readonly directions: number;
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
  { target, groups, knots, directions, minutes, bound, checkpoint, given }: ShakeOptions,
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
  const space = new AdjustmentSpace(core.setup.task, groups, knots, directions);
  refuseBeyondGates(config, core, bound);
  const laps = lapsWithin(minutes, space, core.setup.task, config.pace);
  const plan = {
    groups: [...groups],
    knots,
    directions,
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
  const space = new AdjustmentSpace(core.setup.task, plan.groups, plan.knots, plan.directions);
  const directions = await folder.readDirections();
  if (directions) space.setDirections(core.view("parameters"), directions);
  space.apply(core, plan.base);
  return { config, core, space, plan, lines: await folder.readLines() };
}
