/** The path that a task asks for in the plane. */
import type { Core } from "../core/core.js";
import type { TaskDefinition } from "../tasks/definition.js";
import { PLANAR_STATE } from "../tasks/planar.js";

/** Points of the path that the distance to the track is measured to, at least; of a long one they lie so near [m]. */
const TRACK_POINTS = 512;
const SPACING = 0.1;

/** Whether a task's state is x, y, v, phi in the plane. */
export function isPlanar({ columns }: TaskDefinition): boolean {
  return columns.state.join() === PLANAR_STATE.join();
}

/**
 * Points x, y [m] of the nominal path of a core's task over one lap, at least TRACK_POINTS of them; empty if the task
 * has none in the plane.
 */
export function trackOf(core: Core): Float64Array {
  const { task } = core.setup;
  const { lapTime } = task.timing;
  if (!isPlanar(task) || lapTime === undefined) return new Float64Array(0);
  const points = Math.max(TRACK_POINTS, Math.ceil((task.track?.length ?? 0) / SPACING));
  const track = new Float64Array(2 * points);
  const setpoint = core.view("probe");
  for (let i = 0; i < points; i++) {
    core.nominalSetpoint((i * lapTime) / points);
    track.set(setpoint.subarray(0, 2), 2 * i);
  }
  return track;
}
