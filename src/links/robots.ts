/** All robots by the name of their link: a new one is a new file and a line here. */
import type { RunConfig } from "../config/schema.js";
import { UserError } from "../errors.js";
import type { TaskDefinition } from "../tasks/definition.js";
import type { Robot, Transport } from "./robot.js";
import { SILENT_AFTER } from "./ros2/record.js";
import { Ros2Robot } from "./ros2/robot.js";
import { INPUTS, ros2SettingsFrom } from "./ros2/settings.js";
import { SerialRobot } from "./serial.js";
import { servoFrom } from "./servo.js";
import { WaveshareRobot } from "./waveshare.js";
import { protocol } from "./wire/protocol.js";
import { WAVESHARE_BAUD } from "./wire/waveshare.js";

/** What a link needs to know before there is a robot. */
export interface RobotKind {
  /** speed of its serial line [baud]; undefined: it is on ROS 2 */
  readonly baud: number | undefined;
  /** names of the task's states and inputs that it gives and takes */
  readonly states: readonly string[];
  readonly inputs: readonly string[];
  /** it stops by itself when commands come less often [s] */
  readonly longestPeriod: number;
  make(port: Transport, config: RunConfig, nonce: number): Robot;
}

const PLANAR = ["x [m]", "y [m]", "v [m/s]", "phi [rad]"];

const robots: Partial<Record<RunConfig["link"], (config: RunConfig, task: TaskDefinition) => RobotKind>> = {
  serial: () => ({
    baud: protocol.baud,
    states: PLANAR,
    inputs: ["throttle", "steering"],
    longestPeriod: protocol.commandTimeout / 1000 / 2,
    make: (port, config, nonce) =>
      new SerialRobot(port, { wheelTravel: config["wheel-travel"], servo: servoFrom(config.servo) }, nonce),
  }),
  ros2: (config, task) => {
    const settings = ros2SettingsFrom(config, task);
    const carried = INPUTS[settings.commandType];
    return {
      baud: undefined,
      states: PLANAR,
      inputs: carried.find((inputs) => inputs.join() === task.columns.input.join()) ?? carried[0] ?? [],
      longestPeriod: SILENT_AFTER / 2,
      make: (port) => new Ros2Robot(port, settings),
    };
  },
  waveshare: () => ({
    baud: WAVESHARE_BAUD,
    states: PLANAR,
    inputs: ["forward speed [m/s]", "turn rate [rad/s]"],
    longestPeriod: 0.1, // whether it stops by itself is not known; its own node sends every 0.02 s
    make: (port, config) => new WaveshareRobot(port, config["max-speed"]),
  }),
};

/** The robot behind a link; undefined for the simulated plant. Refuses a task that the robot cannot do. */
export function robotKindFor(config: RunConfig, task: TaskDefinition): RobotKind | undefined {
  const kind = robots[config.link]?.(config, task);
  if (!kind) return undefined;
  const { state, input } = task.columns;
  if (config["control-period"] > kind.longestPeriod)
    throw new UserError(
      `control-period is ${config["control-period"]} s; link ${config.link} needs a command at least every ${kind.longestPeriod} s`,
    );
  if (state.join() === kind.states.join() && input.join() === kind.inputs.join()) return kind;
  throw new UserError(
    `link ${config.link} measures ${kind.states.join(", ")} and takes ${kind.inputs.join(", ")}; task ${task.name} has ` +
      `${state.join(", ")} and ${input.join(", ")}: choose another task, or another link`,
  );
}
