/** Settings of a real robot: how it is reached, what it is made of, and what stops it. */
import * as v from "valibot";
import { isPoseText, poseMeanings, poseNames } from "./poses.js";
import { finite, notNegative, positive } from "./values.js";

const fence = v.pipe(
  v.array(finite, "four numbers xLow,xHigh,yLow,yHigh, or none"),
  v.check(
    (values) => values.length === 0 || (values.length === 4 && values[0] < values[1] && values[2] < values[3]),
    "xLow,xHigh,yLow,yHigh with low below high, or none",
  ),
);
const POSE = `one of ${poseNames.join(", ")}, with =address:port@interface behind it where it needs that`;
const PLACEMENT = "three numbers x,y [m] and an angle [°], or none";
const placement = v.pipe(
  v.array(finite, PLACEMENT),
  v.check((values) => values.length === 0 || values.length === 3, PLACEMENT),
);
const TOPIC = "a topic, e.g. /odom";
const NODE = "a node's name of letters, digits and _";
const whole = (least: number, most: number, unit = "") => {
  const allowed = `a whole number from ${least} to ${most} ${unit}`.trim();
  return v.optional(
    v.pipe(v.number(allowed), v.integer(allowed), v.minValue(least, allowed), v.maxValue(most, allowed)),
  );
};
/** What the firmware takes (firmware-bridge/core/config.c): what it would refuse is refused before it is asked. */
const pulse = whole(900, 2100, "µs");
const neutral = whole(1450, 1550, "µs");
const slew = whole(100, 65535, "µs/s");
const yes = v.optional(v.boolean("true or false"));
const ZONE = "a number from 0 to 0.5";
/** Part of the throttle at which the motor still stands. */
const deadZone = v.optional(v.pipe(finite, v.minValue(0, ZONE), v.maxValue(0.5, ZONE)));
/** Pulses of a servo from one side to the other, with the firmware's defaults. */
const ENDS = [
  { steeringMin: 1000, steeringCentre: 1500, steeringMax: 2000 },
  { throttleMin: 1000, throttleNeutral: 1500, throttleMax: 2000 },
] as const;
/** The first two neighbours that are the wrong way round, in words. */
function crossed(given: Readonly<Record<string, unknown>>): string | undefined {
  for (const ends of ENDS) {
    const pulses = Object.entries(ends).map(([name, usual]) => [name, Number(given[name] ?? usual)] as const);
    const high = pulses.findIndex(([, value], i) => i > 0 && value < pulses[i - 1][1]);
    if (high > 0) return `${pulses[high - 1].join(" ")} is above ${pulses[high].join(" ")}`;
  }
  return undefined;
}

const servo = v.pipe(
  v.strictObject(
    {
      steeringMin: pulse,
      steeringCentre: pulse,
      steeringMax: pulse,
      throttleMin: pulse,
      throttleNeutral: neutral,
      throttleMax: pulse,
      steeringSlew: slew,
      throttleSlew: slew,
      steeringReversed: yes,
      throttleReversed: yes,
      deadZone,
      holdSteering: yes,
      radioRequired: yes,
      batteryRequired: yes,
    },
    "names of docs/firmware.md, section Configuration",
  ),
  v.check(
    (given) => crossed(given) === undefined,
    ({ input }) => `pulses that grow from one side to the other, but ${crossed(input)}`,
  ),
);

const topic = v.optional(
  v.pipe(v.string(TOPIC), v.regex(/^$|^[~/]?[A-Za-z_][A-Za-z0-9_]*(\/[A-Za-z_][A-Za-z0-9_]*)*$/, TOPIC)),
);
const choice = <const T extends readonly string[]>(...choices: T) =>
  v.optional(v.picklist(choices, `one of ${choices.join(", ")}`));
