/**
 * The task's inputs as commands on topics, and back. Nothing but complete messages of finite numbers within the limits
 * is published.
 */
import { monotonicTime, wallTime } from "../../clock.js";
import { type MessageType, newMessage, setStamp } from "./messages.js";
import type { Publisher, RosNode } from "./node.js";
import type { Ros2Preset } from "./settings.js";

/** The topics of a command, with their types. */
export function commandTopics(settings: Ros2Preset): readonly { readonly topic: string; readonly type: MessageType }[] {
  const { commandType, command, throttle, steering } = settings;
  if (commandType === "float32") return [throttle, steering].map((topic) => ({ topic, type: "std_msgs/msg/Float32" }));
  return [
    {
      topic: command,
      type: commandType === "twist" ? "geometry_msgs/msg/Twist" : "ackermann_msgs/msg/AckermannDriveStamped",
    },
  ];
}

export class CommandPublisher {
  readonly #settings: Ros2Preset;
  readonly #publishers: readonly Publisher<never>[];
  readonly #send: (drive: number, steer: number) => void;

  constructor(node: RosNode, settings: Ros2Preset) {
    this.#settings = settings;
    const { commandType, command, throttle, steering, commandFrame, commandQos } = settings;
    if (commandType === "float32") {
      const message = newMessage["std_msgs/msg/Float32"]();
      const topics = [throttle, steering].map((topic) => node.advertise("std_msgs/msg/Float32", topic, commandQos));
      this.#publishers = topics;
      this.#send = (...values) =>
        topics.forEach((publisher, i) => {
          message.data = values[i];
          publisher.publish(message);
        });
    } else if (commandType === "twist") {
      const message = newMessage["geometry_msgs/msg/Twist"]();
      const publisher = node.advertise("geometry_msgs/msg/Twist", command, commandQos);
      this.#publishers = [publisher];
      this.#send = (drive, steer) => {
        message.linear.x = drive;
        message.angular.z = steer;
        publisher.publish(message);
      };
    } else {
      const message = newMessage["ackermann_msgs/msg/AckermannDriveStamped"](commandFrame);
      const publisher = node.advertise("ackermann_msgs/msg/AckermannDriveStamped", command, commandQos);
      this.#publishers = [publisher];
      this.#send = (drive, steer) => {
        setStamp(message.header.stamp, wallTime());
        message.drive.speed = drive;
        message.drive.steering_angle = steer;
        publisher.publish(message);
      };
    }
  }

  /** Publishes the task's two inputs; neutral, and false, if one is no number. */
  publish(first: number, second: number): boolean {
    const { driveScale, driveLimit, steerScale, steerLimit } = this.#settings;
    const isCommand = Number.isFinite(first) && Number.isFinite(second);
    if (isCommand) this.#send(limited(first * driveScale, driveLimit), limited(second * steerScale, steerLimit));
    else this.#send(0, 0);
    return isCommand;
  }

  /** Neutral, and whether everybody who listens has it within that time [ms], all topics together. */
  stop(milliseconds: number): boolean {
    this.#send(0, 0);
    const until = 1000 * monotonicTime() + milliseconds;
    const settle = (publisher: Publisher<never>) => publisher.settle(Math.max(0, until - 1000 * monotonicTime()));
    return this.#publishers.map(settle).every(Boolean);
  }
}

/**
 * Takes commands as {@link CommandPublisher} sends them; `take` gets the task's inputs, finite numbers within the
 * limits.
 */
export function subscribeCommand(node: RosNode, settings: Ros2Preset, take: (first: number, second: number) => void) {
  const { commandType, command, throttle, steering, commandQos } = settings;
  const { driveScale, steerScale, driveLimit, steerLimit } = settings;
  const put = (drive: number, steer: number) => {
    if (Number.isFinite(drive) && Number.isFinite(steer))
      take(limited(drive, driveLimit) / driveScale, limited(steer, steerLimit) / steerScale);
  };
  if (commandType === "twist")
    node.subscribe("geometry_msgs/msg/Twist", command, commandQos, ({ linear, angular }) => put(linear.x, angular.z));
  else if (commandType === "ackermann")
    node.subscribe("ackermann_msgs/msg/AckermannDriveStamped", command, commandQos, ({ drive }) =>
      put(drive.speed, drive.steering_angle),
    );
  else {
    // the throttle comes first, so a command is whole with its steering
    let drive = 0;
    node.subscribe("std_msgs/msg/Float32", throttle, commandQos, ({ data }) => {
      drive = data;
    });
    node.subscribe("std_msgs/msg/Float32", steering, commandQos, ({ data }) => put(drive, data));
  }
}

function limited(value: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, value));
}
