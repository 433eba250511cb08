/** A fleet of simulated robots with nothing on disk: what studies train with. */
import type { RunConfig } from "../config/schema.js";
import { SimLink } from "../links/kinds/sim.js";
import { WatchedSimulation } from "../runtime/watched-simulation.js";
import { initialisePolicy } from "../session.js";
import { type Training, trainingFor } from "../training/training.js";
import { beginCommon } from "./common.js";
import { learnTogether } from "./learn.js";
import { type FleetRobot, RETURNS } from "./member.js";

/**
 * A fleet that is ready to drive, its policy untrained: of the first configuration's seed; whatever else is random for
 * a robot comes from its own. `learn` goes on until each has driven `laps`.
 */
export async function fleetInMemory(configs: readonly RunConfig[], hasTraits = false) {
  const robots: FleetRobot[] = [];
  for (const [i, config] of configs.entries()) robots.push(simulated(`${i + 1}`, await trainingFor(config), 0));
  initialisePolicy(robots[0].training.core, configs[0].seed);
  const common = beginCommon(robots, hasTraits);
  return {
    robots,
    common,
    learn: (laps: number) => learnTogether({ robots, common, hasTraits, isSimulated: true, last: laps }),
  };
}

/** A simulated robot of a fleet. */
export function simulated(name: string, training: Training, driven: number): FleetRobot {
  let returns = 0;
  return {
    name,
    training,
    link: new WatchedSimulation(new SimLink()),
    driven,
    mayReturn: () => ++returns <= RETURNS,
  };
}
