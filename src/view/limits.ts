/** The gates that a page compares a robot with. */
import type { RunConfig } from "../config/schema.js";
import type { Limits } from "./messages.js";

export function limitsOf(config: RunConfig): Limits {
  return {
    corridor: config.corridor,
    maxSpeed: config["max-speed"],
    staleAfter: config["stale-after"],
    maxUncertainty: config["max-uncertainty"],
    leastBattery: config["min-battery"],
  };
}
