/**
 * What the learning core hands to that of the control thread beside the network: pace and usage, the model by which the
 * reflex judges what is driven, the controller's limits, which a spin lowers, and the adjustment.
 */
import type { Core } from "../core/core.js";

/** Room for the numbers of {@link handedOver}, whatever the model. */
export const HANDOVER_SIZE = 64;

/** After the pace that was asked for, how often one was, and the usage. */
const PARTS = ["modelFitted", "modelParameters", "inputDelays", "controllerParameters", "adjustment"] as const;

/** The numbers that are handed over. */
export function handedOver(core: Core): Float64Array {
  const { Pace } = core.exports;
  const pace = core.view("pace");
  const numbers = new Float64Array(HANDOVER_SIZE);
  numbers.set([pace[Pace.asked], pace[Pace.settings], core.usage, ...PARTS.flatMap((name) => [...core.view(name)])]);
  return numbers;
}

/** Takes them into the control thread's core; allocates nothing. */
export class Takeover {
  /** what was handed over last */
  readonly numbers = new Float64Array(HANDOVER_SIZE);
  readonly #core: Core;
  readonly #views: readonly Float64Array[];
  /** the core's option */
  readonly #usage: number;
  readonly #pace: Float64Array;
  readonly #asked: number;
  /** how often a pace had been asked for by the one that is driven */
  #settings = Number.NaN;

  constructor(core: Core) {
    this.#core = core;
    this.#usage = core.exports.Option.usage;
    this.#pace = core.view("pace");
    this.#asked = core.exports.Pace.asked;
    this.#views = PARTS.map((name) => core.view(name));
  }

  /**
   * Lets the core go on with {@link numbers}; a pace that was set anew ends what the reflex does, one that was eased
   * does not.
   */
  apply(): void {
    const { numbers } = this;
    let at = 3;
    for (let i = 0; i < this.#views.length; i++) {
      const view = this.#views[i];
      for (let k = 0; k < view.length; k++) view[k] = numbers[at++];
    }
    this.#core.exports.setOption(this.#usage, numbers[2]);
    if (numbers[1] !== this.#settings) {
      this.#settings = numbers[1];
      this.#core.exports.setPace(numbers[0]);
    } else if (numbers[0] !== this.#pace[this.#asked]) this.#core.exports.easePace(numbers[0]);
  }
}
