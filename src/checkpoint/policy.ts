/** The policy of a checkpoint in a core. */
import type { Core } from "../core/core.js";
import { UserError } from "../errors.js";
import { shortened } from "../output.js";
import type { Checkpoint } from "./checkpoint.js";

/** Puts the parameters of the checkpoint at `path` into a core; a {@link UserError} if it is of another one. */
export function restorePolicy(core: Core, checkpoint: Checkpoint, path: string): void {
  const { task } = core.setup;
  if (checkpoint.task !== task.name) {
    throw new UserError(
      `${path} is a checkpoint of task "${shortened(checkpoint.task)}", the run is of "${task.name}": ` +
        "somebody put it there; remove it",
    );
  }
  const layers = layersOf(core).join("-");
  const { parameters } = checkpoint.arrays;
  if (checkpoint.layers.join("-") !== layers || parameters?.length !== core.parameterCount()) {
    throw new UserError(
      `${path} holds a ${shortened(checkpoint.layers.join("-"))} network, the configuration asks for ${layers}: ` +
        "set hidden as it was, or remove the checkpoint if it is of another run",
    );
  }
  core.write("parameters", parameters);
  if (checkpoint.arrays.adjustment) core.write("adjustment", checkpoint.arrays.adjustment);
}

/** Layer widths of the core's network, features first. */
export function layersOf(core: Core): number[] {
  const { network, columns } = core.setup.task;
  const features = core.lawSizes("network").domain;
  return [features, ...network.hidden, columns.setpoint.length + columns.gain.length];
}
