/** From a configuration to its link: the simulated plant, or a robot that somebody allowed to move. */
import type { PartialConfig } from "../config/config.js";
import { resolveTask } from "../config/resolve.js";
import type { RunConfig } from "../config/schema.js";
import { machine } from "../doctor/machine.js";
import { findPorts } from "../doctor/ports.js";
import { requireRos } from "../doctor/ros.js";
import { UserError } from "../errors.js";
import type { TransportKind } from "../links/definition.js";
import type { Fault } from "../links/faults.js";
import type { Link } from "../links/link.js";
import { links, robotFor, transportOf } from "../links/links.js";
import { pca9685SettingsFrom } from "../links/pca9685/settings.js";
import { ros2SettingsFrom } from "../links/ros2/settings.js";
import type { Output } from "../output.js";
import { sceneOf } from "../pose/scene.js";
import { type PoseSettings, poseSettingsFrom } from "../pose/settings.js";
import type { ThreadPoseSource } from "../pose/thread-source.js";
import type { FloorPlace } from "../runtime/floor.js";
import { openGamepad } from "../runtime/gamepad-device.js";
import { HEARTBEAT_WITHIN } from "../runtime/gates.js";
import type { ControlHost } from "../runtime/host.js";
import type { Operator } from "../runtime/operator.js";
import { RobotLink } from "../runtime/robot-link.js";
import type { Connection } from "../runtime/transport.js";
import { WatchedSimulation } from "../runtime/watched-simulation.js";
import type { SetupHost } from "../setup/rig.js";
import { limitsOf } from "../view/limits.js";
import type { View } from "../view/view.js";
import { operatorAt } from "./operator.js";

/** How a robot may be driven. */
export interface Permission {
  /** somebody stands by and allows it to move */
  readonly arm?: boolean;
  /** it drives only while a key is held */
  readonly deadMan?: boolean;
  /** it drives here for the first time: the limits of {@link FIRST_DRIVE} must be among `given` */
  readonly firstDrive?: boolean;
  /** settings of this command, by option or file */
  readonly given?: PartialConfig;
}

/** Limits that depend on the place, so that their defaults are none for a first drive, with an example of each. */
const FIRST_DRIVE = { geofence: "-4.5,4.5,-3,3", "max-speed": "4", corridor: "0.5" } as const;

/** What a link needs beside the configuration. */
export interface LinkContext {
  readonly permission: Permission;
  readonly output: Output;
  /** aborted when everything is to stop */
  readonly signal: AbortSignal;
  /** aborts the signal: `lapgrad stop` was called, or the terminal asks for it */
  readonly stop: (fault?: Fault) => void;
  /** folder that the drive is recorded in, as it happens */
  readonly drives: string;
  /** parameters of the policy */
  readonly parameters: number;
  /** its place among the robots that learn together; undefined: it drives alone */
  readonly member?: {
    readonly name: string;
    readonly operator: Operator;
    readonly floor: FloorPlace;
  };
  /** the live page on which the robot is shown */
  readonly view?: View | undefined;
}

export type Connect = (config: RunConfig, context: LinkContext) => Promise<Link>;

/** Refuses a link that this machine has not, before anything is written to disk. */
export function requireLink(link: RunConfig["link"] | undefined): void {
  if (link !== undefined && transportOf(link)?.kind === "ros2") requireRos(machine);
}

/** Connects as the configuration says. */
export const connect: Connect = async (config, context) => {
  const link = links[config.link];
  if (link.isSimulated) refuseRobotOptions(context.permission);
  return link.isSimulated ? new WatchedSimulation(link.make()) : connectRobot(config, context);
};

/** Refuses to simulate where something was given that only a robot has, and no link. */
export function refuseRobotOptions({ arm, deadMan, firstDrive, given = {} }: Permission): void {
  if (given.link !== undefined) return;
  const { device, pose, gamepad } = given;
  const options = { arm, "dead-man": deadMan, "first-drive": firstDrive, device, pose, gamepad };
  const [robots] = Object.entries(options).find(([, value]) => value) ?? [];
  if (robots === undefined) return;
  const others = Object.keys(links).filter((name) => !links[name as RunConfig["link"]].isSimulated);
  throw new UserError(
    `--${robots} is for a robot, and without --link a simulated one drives: add --link ${others.join(" or ")}, ` +
      `or leave --${robots} out`,
  );
}

