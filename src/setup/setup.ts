/** The guided set-up: step after step, each result shown, stored with its date, or refused with the reason. */
import { completeConfig, mergeConfigs, type PartialConfig } from "../config/config.js";
import type { SettingName } from "../config/schema.js";
import { UserError } from "../errors.js";
import { storeSettings, unstored } from "./file.js";
import { type KindName, type SetupKind, setupKinds } from "./kinds.js";
import { type Person, RobotRig, type SetupHost } from "./rig.js";
import { type Finding, refused } from "./step.js";
import { type StepName, setupSteps } from "./steps/steps.js";

export interface SetupPlan {
  readonly kind: KindName;
  readonly steps: readonly StepName[];
  /** the file, and what is to be in it from the beginning */
  readonly path: string;
  readonly settings: PartialConfig;
  /** length of a push [m] */
  readonly length: number;
  /** for the remark behind each setting, e.g. 2026-12-01 */
  readonly date: string;
}

/** A step's result, as `--json` has it. */
export interface StepResult {
  readonly name: StepName;
  readonly value: string;
  readonly ok: boolean;
  readonly why?: string;
}

/**
 * Takes the steps in their order, up to one that is refused, or that something or somebody stops: those after it rely
 * on it. What was found up to there is in the file, which is a whole configuration at any moment. `tell`: a step's
 * result, as soon as it is known.
 * @throws UserError if it is used wrongly, or the file cannot be written
 */
export async function setUp(
  plan: SetupPlan,
  hostFor: SetupHost,
  person: Person,
  tell: (result: StepResult) => void,
): Promise<readonly StepResult[]> {
  const results: StepResult[] = [];
  let { settings } = plan;
  await storeSettings(plan.path, await unstored(plan.path, settings), "lapgrad setup");
  for (const [i, name] of plan.steps.entries()) {
    const place = plan.steps.length > 1 ? `${i + 1} of ${plan.steps.length}, ` : "";
    person.say(`${place}${name}: ${setupSteps[name].describe}`);
    const { changes, ...found } = await findingOf(name, { ...plan, settings }, hostFor, person);
    if (found.ok) {
      await storeSettings(plan.path, changes, `measured by lapgrad setup ${name}, ${plan.date}`);
      settings = mergeConfigs(settings, changes);
    }
    const result = { name, ...found };
    results.push(result);
    tell(result);
    if (!found.ok) break;
  }
  return results;
}

/** What a step finds; it is refused where the robot, or somebody, stops it. */
async function findingOf(name: StepName, plan: SetupPlan, hostFor: SetupHost, person: Person): Promise<Finding> {
  const { settings, length } = plan;
  const kind: SetupKind = setupKinds[plan.kind];
  const step = setupSteps[name];
  const [missing, first] =
    Object.entries(step.needs?.(kind) ?? {}).find(([setting]) => settings[setting as SettingName] === undefined) ?? [];
  if (missing !== undefined)
    return refused("not measured", `${missing} is not known: do the step ${first} first, or give --${missing}`);
  const whole = completeConfig(settings);
  const config = completeConfig(mergeConfigs(settings, step.meanwhile?.(whole, kind) ?? {}));
  const rig = new RobotRig(config, kind, hostFor, person);
  try {
    return await step.run(rig, { config, kind, length });
  } catch (error) {
    if (error instanceof UserError && error.exitCode === 1) return refused("stopped", error.message);
    throw error;
  } finally {
    await rig.close(); // the robot is at rest before anything else
  }
}
