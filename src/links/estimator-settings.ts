/** What a configuration says of the estimator. */
import { DEGREE } from "../angles.js";
import type { PartialConfig } from "../config/config.js";
import type { RunConfig } from "../config/schema.js";
import type { EstimatorSettings } from "../estimation/entries.js";

/** Settings, and what one of each is in the estimator's units. */
const NUMBERS = {
  position: ["pose-noise", 1],
  heading: ["pose-heading-noise", DEGREE],
  timing: ["pose-jitter", 1],
  latency: ["pose-latency", 1],
  curvature: ["steering-curvature", 1],
} as const satisfies Partial<Record<keyof EstimatorSettings, readonly [keyof RunConfig, number]>>;

/** Those of a whole configuration, or those that are given. */
export function estimatorSettings(config: PartialConfig): Partial<EstimatorSettings> {
  const numbers = Object.entries(NUMBERS).flatMap(([name, [setting, unit]]) => {
    const value = config[setting];
    return value === undefined ? [] : [[name, unit * value]];
  });
  return { ...(config.pose !== undefined && { outside: config.pose !== "" }), ...Object.fromEntries(numbers) };
}
