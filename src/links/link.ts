import type { Core } from "../core/core.js";

/** How a rollout on a link ended. */
export interface DriveResult {
  /** control steps driven */
  readonly steps: number;
  /** undefined if it ran its full length; otherwise what ended it, for people */
  readonly stopped: string | undefined;
  /** what to do about that, where it is known and not said there */
  readonly remedy?: string;
}

/** Where the robot is. A link drives the policy that is in the core and leaves the rollout in the core's arrays. */
export interface Link {
  readonly name: string;
  /** where the robot is, it sums up from wheel and gyro: nobody has measured it since it was placed */
  readonly isDeadReckoning: boolean;
  open(): Promise<void>;
  /**
   * Drives rollout `index` for `segments` network calls from its start: in simulation state and task time that are in
   * the core, otherwise where the robot stands. `goesOn`: the robot does not stop at the end, {@link driveOn} will
   * follow.
   */
  drive(core: Core, index: number, segments: number, goesOn: boolean): Promise<DriveResult>;
  /**
   * Drives on where rollout `previous` ended, into rollout `index`, of which the last `kept` segments of `previous`
   * become the first.
   */
  driveOn(core: Core, index: number, segments: number, previous: number, kept: number): Promise<DriveResult>;
  /**
   * Hands the policy in the core over while a piece is being driven: it acts from the robot's next network call on.
   * Absent: there is nobody to hand it to before the next {@link driveOn}.
   */
  handOver?(core: Core): void;
  /** Neutral, at once. */
  stop(): Promise<void>;
  close(): Promise<void>;
}