/** The robot of a configuration; refuses to move one that nobody allowed to move. */
export async function connectRobot(config: RunConfig, context: LinkContext): Promise<RobotLink> {
  const { permission, output, signal, stop, drives, parameters, view, member } = context;
  const { deadMan = false } = permission;
  const { task } = resolveTask(config);
  const transport = transportOf(config.link);
  if (!robotFor(config, task) || !transport) throw new UserError(`link ${config.link} has no robot`);
  refusePlantChanges(config);
  const poses = await posesOf(config, output, signal);
  requireLink(config.link);
  requireArm(config, permission);
  if (permission.firstDrive) requireLimits(permission.given ?? {});
  if (deadMan && config.gamepad !== "")
    throw new UserError("--dead-man is a key, and --gamepad a button, that must be held: give only one of them");
  const gamepad = openGamepad(config);
  const operator =
    member?.operator ?? (await operatorAt(config, deadMan, output, signal, stop, gamepad && (() => host.shared)));
  const connection = await connectionTo(config, transport, false, output);
  const { ThreadHost } = await import("../runtime/thread-host.js");
  const { Recorder } = await import("../runtime/recorder.js");
  const heartbeatWithin = deadMan ? HEARTBEAT_WITHIN : Number.POSITIVE_INFINITY;
  const host = new ThreadHost(
    config,
    connection,
    parameters,
    { heartbeatWithin, gamepad, floor: member?.floor },
    { drives, robot: member?.name, onStop: stop, say: output.say, poses },
  );
  const states = task.columns.state.length;
  view?.watchRobot({ buffer: host.shared.buffer, parameters, states, limits: limitsOf(config) });
  return new RobotLink(host, config, operator, new Recorder(drives));
}

/**
 * What hears a robot that somebody else drives. Without a gamepad it sends nothing, so nobody needs to allow anything.
 */
export async function hearingHost(
  config: RunConfig,
  { permission, output, signal, stop, drives }: Omit<LinkContext, "parameters">,
): Promise<ControlHost> {
  const transport = transportOf(config.link);
  if (!robotFor(config, resolveTask(config).task) || !transport)
    throw new UserError(`link ${config.link} has no robot`);
  const poses = await posesOf(config, output, signal);
  requireLink(config.link);
  if (config.gamepad !== "") requireArm(config, permission);
  const gamepad = openGamepad(config);
  const connection = await connectionTo(config, transport, gamepad === undefined, output);
  const { ThreadHost } = await import("../runtime/thread-host.js");
  const options = { heartbeatWithin: Number.POSITIVE_INFINITY, listens: true, gamepad };
  return new ThreadHost(config, connection, 0, options, { drives, onStop: stop, say: output.say, poses });
}

/** Opens the robot of a guided set-up, to be heard, or to be moved after its person allowed it. */
export function setupHost(output: Output, { signal, stop }: Pick<LinkContext, "signal" | "stop">): SetupHost {
  return async (config, listens) => {
    const context = { permission: {}, output, signal, stop, drives: "." };
    if (listens) return hearingHost({ ...config, gamepad: "" }, context);
    const transport = transportOf(config.link);
    if (!transport) throw new UserError(`link ${config.link} has no robot`);
    const poses = await posesOf(config, output, signal);
    const gamepad = openGamepad(config);
    const connection = await connectionTo(config, transport, false, output);
    const { ThreadHost } = await import("../runtime/thread-host.js");
    const options = { heartbeatWithin: Number.POSITIVE_INFINITY, moves: true, gamepad };
    const threadContext = { drives: context.drives, onStop: stop, say: output.say, poses };
    return new ThreadHost(config, connection, await policySize(config), options, threadContext);
  };
}

/** Parameters of a policy of this configuration: a control loop has room for them. */
async function policySize(config: RunConfig): Promise<number> {
  const { coreFor } = await import("../session.js");
  return (await coreFor(config, 1, 1)).parameterCount();
}

