/** The state of a robot that drives, or walks, in the plane, as assembly/models/planar.ts has it. */

/** Its entries, by index. */
export enum PlanarState {
  /** position [m] */
  x,
  y,
  /** forward speed [m/s] */
  v,
  /** heading [rad] */
  phi,
}

/** Their names in a task's `columns.state`: what robots in the plane measure. */
export const PLANAR_STATE = ["x [m]", "y [m]", "v [m/s]", "phi [rad]"] as const;
