/**
 * Before a robot is driven: a moment of learning in a simulation, of which nothing is kept but that the code is
 * compiled, so that the first update on the robot comes as quickly as later ones.
 */
import type { RunConfig } from "../config/schema.js";
import { updateRules } from "../rules/rules.js";
import { trainingInMemory } from "./in-memory.js";

/** Updates after which one more is no quicker. */
const UPDATES = 6;

/**
 * Learns as `config` says, from a simulated robot, and tells how many updates it made: none by rules that only follow
 * a gradient, which need no time.
 */
export async function warmUp(config: RunConfig): Promise<number> {
  if (!updateRules[config.update].needs.modelRollouts) return 0;
  const { pieces } = await trainingInMemory({ ...config, link: "sim" });
  let driven = 0;
  for await (const { stopped } of pieces()) if (stopped !== undefined || driven++ === UPDATES) break;
  return Math.max(0, driven - 1);
}
