/** Where a control loop runs, as the main thread sees it. */
import type { Ring } from "./records.js";
import type { Shared } from "./shared.js";

export interface ControlHost {
  readonly shared: Shared;
  readonly ring: Ring;
  /** Opens the robot's port and starts the loop. */
  start(): Promise<void>;
  /** Lets the loop make a step or more; throws if it has died. */
  pause(): Promise<void>;
  /** What people should know of how it runs, if anything. */
  note(): string | undefined;
  /** How it ran. */
  summary(): string | undefined;
  /** Sees every row that the loop wrote down, if somebody watches. */
  watch?(row: Float64Array): void;
  /** Ends the loop, the robot at rest, and closes the port. */
  end(): Promise<void>;
}
