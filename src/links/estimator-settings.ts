/** What a configuration says of the estimator. */
import { DEGREE } from "../angles.js";
import type { RunConfig } from "../config/schema.js";
import type { EstimatorSettings } from "../estimation/entries.js";

export function estimatorSettings(config: RunConfig): Partial<EstimatorSettings> {
  return {
    outside: config.pose !== "",
    position: config["pose-noise"],
    heading: DEGREE * config["pose-heading-noise"],
    timing: config["pose-jitter"],
    latency: config["pose-latency"],
    curvature: config["steering-curvature"],
  };
}
