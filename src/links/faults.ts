/** Why a robot is stopped: numbers for the control loop, which handles no texts, and what they mean to people. */

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
}

interface Description {
  /** what was seen; `value` and `limit` as the fault has them */
  readonly what: (value: string, limit: string) => string;
  /** what to do */
  readonly remedy: string;
}

const BEFORE_DRIVING = "put the car back, then go on with --resume";

const descriptions: Readonly<Record<Exclude<Fault, Fault.none>, Description>> = {
  [Fault.operatorStop]: { what: () => "stopped by the operator", remedy: "go on with --resume" },
  [Fault.deadMan]: {
    what: (value, limit) => `no key was pressed for ${value} s (limit ${limit} s)`,
    remedy: "hold the space bar while the car drives, or leave --dead-man out",
  },
  [Fault.lostLink]: {
    what: (value, limit) => `nothing was heard from the robot for ${value} s (limit ${limit} s)`,
    remedy: "check cable and power, and that no other program has the port: lapgrad doctor",
  },
  [Fault.staleState]: {
    what: (value, limit) => `the measured state is ${value} s old (limit ${limit} s)`,
    remedy: "check what measures the state, or raise stale-after if it is only slow",
  },
  [Fault.noState]: {
    what: () => "the robot does not measure its state",
    remedy:
      "keep the car still for two seconds after power on, so that the gyro finds its bias; check gyro and encoder",
  },
  [Fault.notFinite]: { what: () => "the measured state is not a number", remedy: "check what measures the state" },
  [Fault.jump]: {
    what: (value, limit) => `the measured position jumped by ${value} m (limit ${limit} m)`,
    remedy: "check what measures the state (a second robot in view, a slipping encoder), or raise max-jump",
  },
  [Fault.bounds]: { what: () => "the state left the bounds of the task", remedy: BEFORE_DRIVING },
  [Fault.policy]: {
    what: () => "the policy gave a command that is not a number",
    remedy: "the parameters are damaged: go on with --resume, from the last checkpoint",
  },
  [Fault.speed]: {
    what: (value, limit) => `the speed was ${value} m/s (limit ${limit} m/s)`,
    remedy: `${BEFORE_DRIVING}; raise max-speed if the place allows it`,
  },
  [Fault.corridor]: {
    what: (value, limit) => `the car was ${value} m off the track (limit ${limit} m)`,
    remedy: `${BEFORE_DRIVING}; raise corridor if the place allows it`,
  },
  [Fault.geofence]: {
    what: (value, limit) => `the car was ${value} m outside the geofence (limit ${limit} m)`,
    remedy: `${BEFORE_DRIVING}; change geofence if the place allows it`,
  },
  [Fault.uncertain]: {
    what: (value, limit) => `by dead reckoning the position is uncertain by ${value} m (limit ${limit} m)`,
    remedy: "put the car back on the start, then go on with --resume; a localisation has no such drift",
  },
  [Fault.battery]: {
    what: (value, limit) => `the battery has ${value} V (limit ${limit} V)`,
    remedy: "charge it, then go on with --resume",
  },
  [Fault.actuator]: {
    what: (value, limit) => `what the robot applies differs from the command by ${value} (limit ${limit})`,
    remedy: "compare the servo settings of the configuration with the board's; check that no radio drives",
  },
  [Fault.wheel]: {
    what: (value, limit) => `it was driven for ${limit} s and by its own measurement stands (command ${value})`,
    remedy: "look whether it moves: if it does, its encoder or localisation is dead; if not, its motor, ESC or battery",
  },
  [Fault.lateness]: {
    what: (value, limit) => `the control loop was late: ${value} s between two steps (limit ${limit} s)`,
    remedy: "end other programs, allow SCHED_FIFO (lapgrad doctor says how), or choose a longer control-period",
  },
  [Fault.clock]: {
    what: (value) => `the computer's clock jumped by ${value} s`,
    remedy: "do not suspend the computer while driving; go on with --resume",
  },
  [Fault.recorder]: {
    what: () => "the drive could not be recorded any more",
    remedy: "free some space on the disk, then go on with --resume",
  },
  [Fault.boardTimeout]: {
    what: () => "the board stopped the car: it heard no command for 200 ms",
    remedy: "check the cable; the computer may have been too busy: lapgrad doctor",
  },
  [Fault.boardDisarmed]: { what: () => "the board was disarmed", remedy: "another program may have stopped it" },
  [Fault.boardManual]: {
    what: () => "the radio took over",
    remedy: "switch it to automatic, then go on with --resume",
  },
  [Fault.boardRadioLost]: { what: () => "the board lost the radio", remedy: "switch the transmitter on" },
  [Fault.boardRadioStop]: {
    what: () => "the radio's switch was put to stop",
    remedy: "switch it to automatic, then go on with --resume",
  },
  [Fault.boardReset]: {
    what: () => "the board started anew",
    remedy: "check its power supply: a motor that starts can pull the voltage down",
  },
  [Fault.armRefused]: {
    what: (value) => `the board refused to be armed: ${value}`,
    remedy: "see docs/firmware.md for its conditions",
  },
  [Fault.noAnswer]: {
    what: (value) => `nothing answered within ${value} s`,
    remedy: "check cable, power, port and which firmware the board has: lapgrad doctor",
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
      "start what publishes it; compare its topic (ros2 topic list) with ros2.odometry or ros2.pose, and ROS_DOMAIN_ID and RMW_IMPLEMENTATION on both sides",
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
};

/** A fault with the numbers that it was found by (NaN where it has none). */
export interface FoundFault {
  readonly fault: Fault;
  readonly value: number;
  readonly limit: number;
}

/** What happened, for people. */
export function describeFault({ fault, value, limit }: FoundFault): string {
  if (fault === Fault.none) return "nothing";
  return descriptions[fault].what(numberText(value), numberText(limit));
}

/** What to do about it. */
export function remedyOf(fault: Fault): string {
  return fault === Fault.none ? "" : descriptions[fault].remedy;
}

function numberText(value: number): string {
  return `${Number(value.toPrecision(3))}`;
}
