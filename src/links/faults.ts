/** Why a robot is stopped: numbers for the control loop, which handles no texts, and what robots report, for people. */
import { MOST_BIAS, MOST_NOISE } from "./serial/limits.js";
import { ArmResult, protocol } from "./wire/protocol.js";

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
  mainThread,
  suspended,
  terminalGone,
  stopListener,
  serviceNotifier,
  boardTimeout,
  boardDisarmed,
  boardManual,
  boardRadioLost,
  boardRadioStop,
  boardReset,
  boardShock,
  boardTilt,
  gyroSaturated,
  gyroFrozen,
  gyroAsleep,
  gyroSelfTest,
  gyroNoise,
  gyroBias,
  encoderFast,
  encoderBackwards,
  encoderUnasked,
  batteryMissing,
  radioMissing,
  radioMode,
  armRefused,
  noAnswer,
  foreignBytes,
  wrongVersion,
  configuration,
  configurationEcho,
  silentTopic,
  noPublisher,
  mismatch,
  noSubscriber,
  deafSubscriber,
  unreadable,
  frame,
  stamps,
  pace,
  twistFrame,
  twistPose,
  relayStopped,
  foreignPublisher,
  batteryLost,
  yawRange,
  grip,
  frozenYaw,
  frozenSpeed,
  frozenPlace,
  speedJump,
  speedSign,
  speedModel,
  turnSign,
  noTurn,
  turnModel,
  curvature,
  lateral,
  course,
  noProgress,
  delayed,
  yawJump,
  offPlace,
  tooClose,
  steeringReversed,
  steeringDead,
  throttleReversed,
  throttleDead,
  unexplained,
  poseContradicts,
  poseLost,
  vescFirmware,
  vescLayout,
  vescTimeout,
  vescBrake,
  vescServo,
  vescApp,
  vescImu,
  vescRolls,
  vescTimedOut,
  vescStopped,
  vescKilled,
  gamepadLost,
  gamepadReleased,
  helperTimedOut,
  helperPaused,
  guardStopped,
  busFailed,
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
const PUT_BACK = `put the car back, then ${GO_ON}`;
const CHIP = "check the gyro's cable and supply: docs/firmware.md; a chip that does so again is broken";

/** Why a board refuses to be armed; a newer firmware may have reasons that are not here. */
const ARM_REFUSALS: Readonly<Record<string, string>> = {
  [ArmResult.noSession]: "another program said hello to it",
  [ArmResult.rcLost]: "the radio is required, or was received before, and is not received",
  [ArmResult.rcNotAuto]: "the radio's mode switch is not at automatic",
  [ArmResult.tilted]: "the car leans by more than 60°",
};

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
  [Fault.boardShock]: {
    what: () => `the board stopped the car: it measured a blow of more than ${protocol.shock} g`,
    noticed: BY_TELEMETRY,
    remedy: `see what it hit, and whether it is whole; ${PUT_BACK}`,
  },
  [Fault.boardTilt]: {
    what: () => `the board stopped the car: it leaned by more than 60° for ${protocol.tiltAfter / 1000} s`,
    noticed: BY_TELEMETRY,
    remedy: `${PUT_BACK}; if it stood upright, mount the gyro's chip flat: docs/firmware.md`,
  },
  [Fault.gyroSaturated]: {
    what: () => "the gyro is at the end of its range, 17.4 rad/s",
    noticed: BY_TELEMETRY,
    remedy: `a car that does not spin has a broken gyro; else ${PUT_BACK}`,
  },
  [Fault.gyroFrozen]: {
    what: () => "the gyro repeats the same value to the last bit, so it does not measure",
    noticed: "0.6 s",
    remedy: CHIP,
  },
  [Fault.gyroAsleep]: {
    what: () => "the gyro's chip sleeps: it lost its power for a moment",
    noticed: "0.2 s",
    remedy: CHIP,
  },
  [Fault.gyroSelfTest]: {
    what: () => "the gyro's chip failed its self-test",
    remedy: `keep the car still after power on; ${CHIP}`,
  },
  [Fault.gyroNoise]: {
    what: (value) =>
      `the gyro of the standing car is uneasy: ${value} rad/s from lowest to highest (limit ${MOST_NOISE})`,
    remedy: "keep the car still for two seconds; fix the gyro's chip to the chassis",
  },
  [Fault.gyroBias]: {
    what: (value) => `the standing car turns at ${value} rad/s by its gyro (limit ${MOST_BIAS})`,
    remedy: "keep the car still, and restart the board: then the gyro finds its bias anew",
  },
  [Fault.encoderFast]: {
    what: () => `the encoder ticks faster than ${protocol.encoderMost} times a second`,
    noticed: BY_TELEMETRY,
    remedy: "check its cable and shield: it counts interference",
  },
  [Fault.encoderBackwards]: {
    what: () => `the encoder counted backwards for ${protocol.encoderAfter / 1000} s under forward throttle`,
    noticed: `${protocol.encoderAfter / 1000} s`,
    remedy: "swap encoder A and B, or set servo.throttleReversed: docs/firmware.md",
  },
  [Fault.encoderUnasked]: {
    what: () => `the encoder ticked on after ${protocol.rollingMost / 1000} s of neutral throttle`,
    noticed: `${protocol.rollingMost / 1000} s`,
    remedy: "let the car stand on level ground; if it stands, check the encoder's cable; check the ESC's neutral",
  },
  [Fault.batteryMissing]: {
    what: () => "the battery is not measured, and servo.batteryRequired asks for it",
    remedy: "wire the divider of docs/firmware.md, or drive without servo.batteryRequired",
  },
  [Fault.radioMissing]: {
    what: () => "no radio is received, and servo.radioRequired asks for one",
    remedy: "switch the transmitter on",
  },
  [Fault.radioMode]: {
    what: (value) => `the radio's mode switch is at ${value} µs; below ${protocol.rcAutoBelow} µs the host may drive`,
    remedy: "switch it to automatic",
  },
  [Fault.armRefused]: {
    what: (value) => `the board refused to be armed: ${ARM_REFUSALS[value] ?? `reason ${value}`}`,
    remedy: "see docs/firmware.md for its conditions",
  },
  [Fault.wrongVersion]: {
    what: (value) => `the board speaks protocol version ${value}, this program ${protocol.version}`,
    remedy: "flash the firmware of this version: docs/firmware.md",
  },
  [Fault.configuration]: {
    what: () => "the board refused the servo settings",
    remedy: "keep pulses in order and within 900 to 2100 µs: docs/firmware.md",
  },
  [Fault.configurationEcho]: {
    what: (value) => `the board has ${value} in force for a servo setting that was asked to be something else`,
    remedy: "flash the firmware of this version: docs/firmware.md",
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
  [Fault.twistFrame]: {
    what: (value) => `the speed beside the state's poses counts in another frame than is said, for ${value} s`,
    noticed: "0.5 s of moving where heading and axes differ by more than 20°",
    remedy:
      "set ros2.twistFrame to world, or to body if it is world: nav_msgs/Odometry ought to have its twist in the " +
      "body, " +
      "and many drivers have it in the world",
  },
  [Fault.twistPose]: {
    what: (value) => `the speed beside the state's poses contradicted how they move, for ${value} s`,
    noticed: "0.5 s of moving",
    remedy:
      "compare twist and pose by ros2 topic echo: units are m and m/s, x is forward; " +
      "or give ros2.pose without twist",
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