/** Refuses changes of a plant where there is none: a robot would drive on as it is, and its run say otherwise. */
function refusePlantChanges({ link, "plant-change": changes }: RunConfig): void {
  if (changes.length === 0) return;
  throw new UserError(
    `plant-change "${changes.join(" ")}" is for simulated plants, and link ${link} drives a robot: leave it out, or ` +
      "give it to the plant, where that is simulated behind the link (lapgrad plant --plant-change)",
  );
}

/** Refuses to move a robot that nobody allowed to move, or that nothing would stop. */
function requireArm(config: RunConfig, { arm }: Permission): void {
  const unarmable = robotFor(config, resolveTask(config).task)?.unarmable;
  if (unarmable !== undefined) throw new UserError(unarmable);
  if (arm) return;
  throw new UserError(
    `link ${config.link} moves a robot: ` +
      "read docs/safety.md, stand by with a hand on its switch, and allow it with --arm",
  );
}

/** Refuses a first drive whose limits nobody has thought about. */
function requireLimits(given: PartialConfig): void {
  const names = Object.keys(FIRST_DRIVE) as (keyof typeof FIRST_DRIVE)[];
  const missing = names.filter((name) => given[name] === undefined || `${given[name]}` === "");
  if (missing.length === 0) return;
  const example = missing.map((name) => `--${name} ${FIRST_DRIVE[name]}`).join(" ");
  throw new UserError(
    `--first-drive without ${missing.join(", ")}: it needs ${names.join(", ")}, as the place allows them; ` +
      `measure the place and add, for example, ${example}`,
  );
}

/** Where the car's pose is measured from outside; undefined: nowhere. */
async function posesOf(config: RunConfig, { say }: Output, signal: AbortSignal): Promise<ThreadPoseSource | undefined> {
  const settings = poseSettingsFrom(config);
  if (settings === undefined) return undefined;
  const { ThreadPoseSource } = await import("../pose/thread-source.js");
  return new ThreadPoseSource({ ...settings, ...(await sceneFor(config, settings)) }, say, signal);
}

/** Track and corridor, for a source that draws them over its pictures. */
async function sceneFor(config: RunConfig, { kind, intake }: PoseSettings): Promise<Pick<PoseSettings, "scene">> {
  if (kind !== "camera") return {};
  const { coreFor } = await import("../session.js");
  const { nominalTrack } = await import("../report/frame.js");
  const path = nominalTrack(await coreFor(config, 1, 1));
  return { scene: sceneOf(path, config.corridor, intake.frame) };
}

/** `listens`: nothing is published. A serial port is open to both sides; who listens does not write to it. */
async function connectionTo(
  config: RunConfig,
  transport: TransportKind,
  listens: boolean,
  output: Output,
): Promise<Connection> {
  if (transport.kind === "serial") {
    const { SerialConnection } = await import("../runtime/serial-connection.js");
    return new SerialConnection(await deviceFor(config), transport.baud);
  }
  if (transport.kind === "i2c") {
    const { HeardI2c, Pca9685Connection } = await import("../runtime/pca9685-connection.js");
    const { bus, chips } = pca9685SettingsFrom(config);
    return listens ? new HeardI2c() : new Pca9685Connection(bus, chips);
  }
  const { Ros2Connection } = await import("../runtime/ros2-connection.js");
  const { task } = resolveTask(config);
  const settings = ros2SettingsFrom(config, task);
  return new Ros2Connection(listens ? { ...settings, listens } : settings, task, output.say);
}

/** The configured port, or the only one there is. */
async function deviceFor(config: RunConfig): Promise<string> {
  if (config.device !== "") return config.device;
  const ports = await findPorts(machine);
  const [port] = ports;
  if (port && ports.length === 1) return port.path;
  const found = ports.length === 0 ? "there is none" : `there are ${ports.map(({ path }) => path).join(", ")}`;
  throw new UserError(`which serial port? ${found}; name one with --device, e.g. --device /dev/ttyACM0`);
}
