/**
 * What the process of the ROS node and the control thread say to each other: rows of doubles through two pipes. A row
 * is far below PIPE_BUF, so it arrives whole or not at all, and a buffer for whole rows never gets a part of one. Times
 * are of the machine's monotonic clock [s].
 */

/** From the node: the state, and what it knows of the graph. */
export enum StateSlot {
  sent,
  /** when the state held; -Infinity before the first */
  time,
  /** when it arrived */
  arrival,
  x,
  y,
  v,
  phi,
  /** yaw rate [rad/s] */
  rate,
  /** fault that a message which came later was refused for */
  refusal,
  /** who publishes the state, and how many of them with another type or quality */
  publishers,
  mismatched,
  /** who subscribes the command, and how many of them ask for another type or quality */
  subscribers,
  deaf,
  count,
}

/** From the control thread, at every control step. */
export enum CommandSlot {
  sent,
  /** 1: the robot is to follow these inputs; 0: nothing is to be published */
  follows,
  first,
  second,
  count,
}

/** Without a row from the control thread for this duration the node stops the robot [s]. */
export const SILENT_AFTER = 0.2;

export const STATE_BYTES = StateSlot.count * 8;
export const COMMAND_BYTES = CommandSlot.count * 8;
