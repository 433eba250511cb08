/** Why a robot is stopped: numbers for the control loop, which handles no texts, and what robots report, for people. */

export enum Fault {
  none,
  operatorStop,
  deadMan,
  lostLink,
  staleState,
  noState,
  notFinite,
  jump,
  bounds,
  policy,
  speed,
  corridor,
  geofence,
  uncertain,
  battery,
  actuator,
  wheel,
  lateness,
  clock,
  recorder,
  boardTimeout,
  boardDisarmed,
  boardManual,
  boardRadioLost,
  boardRadioStop,
  boardReset,
  armRefused,
  noAnswer,
  wrongVersion,
  configuration,
  silentTopic,
  noPublisher,
  mismatch,
  noSubscriber,
  deafSubscriber,
  unreadable,
  frame,
  stamps,
  pace,
  relayStopped,
  foreignPublisher,
}

/** A fault with the numbers that it was found by (NaN where it has none). */
export interface FoundFault {
  readonly fault: Fault;
  readonly value: number;
  readonly limit: number;
}

/** What stops a robot, for people: runtime/stops.ts has one for every fault. */
export interface Stop {
  /** what was seen; `value` and `limit` as the fault has them, as text */
  readonly what: (value: string, limit: string) => string;
  /** how soon it is noticed; undefined: that depends on who reports it */
  readonly noticed?: string;
  /** what to do */
  readonly remedy: string;
}

const BY_TELEMETRY = "50 ms: its next telemetry";
const GO_ON = "go on with --resume";

/**
 * What robots report, by themselves or asked to connect or to be armed; everything else is found by the control loop.
 */
export const robotStops = {
  [Fault.boardTimeout]: {
    what: () => "the board stopped the car: it heard no command for 200 ms",
    noticed: BY_TELEMETRY,
    remedy: "check the cable; the computer may have been too busy: lapgrad doctor",
  },
  [Fault.boardDisarmed]: {
    what: () => "the board was disarmed",
    noticed: BY_TELEMETRY,
    remedy: "another program may have stopped it",
  },
  [Fault.boardManual]: {
    what: () => "the radio took over",
    noticed: BY_TELEMETRY,
    remedy: `switch it to automatic, then ${GO_ON}`,
  },
  [Fault.boardRadioLost]: {
    what: () => "the board lost the radio",
    noticed: BY_TELEMETRY,
    remedy: "switch the transmitter on",
  },
  [Fault.boardRadioStop]: {
    what: () => "the radio's switch was put to stop",
    noticed: BY_TELEMETRY,
    remedy: `switch it to automatic, then ${GO_ON}`,
  },
  [Fault.boardReset]: {
    what: () => "the board started anew",
    noticed: BY_TELEMETRY,
    remedy: "check its power supply: a motor that starts can pull the voltage down",
  },
  [Fault.armRefused]: {
    what: (value) => `the board refused to be armed: ${value}`,
    remedy: "see docs/firmware.md for its conditions",
  },
  [Fault.wrongVersion]: {
    what: (value, limit) => `the board speaks protocol version ${value}, this program ${limit}`,
    remedy: "flash the firmware of this version: docs/firmware.md",
  },
  [Fault.configuration]: {
    what: () => "the board refused the servo settings",
    remedy: "keep pulses in order and within 900 to 2100 µs: docs/firmware.md",
  },
  [Fault.silentTopic]: {
    what: (value) => `no message with the state came for ${value} s`,
    remedy: "see that its publisher lives and how often it publishes: ros2 topic hz; or raise ros2.timeout",
  },
  [Fault.noPublisher]: {
    what: (value) => `nobody was found within ${value} s who publishes the state`,
    remedy:
      "start what publishes it; compare its topic (ros2 topic list) with ros2.odometry or ros2.pose, " +
      "and ROS_DOMAIN_ID and RMW_IMPLEMENTATION on both sides",
  },
  [Fault.mismatch]: {
    what: () => "the state is published with another type or QoS than asked for, so nothing arrives",
    remedy: "compare ros2 topic info -v with ros2.stateQos (best-effort takes what any publisher sends): docs/ros2.md",
  },
  [Fault.noSubscriber]: {
    what: () => "nobody subscribes the command",
    remedy: "start the robot's driver; compare its topic (ros2 topic list) with ros2.command: docs/ros2.md",
  },
  [Fault.deafSubscriber]: {
    what: () => "the command is subscribed with another type or QoS, so the robot hears nothing",
    remedy: "compare ros2 topic info -v with ros2.commandType and ros2.commandQos: docs/ros2.md",
  },
  [Fault.unreadable]: {
    what: (value) => `no message with the state could be read for ${value} s`,
    remedy: "compare ros2 topic type with docs/ros2.md",
  },
  [Fault.frame]: {
    what: (value) => `the state came in another frame for ${value} s`,
    remedy: "name its frame_id with ros2.frame, and let one node alone publish it",
  },
  [Fault.stamps]: {
    what: (value) => `the state's stamps stood still or went back for ${value} s`,
    remedy: "let one node alone publish it, with the time of measurement; without one, use ros2.stamps ignore",
  },
  [Fault.pace]: {
    what: (value) => `the state's stamps did not advance with this computer's clock for ${value} s`,
    remedy: "let the simulation run in real time, or use ros2.stamps ignore",
  },
  [Fault.relayStopped]: {
    what: (value) => `the ROS node stopped the robot: it heard nothing of the control thread for ${value} s`,
    noticed: "0.2 s, or 3.5 control periods; told at the next control step",
    remedy: `the computer was too busy: lapgrad doctor on real-time priority; then ${GO_ON}`,
  },
  [Fault.foreignPublisher]: {
    what: (value) => `somebody else gives the robot commands too: publishers beside ours: ${value}`,
    noticed: "before it is armed; while it drives 0.2 s after its publisher is on the graph",
    remedy:
      "end the node that is named above, or give it another topic: ros2 topic info -v; " +
      "one that was killed is on the graph for 10 s more",
  },
} satisfies Partial<Record<Fault, Stop>>;
