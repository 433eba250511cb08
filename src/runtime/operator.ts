/** Whoever stands beside the robot, or sits at the other end of an SSH connection. */
export interface Operator {
  /** Tells something. */
  say(text: string): void;
  /** Asks before the robot moves; false: it shall not. */
  confirm(question: string): Promise<boolean>;
  /** aborted when the robot is to stop */
  readonly signal: AbortSignal;
  /** Whether the operator gave a heartbeat since the last call; true where none is asked for. */
  takeHeartbeat(): boolean;
}
