/** The core as a configuration wants it: parts, parameters, options. */
import { resolveTask } from "./config/resolve.js";
import type { RunConfig } from "./config/schema.js";
import { parseWindow } from "./config/window.js";
import { Core } from "./core/core.js";
import { setWindows } from "./core/windows.js";
import { messageOf, UserError } from "./errors.js";

/**
 * Loads a core with room for `rollouts` rollouts of `segments` segments each, of the nominal number of steps unless
 * told otherwise.
 */
export async function coreFor(
  config: RunConfig,
  rollouts: number,
  segments: number,
  steps = segments * config["steps-per-segment"],
): Promise<Core> {
  const { task, plant } = resolveTask(config);
  const core = await Core.load({ task, plant, rollouts, steps, segments }, config).catch((error: unknown) => {
    throw /outOfMemory|badDimension/.test(messageOf(error)) ? tooLarge(config, rollouts, segments, steps) : error;
  });
  setWindows(core, parseWindow(config.window));
  core.setOption("truncate", config.truncation === "segment" ? 1 : 0);
  core.setOption("stateFeedback", config["network-state-feedback"] ? 1 : 0);
  core.setOption("meanOverBatch", config["batch-reduction"] === "mean" ? 1 : 0);
  core.setPace(config.pace);
  core.setOption("reflex", config.reflex ? 1 : 0);
  core.view("inputDelays").fill(Math.round(config["model-delay"] / config["control-period"]));
  seed(core, config.seed);
  return core;
}

function tooLarge(config: RunConfig, rollouts: number, segments: number, steps: number): UserError {
  const rollout = `${segments} segments with ${steps} control steps`;
  return new UserError(
    `a batch of ${rollouts} rollouts of ${rollout} and hidden layers ${config.hidden.join(", ")} is too large: ` +
      "allowed are 1 GiB in all, 16777216 steps a rollout and 4 hidden layers of at most 4096; " +
      "lower batch, rollout-segments (or laps), steps-per-segment or hidden",
  );
}

/** Draws the initial weights from the configuration's seed; starts of rollouts go on with the same random numbers. */
export function initialisePolicy(core: Core, from: number): void {
  seed(core, from);
  core.initialise();
}

/** Begins the core's random numbers by a configuration's seed. */
export function seed(core: Core, from: number): void {
  core.seed(from | 0, Math.floor(from / 2 ** 32) | 0);
}
