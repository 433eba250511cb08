/** Every rule that can be compared as one kind of training: update rules of the network, and the peers. */
import type { RunConfig } from "../config/schema.js";
import type { Core } from "../core/core.js";
import { UserError } from "../errors.js";
import { contenders } from "../peers/contenders.js";
import type { DrivenPart, Learner } from "../peers/learner.js";
import { meantInstead } from "../spelling.js";
import { trainingInMemory } from "../training/in-memory.js";
import type { DriveEvent } from "../training/rollout-source.js";
import { rules } from "./rules.js";

/** Names of all rules: ours first. */
export const RULES: readonly string[] = [...Object.keys(rules), ...Object.keys(contenders)];

/** The rule of that name. */
export function checkedRule(name: string): string {
  if (RULES.includes(name)) return name;
  throw new UserError(
    `unknown update rule "${name}"; ${meantInstead(name, RULES)}update rules are: ${RULES.join(", ")}`,
  );
}

/** The label of a rule. */
export function labelOf(rule: string): string {
  return (rules[rule] ?? contenders[rule]).label;
}

/** A training by a rule whose settings are in the configuration. */
export function learnerFor(rule: string, config: RunConfig): Learner {
  return rule in contenders ? contenders[rule].learner(config) : networkLearner(config);
}

/**
 * Algorithm 1. What was driven is told when more was: by then it has been learned from, and the policy in the core is
 * what came of it.
 */
async function* networkLearner(config: RunConfig): Learner {
  const { core, pieces } = await trainingInMemory(config);
  const goesOn = config["update-every"] !== "rollout";
  const policy = (): DrivenPart["evaluate"] => {
    const present = {
      parameters: core.view("parameters").slice(),
      controller: core.view("controllerParameters").slice(),
      pace: core.pace,
    };
    return (evaluation, driven) => evaluation.ofNetwork(present, driven);
  };
  let driven: Float64Array | undefined;
  for await (const event of pieces()) {
    if (driven) yield { costs: driven, ends: !goesOn, evaluate: policy() };
    driven = costsOf(core, event);
    if (event.stopped === undefined) continue;
    yield { costs: driven, ends: true, stopped: event.stopped, evaluate: () => Number.POSITIVE_INFINITY };
    return;
  }
  const costs = driven ?? new Float64Array(0);
  yield { costs, ends: true, stopped: "its gradient was 0 or not finite", evaluate: policy() };
}

/** Stage costs of what was driven now. */
function costsOf(core: Core, { slot, from }: DriveEvent): Float64Array {
  const [steps, segments] = core.view("counts", slot);
  const first = from < segments ? core.view("segmentStarts", slot)[from] : steps;
  return core.view("stageCosts", slot).slice(first, steps);
}
