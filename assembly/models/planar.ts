/*
 * What the parts of a robot in the plane (models, plants, controllers, rewards, tasks, reference) hand to each other:
 * the entries of its rows, in their order. Entry i of a row of doubles lies 8 i bytes behind its address.
 */

/** State of a robot that drives, or walks, where it points. */
export const enum PlanarState {
  /** position [m] */
  x,
  y,
  /** forward speed [m/s] */
  v,
  /** heading [rad] */
  phi,
  count,
}

/** Input of a car, both within [-1, 1]. */
export const enum CarInput {
  /** u_a */
  throttle,
  /** u_w */
  steering,
  count,
}

/** Input of a robot that takes speed and turn rate. */
export const enum QuadrupedInput {
  /** u_v [m/s] */
  speed,
  /** u_w [rad/s] */
  turnRate,
  count,
}

/** Setpoint: where to be, and with what velocity. */
export const enum PlanarSetpoint {
  /** position [m] */
  x,
  y,
  /** velocity [m/s] */
  vx,
  vy,
  count,
}

/** Reference: a setpoint with its acceleration. */
export const enum PlanarReference {
  /** position [m] */
  x,
  y,
  /** velocity [m/s] */
  vx,
  vy,
  /** acceleration [m/s^2] */
  ax,
  ay,
  count,
}