const frame = v.optional(v.string("a text"));
const scale = v.optional(v.pipe(finite, v.notValue(0, "a number other than 0")));
const reliability = choice("reliable", "best-effort");
const ros2 = v.strictObject(
  {
    preset: choice("jetracer-mocap", "ackermann", "go1"),
    node: v.optional(v.pipe(v.string(NODE), v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, NODE))),
    odometry: topic,
    pose: topic,
    twist: topic,
    imu: topic,
    twistFrame: choice("world", "body"),
    frame,
    stamps: choice("use", "ignore"),
    commandType: choice("ackermann", "twist", "float32"),
    command: topic,
    throttle: topic,
    steering: topic,
    commandFrame: frame,
    driveScale: scale,
    steerScale: scale,
    driveLimit: v.optional(positive),
    steerLimit: v.optional(positive),
    stateQos: reliability,
    commandQos: reliability,
    timeout: v.optional(positive),
  },
  "names of docs/ros2.md, section Settings",
);

const part = (least: number) => {
  const allowed = `a number from ${least} to 1`;
  return v.optional(v.pipe(finite, v.minValue(least, allowed), v.maxValue(1, allowed)));
};
/** More than any VESC gives; what it is sent is thousandths in 32 bits, which would wrap at two million [A]. */
const CURRENT = "a number above 0, at most 1000";
/** Positions of a VESC's servo at steering -1, 0 and 1, where they are not given. */
export const VESC_SERVO = { servoMin: 0.15, servoCentre: 0.5, servoMax: 0.85 } as const;
const vesc = v.pipe(
  v.strictObject(
    {
      drive: choice("duty", "current"),
      maxDuty: part(0.01),
      maxCurrent: v.optional(v.pipe(finite, v.gtValue(0, CURRENT), v.maxValue(1000, CURRENT))),
      throttleReversed: yes,
      deadZone,
      servoMin: part(0),
      servoCentre: part(0),
      servoMax: part(0),
      steeringReversed: yes,
      imu: choice("gyro", "all", "none"),
      gyroReversed: yes,
    },
    "names of docs/vesc.md, section Settings",
  ),
  v.check(
    ({ servoMin = VESC_SERVO.servoMin, servoCentre = VESC_SERVO.servoCentre, servoMax = VESC_SERVO.servoMax }) =>
      servoMin < servoCentre && servoCentre < servoMax,
    `servoMin below servoCentre (${VESC_SERVO.servoCentre}) below servoMax`,
  ),
);

const number = whole(0, 255);
const gamepadMap = v.strictObject(
  {
    hold: number,
    stop: number,
    begin: number,
    throttle: number,
    steering: number,
    throttleReversed: yes,
    steeringReversed: yes,
    maxThrottle: part(0.01),
  },
  "names of docs/gamepad.md, section Buttons",
);

const pca9685 = v.strictObject(
  {
    board: choice("jetracer", "jetracer-pro", "jetracer-ai", "donkeycar"),
    bus: whole(0, 63),
    stop: choice("firmware", "multiplexer", "output-enable"),
    steeringChannel: whole(0, 15),
    throttleChannel: whole(0, 15),
    steeringMin: pulse,
    steeringCentre: pulse,
    steeringMax: pulse,
    throttleMin: pulse,
    throttleNeutral: pulse,
    throttleMax: pulse,
    steeringReversed: yes,
    throttleReversed: yes,
    deadZone,
    maxDuty: part(0.01),
  },
  "names of docs/pca9685.md, section Settings",
);

