/**
 * What tells robots apart that share one policy (docs/equations.md, section 47): the network of a robot with the traits
 * z has the first layer's biases b + V z, and V is learned with the other parameters. The robots' own parameters are
 * linear in the common ones, so a pass through V is a sum, and a core knows nothing of it.
 */
import type { Core } from "../core/core.js";
import { taskNamed } from "../tasks/tasks.js";

/** Traits beyond this are taken as this: further away than any robot that was learned from. */
const LARGEST = 1;
/** One trait for each of the model's gains, and for the delay of each input; a delay counts in this unit [s]. */
const DELAY = 0.1;

export class Traits {
  /** z */
  readonly values: Float64Array;
  readonly #parameters: number;
  /** of the first layer's biases in the parameters, and how many there are */
  readonly #biases: number;
  readonly #width: number;

  constructor(core: Core, values: Float64Array) {
    const { network } = core.setup.task;
    this.values = values;
    this.#parameters = core.parameterCount();
    this.#width = network.hidden[0];
    this.#biases = core.lawSizes("network").domain * this.#width;
  }

  /** How many numbers the common parameters have. */
  get size(): number {
    return this.#parameters + this.values.length * this.#width;
  }

  /** The robot's own parameters: of common ones that end without V, these. */
  ownOf(common: Float64Array): Float64Array {
    const own = common.slice(0, this.#parameters);
    if (common.length === this.#parameters) return own;
    for (const [i, value] of this.values.entries()) {
      const row = this.#parameters + i * this.#width;
      for (let k = 0; k < this.#width; k++) own[this.#biases + k] += value * common[row + k];
    }
    return own;
  }

  /** The gradient by the common parameters, of that by its own. */
  transpose(gradient: Float64Array): Float64Array {
    const common = new Float64Array(this.size);
    common.set(gradient);
    for (const [i, value] of this.values.entries()) {
      const row = this.#parameters + i * this.#width;
      for (let k = 0; k < this.#width; k++) common[row + k] = value * gradient[this.#biases + k];
    }
    return common;
  }
}

/** Of the robot whose fitted model a core holds: its gains over the task's, on a logarithmic scale, and its delays. */
export function traitsOf(core: Core): Traits {
  const { name, model, timing } = core.setup.task;
  const nominal = taskNamed(name).model.parameters;
  const names = core.parameterNames("model", model.kind);
  const parameters = core.view("modelParameters");
  const gains = (model.traits ?? []).map((gain) => {
    const ratio = parameters[names.indexOf(gain)] / nominal[gain];
    return ratio > 0 ? Math.log(ratio) : 0;
  });
  const delays = Array.from(core.view("inputDelays"), (steps) => (steps * timing.controlPeriod) / DELAY);
  const values = [...gains, ...delays].map((value) => Math.max(-LARGEST, Math.min(LARGEST, value)));
  return new Traits(core, Float64Array.from(values));
}
