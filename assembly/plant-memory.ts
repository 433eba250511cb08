/**
 * What a plant remembers beside its state, for assembly/actuation.ts: the row of the region `plantMemory`; and how its
 * parameters change, for assembly/plant-changes.ts: the rows of `plantChanges`.
 */

/** Commands that are kept: the longest delay is this many control periods. */
export const KEPT: i32 = 64;

/** A command in the ring. */
export enum Command {
  /** the time from which it holds [s] */
  since,
  /** at most 8 */
  inputs,
  count = 9,
}
/** Bytes of a command in the ring. */
// @ts-ignore: decorator
@inline
export const COMMAND: usize = 8 * Command.count;

/** The region `plantMemory`: where each part of it begins. */
export enum PlantMemory {
  /** number of commands given */
  commands,
  /** time since the start [s] */
  clock,
  /** inputs behind their lag, at most 8 */
  lagged,
  /** inputs that act now, at most 8 */
  acting = 10,
  /** inner state of the plant, at most 16 */
  inner = 18,
  /** the last {@link KEPT} commands */
  ring = 34,
}
/** Doubles of the region `plantMemory`. */
export const PLANT_MEMORY: i32 = PlantMemory.ring + Command.count * KEPT;

/** Changes that there is room for. */
export const CHANGES: i32 = 16;

/** Columns of the region `plantChanges`; rows in use come first. */
export enum Change {
  /** see {@link ChangeKind} */
  kind,
  /** index of the parameter that is multiplied */
  parameter,
  /** factor up to `since`, and from `until` on; of a place: outside and inside */
  before,
  after,
  /** time driven since standstill between which the factor goes evenly from one to the other; the same: at once [s] */
  since,
  until,
  /** centre and radius of a place [m] */
  x,
  y,
  radius,
  count,
}

export enum ChangeKind {
  /** the row is not in use */
  none,
  time,
  place,
}
