/** A shake of an untrained policy in simulation with nothing on disk: what studies shake with. */
import type { PartialConfig } from "../config/config.js";
import type { Core } from "../core/core.js";
import { UserError } from "../errors.js";
import { SimLink } from "../links/kinds/sim.js";
import type { Link } from "../links/link.js";
import type { Recording } from "../recording/recording.js";
import { initialisePolicy } from "../session.js";
import { AdjustmentSpace, type Group } from "./adjustment.js";
import type { ShakenLap } from "./estimate.js";
import { lapsWithin, shake } from "./shake.js";
import { shakeConfig, shakeCore } from "./shake-core.js";
import { countedLaps, type ShakeLine } from "./shake-folder.js";
import type { PreparedShake } from "./shake-start.js";

export interface MemoryShake {
  readonly groups: readonly Group[];
  readonly knots: number;
  /** of each group of directions */
  readonly directions?: number;
  readonly minutes: number;
  readonly bound: number;
}

/** `linkFor`: in place of the simulated plant in the core, which has a slot to spare. */
export async function shakeInMemory(
  given: PartialConfig,
  { groups, knots, directions = 0, minutes, bound }: MemoryShake,
  linkFor: (core: Core, space: AdjustmentSpace) => Link = () => new SimLink(),
): Promise<PreparedShake & { readonly laps: ShakenLap[]; readonly minutes: number }> {
  const config = shakeConfig(given);
  const core = await shakeCore(config, 3);
  initialisePolicy(core, config.seed);
  const space = new AdjustmentSpace(core.setup.task, groups, knots, directions);
  const laps = lapsWithin(minutes, space, core.setup.task, config.pace);
  const base = new Array<number>(space.size).fill(0);
  const { seed } = config;
  const plan = { groups: [...groups], knots, directions, seed, laps, bound, policy: "", adjustment: [], base };
  const lines: ShakeLine[] = [];
  const recordings: Recording[] = [];
  const folder = {
    keepDirections: async () => {},
    readRecordings: async (some: readonly ShakeLine[]) => some.map(({ index }) => recordings[index - 1]),
    keep: async (line: ShakeLine, recording: Recording) => {
      lines.push(line);
      recordings.push(recording);
    },
  };
  const { signal } = new AbortController();
  const run = { config, core, link: linkFor(core, space), space, plan, folder, signal, onLap: () => {} };
  const stopped = await shake(run, []);
  if (stopped !== undefined) throw new UserError(`the shake was stopped: ${stopped}`, 1);
  const driven = lines.reduce((sum, { seconds }) => sum + seconds, 0) / 60;
  space.apply(core, base);
  return { config, core, space, plan, laps: countedLaps(lines, recordings), minutes: driven };
}
