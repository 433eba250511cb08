/** Firings of the reflex (assembly/reflex.ts), as the core keeps them. */
import type { Core } from "./core.js";

export interface Firing {
  /** at the start of the segment that was judged [s] */
  readonly taskTime: number;
  /** part of the turn rate that the model expects which was missing */
  readonly shortfall: number;
  /** part of the grip that is left */
  readonly gripLeft: number;
  /** from then on */
  readonly pace: number;
}

/** How often the reflex has fired. */
export function firingCount(core: Core): number {
  return core.view("reflex")[core.exports.Reflex.firings];
}

/** The firings after the first `before`, as far as they are kept. */
export function firingsSince(core: Core, before: number): Firing[] {
  const { Firing: column } = core.exports;
  const rows = core.view("reflexFirings");
  const kept = rows.length / column.count;
  const count = firingCount(core);
  const firings: Firing[] = [];
  for (let i = Math.max(before, count - kept); i < count; i++) {
    const row = rows.subarray((i % kept) * column.count);
    const [taskTime, shortfall] = [row[column.taskTime], row[column.shortfall]];
    firings.push({ taskTime, shortfall, gripLeft: row[column.gripLeft], pace: row[column.pace] });
  }
  return firings;
}

/** Adds one that happened elsewhere: in the core of a control thread. */
export function addFiring(core: Core, { taskTime, shortfall, gripLeft, pace }: Firing): void {
  const { Firing: column, Reflex } = core.exports;
  const rows = core.view("reflexFirings");
  const row = rows.subarray((firingCount(core) % (rows.length / column.count)) * column.count);
  row[column.taskTime] = taskTime;
  row[column.shortfall] = shortfall;
  row[column.gripLeft] = gripLeft;
  row[column.pace] = pace;
  core.view("reflex")[Reflex.firings]++;
}

/** For people. */
export function describeFiring({ shortfall, gripLeft, pace }: Omit<Firing, "taskTime">): string {
  const missing = `it turned ${(100 * shortfall).toFixed(0)} % less than the fitted model expects`;
  return `reflex: ${missing}; grip left ${gripLeft.toFixed(2)}, pace ${pace.toFixed(2)}`;
}
