/** Rollouts in which the pace changes. */
import type { Core } from "../../src/core/core.js";

/**
 * Gives every segment of a recorded rollout the pace that `paceOf` says, as if it had been driven so: task times and
 * what follows from them.
 */
export function changePaces(core: Core, slot: number, paceOf: (segment: number) => number): void {
  const [steps, segments, start] = core.view("counts", slot);
  const starts = core.view("segmentStarts", slot);
  const [times, periods, paces] = [core.view("times", slot), core.view("periods", slot), core.view("paces", slot)];
  let taskTime = start;
  for (let j = 0; j < segments; j++) {
    core.view("segmentTimes", slot)[j] = taskTime;
    const end = j + 1 < segments ? starts[j + 1] : steps;
    for (let t = starts[j]; t < end; t++) {
      paces[t] = paceOf(j);
      taskTime += paceOf(j) * (t + 1 < steps ? times[t + 1] - times[t] : periods[t]);
    }
  }
  core.replay(slot, "called", true, true);
}

/** Task time at every step of a rollout [s]. */
export function taskTimesOf(core: Core, slot: number): number[] {
  const [steps, , start] = core.view("counts", slot);
  const shifts = core.view("taskShifts", slot);
  return Array.from(core.view("times", slot).subarray(0, steps), (time, t) => start + time + shifts[t]);
}
