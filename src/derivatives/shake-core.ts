/** What shakes and what is made of them are driven and computed in. */
import { completeConfig, type PartialConfig } from "../config/config.js";
import { resolveTask } from "../config/resolve.js";
import type { RunConfig } from "../config/schema.js";
import type { Core } from "../core/core.js";
import { setTiming, timingOf } from "../recording/timing.js";
import { coreFor } from "../session.js";
import { lapRoom } from "./lap-drive.js";

/** What is shaken has the settings of its task or run; a lap counts whole, and the pace stays what it is. */
export function shakeConfig(given: PartialConfig, hidden?: readonly number[]): RunConfig {
  const own = { batch: 1, rollouts: 1, window: "0:0:0", "update-every": "rollout", reflex: false };
  return completeConfig({ ...given, ...own, ...(hidden ? { hidden: [...hidden] } : {}) });
}

/** A core with room for `slots` laps; its policy is not there yet. */
export async function shakeCore(config: RunConfig, slots = 2): Promise<Core> {
  const { timing } = resolveTask(config).task;
  const { steps, segments } = lapRoom(config, timing.lapTime);
  const core = await coreFor(config, slots, segments, steps);
  setTiming(core, timingOf(config));
  return core;
}
