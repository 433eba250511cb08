/** What a link declares of itself: the default export of a file of src/links/kinds, whose name is the link's. */
import type { RunConfig } from "../config/schema.js";
import type { TaskDefinition } from "../tasks/definition.js";
import type { Link } from "./link.js";
import type { Robot, Transport } from "./robot.js";

/** A simulator: it drives in virtual time, whole rollouts at once, and nobody needs to allow it to move. */
export interface SimulatedLink {
  readonly isSimulated: true;
  /** what is at the other end, for the help; a line by itself, as `isSimulated`: scripts/registries.mjs reads both */
  readonly summary: string;
  make(): Link;
}

/** A robot, driven in real time by a control thread. */
export interface RobotLinkDefinition {
  readonly isSimulated: false;
  /** as that of {@link SimulatedLink} */
  readonly summary: string;
  readonly transport: TransportKind;
  /** The robot as a configuration has it; a UserError if the link's own settings do not fit together. */
  describe(config: RunConfig, task: TaskDefinition): RobotDescription;
}

/** What carries bytes to a robot and back: a serial port, 8N1, or a process: with a ROS 2 node, or for an I²C bus. */
export type TransportKind =
  | { readonly kind: "serial"; readonly baud: number }
  | { readonly kind: "ros2" }
  | { readonly kind: "i2c" };

export type LinkDefinition = SimulatedLink | RobotLinkDefinition;

/** What must be known of a robot before it is there. */
export interface RobotDescription {
  /** names of the task's states and inputs that it measures and takes */
  readonly states: readonly string[];
  readonly inputs: readonly string[];
  /** it may stop by itself when commands come less often [s] */
  readonly longestPeriod: number;
  /** why it may not be armed as it is configured, and what to do; undefined: it may */
  readonly unarmable?: string | undefined;
  /**
   * What its transport is where it is only heard: one that lets nothing but questions through, of a robot that says
   * nothing unasked; undefined: one by which nothing is sent.
   */
  readonly whenHeard?: (transport: Transport) => Transport;
  /** `nonce`: a number that no earlier start of this program had. */
  make(transport: Transport, nonce: number): Robot;
}
