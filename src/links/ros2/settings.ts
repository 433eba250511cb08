/** What is said and heard on which topics: presets, and what a configuration changes of them. */
import type { RunConfig } from "../../config/schema.js";
import { silentAfter, stateWithin } from "../../config/timeouts.js";
import { UserError } from "../../errors.js";
import type { IntakeSettings } from "../../pose/intake.js";
import { placementsFrom } from "../../pose/settings.js";
import type { TaskDefinition } from "../../tasks/definition.js";
import type { Reliability } from "./node.js";

/** What a preset says. */
export interface Ros2Preset {
  /** name of our node */
  readonly node: string;
  /** topic of the state, nav_msgs/Odometry; "": it comes from `pose` */
  readonly odometry: string;
  /** topic of the state, geometry_msgs/PoseStamped; of poses from outside where the state comes from `odometry` */
  readonly pose: string;
  /**
   * topic of the yaw rate, sensor_msgs/Imu, where poses come from outside; "": the odometry says how it turns. Without
   * an odometry it is all that the robot measures itself
   */
  readonly imu: string;
  /** topic of the speed beside `pose`, geometry_msgs/TwistStamped; "": from differences of the pose */
  readonly twist: string;
  /** whether that speed, or that of the odometry, counts in the frame of the pose, or in that of the robot */
  readonly twistFrame: "world" | "body";
  /** frame_id that the state must have; "": that of the first message */
  readonly frame: string;
  /** `ignore`: a state holds when it arrives, whatever its stamp */
  readonly stamps: "use" | "ignore";
  readonly commandType: "ackermann" | "twist" | "float32";
  /** topic of the command, ackermann_msgs/AckermannDriveStamped or geometry_msgs/Twist */
  readonly command: string;
  /** topics of the command as two std_msgs/Float32 */
  readonly throttle: string;
  readonly steering: string;
  /** frame_id of the command */
  readonly commandFrame: string;
  /** published per unit of the task's first input: [m/s], or a number for float32 */
  readonly driveScale: number;
  /** published per unit of the second: [rad] for ackermann, [rad/s] for twist, or a number; negative turns the side */
  readonly steerScale: number;
  /** largest magnitude that is published of each */
  readonly driveLimit: number;
  readonly steerLimit: number;
  readonly stateQos: Reliability;
  readonly commandQos: Reliability;
}

export interface Ros2Settings extends Ros2Preset {
  /** without a usable state for this duration the robot is stopped [s] */
  readonly timeout: number;
  /** what is done with poses from outside on the topic `pose`; undefined: none come from there */
  readonly outside?: IntakeSettings;
  /** somebody else drives the robot: nothing is published, and the commands on its topics are heard */
  readonly listens?: true;
  /** without a word of the control thread for this duration the node stops the robot; a simulated one itself [s] */
  readonly silentAfter: number;
}

const COMMON = {
  node: "lapgrad",
  odometry: "",
  pose: "",
  twist: "",
  imu: "",
  twistFrame: "world",
  frame: "",
  stamps: "use",
  command: "",
  throttle: "",
  steering: "",
  commandFrame: "base_link",
  driveScale: 1,
  steerScale: 1,
  driveLimit: 1,
  steerLimit: 1,
  stateQos: "best-effort",
  commandQos: "reliable",
} as const;

export const presets: Readonly<Record<NonNullable<RunConfig["ros2"]["preset"]>, Ros2Preset>> = {
  // the paper's car: a motion capture system's client, and one topic for each of the car's two servos
  "jetracer-mocap": {
    ...COMMON,
    pose: "/jetracer/pose",
    twist: "/jetracer/twist",
    commandType: "float32",
    throttle: "/jetracer/throttle",
    steering: "/jetracer/steering",
  },
  // cars with a drive that holds a speed, as F1TENTH's
  ackermann: {
    ...COMMON,
    odometry: "/odom",
    twistFrame: "body",
    frame: "odom",
    commandType: "ackermann",
    command: "/drive",
    driveScale: 6,
    driveLimit: 5,
    steerScale: 0.4,
    steerLimit: 0.4,
  },
  // walks by speed and turn rate, which are the inputs of its task
  go1: {
    ...COMMON,
    odometry: "/odom",
    twistFrame: "body",
    frame: "odom",
    commandType: "twist",
    command: "/cmd_vel",
    steerLimit: 3,
  },
};

const CAR = ["throttle", "steering"];
const SPEED_AND_TURN = ["forward speed [m/s]", "turn rate [rad/s]"];

/** The inputs of a task that a type of command can carry. */
export const INPUTS: Readonly<Record<Ros2Preset["commandType"], readonly (readonly string[])[]>> = {
  float32: [CAR],
  ackermann: [CAR],
  twist: [SPEED_AND_TURN, CAR],
};

/** The preset that a configuration names, or the task's own, with what the configuration changes. */
export function ros2SettingsFrom(config: RunConfig, task: TaskDefinition): Ros2Settings {
  const { preset = task.columns.input.join() === SPEED_AND_TURN.join() ? "go1" : "jetracer-mocap", ...given } =
    config.ros2;
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const period = config["control-period"];
  const timeouts = { timeout: stateWithin(period), silentAfter: silentAfter(period) };
  // nav_msgs/Odometry has its twist in the frame of the robot
  const ofPose = { odometry: "", twistFrame: "world" } as const;
  const beside = { twistFrame: "body", pose: "", twist: "" } as const;
  const seen = { twist: "", ...(config.pose !== "" && { pose: "" }) };
  const source = given.odometry ? beside : given.imu ? seen : given.pose ? ofPose : {};
  const said: Ros2Settings = { ...presets[preset], ...timeouts, ...source, ...known };
  const settings: Ros2Settings =
    said.pose !== "" && (said.odometry !== "" || said.imu !== "")
      ? { ...said, outside: { name: "", ...placementsFrom(config) } }
      : said;
  if (settings.odometry === "" && settings.pose === "" && config.pose === "")
    throw new UserError("ros2 has neither odometry nor pose: the state must come from one of them");
  checkPoses(settings, config.pose);
  for (const name of settings.commandType === "float32" ? (["throttle", "steering"] as const) : (["command"] as const))
    if (settings[name] === "")
      throw new UserError(`ros2.commandType is ${settings.commandType}: give the topic of its ros2.${name}`);
  return settings;
}

/** Poses from outside have one source, beside what the robot measures itself; `pose`: the source without ROS. */
function checkPoses({ odometry, pose, twist, imu, outside }: Ros2Settings, source: string): void {
  if (source !== "" && odometry === "" && imu === "")
    throw new UserError(
      `--pose ${source} beside ros2.pose ${pose}, which has the whole state: ` +
        "name what the robot measures itself, --ros2 odometry=… or imu=…, or leave --pose out",
    );
  if (twist !== "" && imu !== "")
    throw new UserError(`ros2.twist ${twist} is the speed of a whole state: leave it out beside ros2.imu ${imu}`);
  if (source !== "" && outside)
    throw new UserError(`poses from outside come by --pose ${source} and by ros2.pose ${pose}: leave one of them out`);
  if (imu !== "" && source === "" && !outside)
    throw new UserError(
      `ros2.imu ${imu} counts where poses come from outside: give ros2.pose beside it, or --pose, or leave it out`,
    );
}
