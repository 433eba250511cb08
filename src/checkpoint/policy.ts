/** The policy of a checkpoint in a core. */
import type { Core } from "../core/core.js";
import { UserError } from "../errors.js";
import { shortened } from "../output.js";
import type { Checkpoint } from "./checkpoint.js";

/** Puts a checkpoint's parameters into a core; a {@link UserError} if it is of another task or network. */
export function restorePolicy(core: Core, checkpoint: Checkpoint): void {
  const { task } = core.setup;
  if (checkpoint.task !== task.name) {
    throw new UserError(`the checkpoint belongs to task "${shortened(checkpoint.task)}", not to "${task.name}"`);
  }
  const layers = layersOf(core).join("-");
  const { parameters } = checkpoint.arrays;
  if (checkpoint.layers.join("-") !== layers || parameters?.length !== core.parameterCount()) {
    throw new UserError(
      `the checkpoint holds a ${shortened(checkpoint.layers.join("-"))} network, the configuration asks for ${layers}`,
    );
  }
  core.write("parameters", parameters);
}

/** Layer widths of the core's network, features first. */
export function layersOf(core: Core): number[] {
  const { network, columns } = core.setup.task;
  const features = core.lawSizes("network").domain;
  return [features, ...network.hidden, columns.setpoint.length + columns.gain.length];
}
