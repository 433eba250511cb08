/** Paces among which a training may choose. */
import type { RunConfig } from "../config/schema.js";
import { unitOf } from "../config/units.js";
import { LEAST_PACE } from "../core/pace.js";
import type { PaceRange } from "../rules/definition.js";
import { updateRules } from "../rules/rules.js";

/**
 * From the slowest, with which it begins, as nothing is known yet, to that of the settings. A single one where the rule
 * does not choose, in a race, which has a usage instead, where rollouts are no laps, and where the network sees the
 * path, which tells it the task's own speeds.
 */
export function pacesOf(config: RunConfig): PaceRange {
  const { pace: most, race, features, update } = config;
  const chooses = updateRules[update].needs.choosesPace && !race && features !== "path" && unitOf(config) === "lap";
  return { least: chooses ? Math.min(most, Math.max(LEAST_PACE, config["least-pace"] * most)) : most, most };
}
