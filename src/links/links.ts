/** All links by name: every file of src/links/kinds with a default export. */
import type { RunConfig } from "../config/schema.js";
import { UserError } from "../errors.js";
import type { TaskDefinition } from "../tasks/definition.js";
import type { LinkDefinition, RobotDescription, TransportKind } from "./definition.js";
import { LINKS } from "./kinds/links.generated.js";

export const links: Readonly<Record<RunConfig["link"], LinkDefinition>> = LINKS;

/** What carries the bytes of a configuration's robot; undefined where it is simulated. */
export function transportOf(link: RunConfig["link"]): TransportKind | undefined {
  const definition = links[link];
  return definition.isSimulated ? undefined : definition.transport;
}

/**
 * The robot that a configuration drives; undefined where it is simulated.
 * @throws UserError if the robot cannot do the task, or not as slowly
 */
export function robotFor(config: RunConfig, task: TaskDefinition): RobotDescription | undefined {
  const definition = links[config.link];
  if (definition.isSimulated) return undefined;
  const robot = definition.describe(config, task);
  const { state, input } = task.columns;
  if (config["control-period"] > robot.longestPeriod)
    throw new UserError(
      `control-period is ${config["control-period"]} s; ` +
        `link ${config.link} needs a command at least every ${robot.longestPeriod} s`,
    );
  if (state.join() === robot.states.join() && input.join() === robot.inputs.join()) return robot;
  throw new UserError(
    `link ${config.link} measures ${robot.states.join(", ")} and takes ${robot.inputs.join(", ")}; ` +
      `task ${task.name} has ${state.join(", ")} and ${input.join(", ")}: choose another task, or another link`,
  );
}
