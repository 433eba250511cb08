/** What a track asks for of a robot. */
import type { Core } from "../core/core.js";

/** Points of a lap that are looked at. */
const POINTS = 400;

/** What a track asks for. */
export interface Demand {
  /** largest speed [m/s] and lateral acceleration [m/s²] */
  readonly speed: number;
  readonly lateral: number;
  /** speed where that is asked for [m/s], and the place there [m] */
  readonly corner: number;
  readonly place: readonly [x: number, y: number];
  /** least and largest coordinates [m] */
  readonly low: readonly [x: number, y: number];
  readonly high: readonly [x: number, y: number];
}

/** Demand of the core's task, whose lap takes `lapTime` [s] at pace 1, at a pace. Writes the region `probe`. */
export function demandOf(core: Core, lapTime: number, pace: number): Demand {
  const probe = core.view("probe");
  const at = (time: number) => {
    core.nominalSetpoint(time);
    return Array.from(probe.subarray(0, 4));
  };
  let [speed, lateral, corner] = [0, 0, 0];
  let place: Demand["place"] = [0, 0];
  const [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((far): [number, number] => [far, far]);
  const dt = lapTime / POINTS;
  for (let i = 0; i < POINTS; i++) {
    const [px, py, vx, vy] = at(i * dt);
    const [, , nextX, nextY] = at((i + 1) * dt);
    const v = Math.hypot(vx, vy);
    [px, py].forEach((value, k) => {
      low[k] = Math.min(low[k], value);
      high[k] = Math.max(high[k], value);
    });
    speed = Math.max(speed, v);
    const turning = v > 0 ? Math.abs(vx * (nextY - vy) - vy * (nextX - vx)) / (v * dt) : 0;
    if (turning > lateral) [lateral, corner, place] = [turning, v, [px, py]];
  }
  return { speed: pace * speed, lateral: pace ** 2 * lateral, corner: pace * corner, place, low, high };
}
