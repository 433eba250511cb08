/** What people should know of a measured sensitivity before they use it. */
import { digits } from "../output.js";
import type { GradientEstimate, ShakeEstimate } from "./estimate.js";

/** t-value from which a drift is told: of eight or so that are looked at, by chance in one shake of a thousand. */
const DRIFTS = 4.5;

/** Standard error of a gradient as a part of its length. */
function relativeError({ values, covariance }: GradientEstimate): number {
  const p = values.length;
  const length = Math.hypot(...values);
  let variance = 0;
  for (let i = 0; i < p; i++) variance += covariance[i * p + i];
  return length > 0 ? Math.sqrt(variance) / length : Number.POSITIVE_INFINITY;
}

/** `seconds`: driving so far; `precision`: the relative error that is asked for. */
export function remarksOn(estimate: ShakeEstimate, seconds: number, precision: number): string[] {
  const { gradient, drift, dead, heldOut, shifts } = estimate;
  const latest = Math.max(...shifts);
  const reached = relativeError(gradient);
  const more = (seconds / 60) * ((reached / precision) ** 2 - 1);
  return [
    `standard error of the gradient: ${digits(100 * reached, 2)} % of it; laps that were not seen are predicted with ` +
      `an error of ${digits(100 * heldOut, 2)} % of their deviation`,
    ...(more > 0
      ? [`too few laps for ${digits(100 * precision, 2)} %: about ${Math.ceil(more)} more minutes are needed`]
      : []),
    ...(Math.abs(drift) > DRIFTS
      ? [`the robot drifted while it was shaken (t = ${digits(drift, 2)}): a trend was taken out`]
      : []),
    ...(latest > 0
      ? [`states are up to ${digits(1000 * latest, 2)} ms older in some laps than in the mean: that was taken out`]
      : []),
    ...(dead.length > 0 ? [`no effect at all is seen of ${dead.join(", ")}`] : []),
  ];
}
