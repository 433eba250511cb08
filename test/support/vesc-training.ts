/** Trainings through a simulated VESC, in virtual time. */
import trainCommand from "../../src/cli/commands/train.js";
import type { PartialConfig } from "../../src/config/config.js";
import { linkTo } from "../in-the-loop/robot.js";
import { VirtualHost } from "../in-the-loop/virtual-host.js";
import { ELECTRICAL_TRAVEL, type FakeOptions, FakeVesc } from "./fake-vesc.js";
import { lastLapOf, radialError } from "./last-lap.js";
import { Captured, metricsOf } from "./runs.js";

/** Trains on the plant of `given`; the VESC, costs of the windows, and how far off the last lap truly was [m]. */
export async function trainVesc(out: string, given: PartialConfig, options: FakeOptions = {}) {
  const fake = await FakeVesc.make(given, options);
  const settings: PartialConfig = { ...given, link: "vesc", "wheel-travel": ELECTRICAL_TRAVEL };
  await trainCommand.run({ given: settings, out }, new Captured(), async (config, context) =>
    linkTo(new VirtualHost(config, fake, fake, context.parameters), config, context, () => fake.put()),
  );
  const costs = (await metricsOf(out)).map(({ windowCost }) => windowCost);
  return { fake, costs, radial: radialError(lastLapOf(fake.path, 5.5, 3)) };
}

/** The same in the simulator; costs of the windows. */
export async function trainDirect(out: string, given: PartialConfig): Promise<number[]> {
  await trainCommand.run({ given, out }, new Captured());
  return (await metricsOf(out)).map(({ windowCost }) => windowCost);
}
