/** What happened during a drive beside driving, as messages of foxglove.Log and back. */
import type { Stamp } from "./messages.js";

/** Levels and their numbers in foxglove.Log. */
const LEVELS = { info: 2, warning: 3, fault: 4 } as const;
export type EventLevel = keyof typeof LEVELS;

/** Something that happened during a drive. */
export interface DriveEvent {
  /** since the start of the drive [s]; kept to the nanosecond */
  readonly time: number;
  /** a fault is why the robot was stopped */
  readonly level: EventLevel;
  /** what kind of event, e.g. recovered */
  readonly name: string;
  /** for people */
  readonly message: string;
}

/** /events, foxglove.Log. */
export function eventMessage(stamp: Stamp, { level, name, message }: DriveEvent): string {
  const what = `"level":${LEVELS[level]},"name":${JSON.stringify(name)},"message":${JSON.stringify(message)}`;
  return `{"timestamp":${stamp.text},${what},"file":"","line":0}`;
}

/** The event that {@link eventMessage} wrote, from parsed JSON; undefined if it is none. */
export function eventOf({ timestamp, level, name, message }: Record<string, unknown>): DriveEvent | undefined {
  const { sec, nsec } = Object(timestamp);
  const known = Object.entries(LEVELS).find(([, number]) => number === level);
  if (!known || !Number.isSafeInteger(sec) || !Number.isSafeInteger(nsec)) return undefined;
  if (typeof name !== "string" || typeof message !== "string") return undefined;
  return { time: (sec * 1e9 + nsec) / 1e9, level: known[0] as EventLevel, name, message };
}
