/** What happens in a drive, on topics for RViz, PlotJuggler and Foxglove. */
import type { TaskDefinition } from "../../tasks/definition.js";
import { newMessage, setStamp, setYaw } from "./messages.js";
import type { RosNode } from "./node.js";

/** A control step of the drive. */
export interface LiveStep {
  readonly kind: "step";
  /** [s since 1970] */
  readonly time: number;
  readonly state: readonly number[];
  readonly input: readonly number[];
  readonly reference: readonly number[];
  readonly cost: number;
}

/** Something that people should know; level as in diagnostic_msgs: 0 ok, 1 warning, 2 error. */
export interface LiveEvent {
  readonly kind: "event";
  /** [s since 1970] */
  readonly time: number;
  readonly level: number;
  readonly name: string;
  readonly message: string;
}
export type Live = LiveStep | LiveEvent;

/** Publishes steps, in the frame that `frameOf` tells, and events; steps that are not all numbers are left out. */
export function liveTopics(
  node: RosNode,
  name: string,
  frameOf: () => string,
  task: TaskDefinition,
): (live: Live) => void {
  const poses = node.advertise("geometry_msgs/msg/PoseStamped", `/${name}/pose`, "reliable");
  const references = node.advertise("geometry_msgs/msg/PoseStamped", `/${name}/reference`, "reliable");
  const commands = node.advertise("geometry_msgs/msg/Twist", `/${name}/command`, "reliable");
  const costs = node.advertise("std_msgs/msg/Float32", `/${name}/cost`, "reliable");
  const diagnostics = node.advertise("diagnostic_msgs/msg/DiagnosticArray", "/diagnostics", "reliable");
  const pose = newMessage["geometry_msgs/msg/PoseStamped"]("");
  const command = newMessage["geometry_msgs/msg/Twist"]();
  const cost = newMessage["std_msgs/msg/Float32"]();
  const place = (x: number, y: number, yaw: number) => {
    Object.assign(pose.pose.position, { x, y });
    setYaw(pose.pose.orientation, yaw);
    return pose;
  };
  const showStep = ({ time, state, input, reference, cost: value }: LiveStep) => {
    if (![time, ...state, ...input, ...reference, value].every(Number.isFinite)) return;
    const [x, y, , phi] = state;
    const [rx, ry, vx, vy] = reference;
    setStamp(pose.header.stamp, time);
    pose.header.frame_id = frameOf();
    poses.publish(place(x, y, phi));
    references.publish(place(rx, ry, Math.atan2(vy, vx)));
    command.linear.x = input[0];
    command.angular.z = input[1];
    commands.publish(command);
    cost.data = value;
    costs.publish(cost);
  };
  const showEvent = ({ time, level, name: what, message }: LiveEvent) => {
    const array = newMessage["diagnostic_msgs/msg/DiagnosticArray"]();
    setStamp(array.header.stamp, time);
    array.status.push({ level, name: `${name}: ${what}`, message, hardware_id: task.name, values: [] });
    diagnostics.publish(array);
  };
  return (live) => (live.kind === "step" ? showStep(live) : showEvent(live));
}
