/** `train --tracker`: a run is followed by a server while it is driven. */
import type { Output } from "../output.js";
import type { Tracked, Tracker } from "../trackers/tracker.js";

/** Makes the tracker of a run, which says on the output what people should know. */
export type Follow = (tracked: Omit<Tracked, "say">, output: Output) => Tracker;

/** Of what was given as --tracker; undefined: nothing was. @throws UserError if that is no tracker */
export async function followerFor(given: string | undefined): Promise<Follow | undefined> {
  if (given === undefined) return undefined;
  const { Tracker, trackerAddress } = await import("../trackers/tracker.js");
  const address = trackerAddress(given);
  return (tracked, { say }) => new Tracker(address, { ...tracked, say });
}

/** Drives, and has the tracker know how that ended. */
export async function whileFollowed<T>(
  tracker: Tracker | undefined,
  signal: AbortSignal,
  drive: () => Promise<T>,
): Promise<T> {
  let isDone = false;
  try {
    const driven = await drive();
    isDone = true;
    return driven;
  } finally {
    // a robot that is stopped in the middle of a lap ends with an error, too
    await tracker?.close(signal.aborted ? "KILLED" : isDone ? "FINISHED" : "FAILED");
  }
}