export const robotSettings = {
  device: {
    schema: v.string("a path, e.g. /dev/ttyACM0"),
    default: "",
    describe: "serial port of the robot, e.g. /dev/ttyACM0; empty: the only one there is",
  },
  "wheel-travel": {
    schema: positive,
    default: 0.01,
    describe:
      "distance that the car moves per tick of its encoder, on link vesc per electrical revolution of its motor [m]",
  },
  "steering-curvature": {
    schema: notNegative,
    default: 0,
    describe:
      "curvature at full steering [1/m], 1 over the radius of the smallest circle it drives slowly: " +
      "a gyro or encoder that is wrong by a factor then stops it; 0: not known",
  },
  servo: {
    schema: servo,
    default: {},
    describe:
      "pulses [µs], slew rates [µs/s] and directions, where they differ from the firmware's defaults " +
      "(docs/firmware.md)",
  },
  vesc: {
    schema: vesc,
    default: {},
    describe:
      "what throttle and steering are on a VESC, and its IMU, where they differ from the defaults (docs/vesc.md)",
  },
  pca9685: {
    schema: pca9685,
    default: {},
    describe:
      "board, bus, independent stop, channels and pulses [µs] of a car with a PCA9685, where they differ from the " +
      "defaults (docs/pca9685.md)",
  },
  gamepad: {
    schema: v.string("true, or a path, e.g. /dev/input/js0"),
    default: "",
    describe:
      "a gamepad whose button must be held for the robot to move, e.g. /dev/input/js0 (docs/gamepad.md); true: the " +
      "only one there is; empty: none",
  },
  "gamepad-map": {
    schema: gamepadMap,
    default: {},
    describe: "buttons and axes of the gamepad, where they are not known or to be others (docs/gamepad.md)",
  },
  ros2: {
    schema: ros2,
    default: {},
    describe:
      "preset, topics, types, frames and QoS of a robot on ROS 2, where they differ from the preset's (docs/ros2.md)",
  },
  pose: {
    schema: v.pipe(
      v.string(POSE),
      v.check((given) => given === "" || isPoseText(given), POSE),
    ),
    default: "",
    describe: `pose of the car from outside (docs/pose.md); ${poseMeanings.join("; ")}; empty: none`,
  },
  "pose-name": {
    schema: v.string("a text"),
    default: "",
    describe: "name of the car, where poses come from outside; empty: the only object that the source names",
  },
  "pose-frame": {
    schema: placement,
    default: [],
    describe:
      "where the origin of the source of poses is on the track, x,y [m], and which way its x axis points there, " +
      "angle [°]; empty: 0,0,0",
  },
  "pose-mount": {
    schema: placement,
    default: [],
    describe:
      "where on the car the source sees it: x forward, y to the left [m] of the middle of the rear axle, and how far " +
      "its forward axis is turned to the left of the car's, angle [°]; empty: 0,0,0",
  },
  "pose-noise": {
    schema: positive,
    default: 0.005,
    describe: "standard deviation of a coordinate of poses from outside [m]; `doctor --pose` measures it",
  },
  "pose-heading-noise": { schema: positive, default: 0.6, describe: "the same of their heading [°]" },
  "pose-jitter": {
    schema: notNegative,
    default: 0.001,
    describe: "the same of the time at which they were true [s]; large where poses do not say it",
  },
  "pose-latency": {
    schema: finite,
    default: 0,
    describe:
      "what poses from outside are older than they say [s]; wheel and gyro find the rest, within about 0.05 s of it",
  },
  "max-speed": { schema: positive, default: 5, describe: "a robot that is faster is stopped [m/s]" },
  corridor: {
    schema: positive,
    default: 1.5,
    describe: "a robot that is farther from the task's track is stopped [m]",
  },
  geofence: {
    schema: fence,
    default: [],
    describe: "xLow,xHigh,yLow,yHigh [m]: a robot outside is stopped; empty: only the bounds of the task hold",
  },
  "max-jump": {
    schema: positive,
    default: 0.3,
    describe: "a measured position that jumps farther stops the robot [m]",
  },
  "min-distance": {
    schema: notNegative,
    default: 0.5,
    describe:
      "of several robots that learn together, how near they may come to each other: closer, both are stopped [m]; 0: " +
      "they may touch (docs/several-robots.md)",
  },
  "max-uncertainty": {
    schema: positive,
    default: 1,
    describe: "standard deviation of a dead-reckoned position at which the robot is stopped [m]",
  },
  "min-battery": {
    schema: notNegative,
    default: 6.4,
    describe: "battery voltage below which the robot is stopped [V]; 0: any",
  },
  "stale-after": {
    schema: positive,
    describe:
      "age of the measured state at which the robot is stopped [s]; 0.1, or 2.5 control periods if that is more",
  },
} as const;
