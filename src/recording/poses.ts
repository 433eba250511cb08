/** Where the robot and its reference are, from rows of named columns. */
import type { Pose } from "./messages.js";

/** The pose in a row, if it can be seen: undefined where a number is not finite. */
export type PoseIn = (row: ArrayLike<number>) => Pose | undefined;

function finite(x: number, y: number, phi: number): Pose | undefined {
  return Number.isFinite(x) && Number.isFinite(y) && Number.isFinite(phi) ? { x, y, phi } : undefined;
}

/** Where the named columns are; undefined unless all are there. */
function indexesOf(names: readonly string[], columns: readonly string[], width: number): number[] | undefined {
  const indexes = names.map((name) => columns.indexOf(name));
  return indexes.every((index) => index >= 0 && index < width) ? indexes : undefined;
}

/** Finds the driven pose in a state of `width` numbers; undefined if the state has no x, y and phi. */
export function drivenPose(columns: readonly string[], width: number): PoseIn | undefined {
  const indexes = indexesOf(["x [m]", "y [m]", "phi [rad]"], columns, width);
  if (!indexes) return undefined;
  const [x, y, phi] = indexes;
  return (row) => finite(row[x], row[y], row[phi]);
}

/**
 * Finds the reference's pose in a reference of `width` numbers, heading along its velocity; undefined if it has no x,
 * y, xdot and ydot.
 */
export function referencePose(columns: readonly string[], width: number): PoseIn | undefined {
  const indexes = indexesOf(["x [m]", "y [m]", "xdot [m/s]", "ydot [m/s]"], columns, width);
  if (!indexes) return undefined;
  const [x, y, xdot, ydot] = indexes;
  return (row) => finite(row[x], row[y], Math.atan2(row[ydot], row[xdot]));
}
