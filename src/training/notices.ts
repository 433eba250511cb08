/** What was noticed while a rollout was driven: for its line of metrics.jsonl, its recording, and people. */
import type { Core } from "../core/core.js";
import { describeFiring, firingCount, firingsSince } from "../core/firings.js";
import type { DriveEvent } from "../recording/events.js";
import type { Recording } from "../recording/recording.js";

/** Tells, rollout after rollout, what the reflex did. */
export class Notices {
  readonly #core: Core;
  #firings: number;

  constructor(core: Core) {
    this.#core = core;
    this.#firings = firingCount(core);
  }

  /** What was noticed in a rollout, since the last call. */
  take(recording: Recording): DriveEvent[] {
    const firings = firingsSince(this.#core, this.#firings);
    this.#firings = firingCount(this.#core);
    return firings.map((firing) => ({
      time: endOfSegment(recording, firing.taskTime),
      level: "warning",
      name: "noticed",
      message: describeFiring(firing),
    }));
  }
}

/** What the training noticed in a drive, known at its end. */
export function noticesOf({ noticed, recording: { times } }: Noticing): DriveEvent[] {
  return noticed.map((message) => ({ time: times[times.length - 1], level: "warning", name: "noticed", message }));
}

interface Noticing {
  readonly noticed: readonly string[];
  readonly recording: Recording;
}

/** When the segment ended that began at a task time [s]; the last step's time if that is not known. */
function endOfSegment({ times, segmentStarts, segmentTimes }: Recording, taskTime: number): number {
  const next = segmentStarts.at(segmentTimes.indexOf(taskTime) + 1);
  return (next === undefined ? undefined : times.at(next)) ?? times[times.length - 1];
}
