import { Fault } from "../links/faults.js";

/** Whoever stands beside the robot, or sits at the other end of an SSH connection. */
export interface Operator {
  /** Tells something. */
  say(text: string): void;
  /** Asks before the robot moves; false: it shall not. */
  confirm(question: string): Promise<boolean>;
  /** aborted when the robot is to stop; its reason is a {@link Fault} */
  readonly signal: AbortSignal;
  /** Whether the operator gave a heartbeat since the last call; true where none is asked for. */
  takeHeartbeat(): boolean;
  /** The robot is at rest and disarmed, and nothing drives it any more; all is written. */
  atRest?(): void;
}

/** What the robot is to stop for, by the signal of an {@link Operator}; without a reason the operator wants it. */
export function stopReason({ reason }: AbortSignal): Fault {
  return typeof reason === "number" ? reason : Fault.operatorStop;
}
