/**
 * What the process of the ROS node and the control thread say to each other: rows of doubles through two pipes. A row
 * is far below PIPE_BUF, so it arrives whole or not at all, and a buffer for whole rows never gets a part of one. Times
 * are of the machine's monotonic clock [s].
 */

/** From the node: the state, what it knows of the graph, and what it does with the commands. */
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
  /**
   * way forward [m] and turn [rad] that were measured until then, added up: a row that is lost takes nothing away; NaN,
   * as `v`: an IMU alone measures how it moves
   */
  distance,
  turn,
  /** poses from outside that came, and the last of them, in the order of PoseEntry */
  poses,
  poseSeconds,
  poseArrived,
  poseX,
  poseY,
  poseHeading,
  /** fault that a message which came later was refused for */
  refusal,
  /** who publishes the state, and how many of them with another type or quality */
  publishers,
  mismatched,
  /** who subscribes the command, and how many of them ask for another type or quality */
  subscribers,
  deaf,
  /** number of the last arming that the node has stopped, the fault that it was for, and a number that belongs to it */
  stoppedArming,
  stoppedFor,
  stoppedValue,
  /** {@link CommandSlot.sent} of the last command that was published as it came; -Infinity if none was */
  followed,
  /** the task's inputs that the last message was made of, before its limits; NaN while nothing is published */
  appliedFirst,
  appliedSecond,
  count,
}

/** From the control thread, at every control step. */
export enum CommandSlot {
  sent,
  /**
   * number of the arming for which the robot is to follow these inputs, each higher than the last; 0: nothing is to be
   * published. An arming that the node has stopped never moves the robot again.
   */
  arming,
  first,
  second,
  count,
}

export const STATE_BYTES = StateSlot.count * 8;
/** A power of two: what is read of a pipe at a time ends with a row. */
export const COMMAND_BYTES = CommandSlot.count * 8;
