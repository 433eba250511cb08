import { isSimulated } from "../config/links.js";
import type { RunConfig } from "../config/schema.js";
import type { Core } from "../core/core.js";
import type { RecordingInfo } from "./recording.js";

/**
 * Sets a core to the timing of simulation or hardware. In simulation a setpoint lies h - dt ahead, and the first
 * control step of a segment evaluates the spline dt after its start; on hardware it lies h ahead, the spline is
 * evaluated at measured times, and the first one starts from the measured state.
 */
export function setTiming(core: Core, timing: RecordingInfo["timing"]): void {
  const { task } = core.setup;
  const { controlPeriod, networkPeriod } = task.timing;
  const hardware = timing === "hardware";
  core.timing = timing;
  const lookahead = hardware ? networkPeriod : networkPeriod - controlPeriod;
  core.setOption("lookahead", lookahead);
  core.setOption("splineLead", hardware ? 0 : controlPeriod);
  core.setOption("startFromState", hardware ? 1 : 0);
  const { kind, parameters } = task.reference;
  const duration = "duration" in parameters ? { duration: lookahead } : {};
  core.setParameters("reference", { kind, parameters: { ...parameters, ...duration } });
}

/** The timing of what a configuration drives. */
export function timingOf(config: RunConfig): RecordingInfo["timing"] {
  return isSimulated(config) ? "simulation" : "hardware";
}
