/**
 * A robot as the control loop sees it. Nothing here waits, allocates or throws: the loop calls it at every control
 * step.
 */
import type { MeasuredLog } from "../estimation/measured.js";
import type { Fault } from "./faults.js";

/** Bytes to and from a robot. */
export interface Transport {
  /** Puts what has arrived into `into`; how many bytes, 0 if none or the transport is gone. */
  read(into: Uint8Array): number;
  /**
   * Sends the first `count` bytes; false if they could not be taken: they are lost, and the robot's own time-out must
   * stop it.
   */
  write(bytes: Uint8Array, count: number): boolean;
}

/** How far a robot is from following commands. */
export enum RobotPhase {
  /** it was not heard yet, or it started anew */
  connecting,
  /** it answers, and does not move */
  ready,
  /** it was asked to follow commands */
  arming,
  /** it follows commands */
  armed,
}

/** What was measured last; one object per robot, overwritten in place. */
export interface Reading {
  /** when this state held, by the host's clock [s]; -Infinity before the first */
  time: number;
  /** n: as the task has it */
  readonly state: Float64Array;
  /** when the robot was last heard at all [s] */
  heard: number;
  /** bytes that came from a port, whether or not they mean anything; 0 where none is read */
  bytes: number;
  /** standard deviation of the position [m]; 0 where a localisation measures it that does not say */
  uncertainty: number;
  /** when the newest pose from outside was true that agrees with the rest [s]; NaN where none are expected */
  poseTime: number;
  /** poses since, in a row, that do not */
  contradicted: number;
  /** [V]; NaN if not measured */
  battery: number;
  /** forward [m/s²], by an accelerometer; NaN if not measured */
  forwardAcceleration: number;
  /** to the left [rad/s], by a gyro; NaN where only headings are measured */
  yawRate: number;
  /** end of the gyro's range [rad/s]; NaN if not known */
  yawRange: number;
  /** to the left [m/s²], by an accelerometer; NaN if not measured */
  lateralAcceleration: number;
  /** m: the inputs that the robot says it applies; NaN if it does not say */
  readonly applied: Float64Array;
}

export interface Robot {
  readonly reading: Reading;
  readonly phase: RobotPhase;
  /** inputs at which the robot stands still, m */
  readonly neutral: Float64Array;
  /** its state counts from where it is placed (odometry), not from the room */
  readonly placeable: boolean;
  /** Why it left its phase by itself, once: {@link Fault.none} if it did not. */
  takeFault(): Fault;
  /** a number that belongs to the last fault, NaN if there is none */
  readonly faultValue: number;
  /**
   * when the last command was sent that it is known to have followed before that fault [s]; NaN if it followed all, or
   * cannot tell
   */
  readonly followedUntil: number;
  /**
   * From now on somebody else drives it, by hand or by radio, and it is only heard: it measures without anything being
   * sent to it. Before the first {@link receive}.
   */
  listen(): void;
  /** Takes in what has arrived by `now` [s]. */
  receive(now: number): void;
  /**
   * The measured state carried forward to `now`, into `state`; the last known one where nothing is measured any more.
   */
  stateAt(now: number, state: Float64Array): void;
  /** The state counts from here on; for robots that are {@link placeable}. */
  place(state: Float64Array): void;
  /** Takes a pose that was measured from outside: seconds, arrived, x, y, heading, see pose/shared-poses.ts. */
  takePose?(pose: Float64Array): void;
  /** From here on writes down what it measures; for robots with an estimator. */
  logTo?(log: MeasuredLog): void;
  /** Sends the command of this step; neutral unless the robot is armed. Also what keeps the connection alive. */
  send(now: number, input: Float64Array): void;
  /** Asks the robot to follow commands; its phase, or a fault, answers. */
  arm(now: number): void;
  /** Neutral at once, and no following of commands. */
  disarm(now: number): void;
}

export function newReading(states: number, inputs: number): Reading {
  return {
    time: Number.NEGATIVE_INFINITY,
    state: new Float64Array(states),
    heard: Number.NEGATIVE_INFINITY,
    bytes: 0,
    uncertainty: 0,
    poseTime: Number.NaN,
    contradicted: 0,
    battery: Number.NaN,
    forwardAcceleration: Number.NaN,
    yawRate: Number.NaN,
    yawRange: Number.NaN,
    lateralAcceleration: Number.NaN,
    applied: new Float64Array(inputs).fill(Number.NaN),
  };
}

/** A robot that nothing can be sent to. */
export type HeardRobot = Pick<
  Robot,
  "reading" | "phase" | "placeable" | "listen" | "takePose" | "logTo" | "receive" | "takeFault" | "faultValue"
>;

/** How old a measured state is [s]; 0 where none has a time. */
export function ageOf({ time }: Reading, now: number): number {
  return time === Number.NEGATIVE_INFINITY ? 0 : now - time;
}

/** Whether a command is one; anything else must reach a robot as neutral, as a whole. */
export function isCommand(input: Float64Array): boolean {
  for (let i = 0; i < input.length; i++) if (!Number.isFinite(input[i])) return false;
  return true;
}
