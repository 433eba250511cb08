/** What a configuration says of the estimator. */
import type { RunConfig } from "../config/schema.js";
import type { EstimatorSettings } from "../estimation/entries.js";

const DEGREE = Math.PI / 180;

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
