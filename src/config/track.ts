/** The setting `track`: from the file that a user names to the text that a run keeps. */
import { UserError } from "../errors.js";
import { shortened } from "../output.js";
import type { TaskDefinition } from "../tasks/definition.js";
import { trackFrom, withSpeed } from "../tracks/make.js";
import { readRawTrack } from "../tracks/read.js";
import { isTrackText, textOf } from "../tracks/text.js";
import type { SpeedPlan } from "../tracks/track.js";

export const TRACK_SPEED = "file (fastest, if it says none), a number [m/s], or fastest:usage, e.g. fastest:0.8";

/** What `track-speed` says: undefined leaves it to the file; null: nothing that is allowed. */
export function speedPlanOf(given: string): SpeedPlan | undefined | null {
  if (given === "file") return undefined;
  if (given === "fastest") return {};
  const usage = /^fastest:(\d*\.?\d+)$/.exec(given);
  const number = Number(usage ? usage[1] : given);
  if (given.trim() === "" || !(number > 0) || number > (usage ? 1.5 : 30)) return null;
  return usage ? { usage: number } : { constant: number };
}

/** The text of a task's track: of the file that is given, or the task's own; empty, if the task has none. */
export function trackText(task: TaskDefinition, given: string, speed: string): string {
  if (!task.track) {
    if (given === "") return "";
    throw new UserError(`${task.name} has no track: leave --track ${shortened(given)} out, or train car-track`);
  }
  if (isTrackText(given)) return given;
  if (given === "" && speed === "file") return textOf(task.track);
  const plan = speedPlanOf(speed) ?? undefined;
  if (given === "") return textOf(withSpeed(task.track, plan));
  return textOf(trackFrom(readRawTrack(given), plan));
}
