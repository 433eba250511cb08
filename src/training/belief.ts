/** What is said where a robot sums its position up itself: costs are what it believes. */

import { Drift, type Hidden } from "../estimation/drift.js";
import type { Link } from "../links/link.js";
import { digits } from "../output.js";
import type { Recording } from "../recording/recording.js";
import type { RolloutMetrics } from "./metrics.js";

/** Follows what a link drives; says nothing where the position is measured. */
export class Belief {
  readonly #link: Link;
  readonly #drift = new Drift();

  constructor(link: Link) {
    this.#link = link;
  }

  /** Goes on with a rollout. `isPlaced`: the robot was put to its start before it. */
  follow({ states, finalState, times }: Recording, isPlaced: boolean): Hidden | undefined {
    if (!this.#link.isDeadReckoning) return undefined;
    if (isPlaced) this.#drift.place();
    return this.#drift.follow(Float64Array.of(...states, ...finalState), times);
  }
}

/** For people, from the metrics of a rollout; undefined where the position was measured. */
export function beliefText({ positionUncertainty, hiddenCost }: RolloutMetrics, what: string): string | undefined {
  if (positionUncertainty === undefined) return undefined;
  return (
    "costs are believed: the position is dead reckoning, uncertain by " +
    `${positionUncertainty.toFixed(2)} m after ${what} (a gyro off by 0.1 °/s and 1 %, a wheel by 1 %), ` +
    `and errors of that size would add ${digits(hiddenCost)} to the cost, unseen`
  );
}
