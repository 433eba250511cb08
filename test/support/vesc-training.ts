/** Trainings through a simulated VESC, in virtual time. */
import trainCommand from "../../src/cli/commands/train.js";
import type { PartialConfig } from "../../src/config/config.js";
import { linkTo } from "../in-the-loop/robot.js";
import { VirtualHost } from "../in-the-loop/virtual-host.js";
import { ELECTRICAL_TRAVEL, type FakeOptions, FakeVesc } from "./fake-vesc.js";
import { Captured, metricsOf } from "./runs.js";

/** Trains on the plant of `given`; the VESC, and costs of the windows. */
export async function trainVesc(out: string, given: PartialConfig, options: FakeOptions = {}) {
  const fake = await FakeVesc.make(given, options);
  const settings: PartialConfig = { ...given, link: "vesc", "wheel-travel": ELECTRICAL_TRAVEL };
  await trainCommand.run({ given: settings, out }, new Captured(), async (config, context) =>
    linkTo(new VirtualHost(config, fake, fake, context.parameters), config, context, () => fake.put()),
  );
  return { fake, costs: (await metricsOf(out)).map(({ windowCost }) => windowCost) };
}

/** The same in the simulator; costs of the windows. */
export async function trainDirect(out: string, given: PartialConfig): Promise<number[]> {
  await trainCommand.run({ given, out }, new Captured());
  return (await metricsOf(out)).map(({ windowCost }) => windowCost);
}

/** Root of the mean squared distance from the figure-8's circles in the last lap, as it truly was [m]. */
export function radialError({ path }: FakeVesc): number {
  const lapTime = 5.5;
  const stopped = path.findLast(({ state }) => state[2] > 3)?.time ?? Number.NaN;
  const lap = path.filter(({ time }) => time > stopped - lapTime && time <= stopped);
  const squares = lap.map(({ state: [x = 0, y = 0] }) => (Math.hypot(Math.abs(x) - 1.5, y) - 1.5) ** 2);
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
}
