/** The path that a task asks for in the plane. */
import type { TaskDefinition } from "../tasks/definition.js";
import { PLANAR_STATE } from "../tasks/planar.js";

/** Points of the path that the distance to the track is measured to. */
const TRACK_POINTS = 512;

/** Whether a task's state is x, y, v, phi in the plane. */
export function isPlanar({ columns }: TaskDefinition): boolean {
  return columns.state.join() === PLANAR_STATE.join();
}

/**
 * Points x, y [m] of the path over one lap, 2 * TRACK_POINTS; empty if the task has none in the plane. `setpointAt`:
 * the nominal setpoint at a task time [s].
 */
export function trackOf(task: TaskDefinition, setpointAt: (time: number) => Float64Array): Float64Array {
  const { lapTime } = task.timing;
  if (!isPlanar(task) || lapTime === undefined) return new Float64Array(0);
  const track = new Float64Array(2 * TRACK_POINTS);
  for (let i = 0; i < TRACK_POINTS; i++) {
    const setpoint = setpointAt((i * lapTime) / TRACK_POINTS);
    track.set(setpoint.subarray(0, 2), 2 * i);
  }
  return track;
}
