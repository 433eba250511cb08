/**
 * How far a position by dead reckoning may be off, and what that hides from the cost: errors that do not change sign,
 * carried along the path that was driven (docs/equations.md, section 26). Costs are computed from where the robot
 * believes it is, so they do not show them.
 */

import { wrapAngle } from "../angles.js";
import { PlanarState } from "../tasks/planar.js";
import { largestDeviation } from "./covariance.js";
import { PRIOR } from "./entries.js";

/** Standard deviations of what is wrong for a whole drive: gyro's bias [rad/s] and scale, scale of the wheel. */
const DEVIATIONS = [PRIOR.gyroBias, PRIOR.gyroScale, PRIOR.travelScale] as const;

/** Numbers of a state that is followed. */
const N = 4;

/** What a rollout's position may hide. */
export interface Hidden {
  /** standard deviation of the position along its least certain direction, at the end of the rollout [m] */
  readonly positionUncertainty: number;
  /** what errors of that size add to the rollout's cost, as far as it is a distance to the track [m²] */
  readonly hiddenCost: number;
}

/** Follows a drive, rollout after rollout, from where the robot was placed. */
export class Drift {
  /** derivatives of x, y and phi by each of the errors */
  readonly #by = DEVIATIONS.map(() => ({ x: 0, y: 0, phi: 0 }));

  /** The robot was put to a place that is known. */
  place(): void {
    for (const by of this.#by) Object.assign(by, { x: 0, y: 0, phi: 0 });
  }

  /** Goes on along a rollout: its states, that after the last step included, and the time of every step [s]. */
  follow(states: Float64Array, times: Float64Array): Hidden {
    let hiddenCost = 0;
    let seconds = 0;
    for (let t = 0; t < times.length; t++) {
      const { xx, yy } = this.#covariance();
      hiddenCost += 0.5 * (xx + yy); // the track runs in all directions
      if (t + 1 < times.length) seconds = times[t + 1] - times[t]; // the last step is as long as the one before
      this.#move(states.subarray(N * t), states.subarray(N * (t + 1)), seconds);
    }
    const { xx, yy, xy } = this.#covariance();
    return { positionUncertainty: largestDeviation(xx, yy, xy), hiddenCost };
  }

  #move(from: Float64Array, to: Float64Array, seconds: number): void {
    if (to.length < N) return; // the state after the last step was not recorded
    const turn = wrapAngle(to[PlanarState.phi] - from[PlanarState.phi]);
    const distance = from[PlanarState.v] * seconds;
    const middle = from[PlanarState.phi] + 0.5 * turn;
    const [cos, sin] = [Math.cos(middle), Math.sin(middle)];
    const [bias, gyro, wheel] = this.#by;
    for (const [by, turned, driven] of [
      [bias, seconds, 0],
      [gyro, turn, 0],
      [wheel, 0, distance],
    ] as const) {
      const phi = by.phi + 0.5 * turned;
      by.x += driven * cos - distance * sin * phi;
      by.y += driven * sin + distance * cos * phi;
      by.phi += turned;
    }
  }

  #covariance(): { readonly xx: number; readonly yy: number; readonly xy: number } {
    let [xx, yy, xy] = [0, 0, 0];
    for (const [i, { x, y }] of this.#by.entries()) {
      const variance = DEVIATIONS[i] * DEVIATIONS[i];
      xx += variance * x * x;
      yy += variance * y * y;
      xy += variance * x * y;
    }
    return { xx, yy, xy };
  }
}
