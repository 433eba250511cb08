/** What lies between a control thread and its robot, as the main thread sees it. */
import type { Live } from "../links/ros2/live.js";

/** Where the control thread reads and writes, without waiting. */
export interface Descriptors {
  readonly read: number;
  readonly write: number;
}

export interface Line {
  /** where it leads, for people */
  readonly name: string;
  open(): Promise<Descriptors>;
  /** why it does not work any more, if so */
  readonly failure: string | undefined;
  /** Tells those who watch what happens in the drive. */
  show?(live: Live): void;
  /** Once the control thread has ended. */
  close(): Promise<void>;
}
