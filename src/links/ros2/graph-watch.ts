/** Who is on the graph with us: who publishes the state, who hears the commands, and who gives commands too. */
import { commandTopics } from "./command.js";
import type { MessageType } from "./messages.js";
import { deafnessOf, type Endpoint, mismatchOf, type RosNode } from "./node.js";
import { StateSlot } from "./record.js";
import type { Ros2Settings } from "./settings.js";

export class GraphWatch {
  readonly #node: RosNode;
  readonly #settings: Ros2Settings;
  readonly #say: (text: string) => void;

  /** `say` tells people, each thing once. */
  constructor(node: RosNode, settings: Ros2Settings, say: (text: string) => void) {
    this.#node = node;
    this.#settings = settings;
    this.#say = say;
  }

  /** Who publishes what is needed, and who hears what is published, into a row of {@link StateSlot}. */
  look(row: Float64Array): void {
    const { stateQos, commandQos } = this.#settings;
    let fewest = Number.POSITIVE_INFINITY;
    let mismatched = 0;
    for (const { topic, type } of stateTopics(this.#settings)) {
      const publishers = this.#node.publishersOf(topic);
      const mismatches = publishers.flatMap((endpoint) => mismatchOf(endpoint, type, stateQos) ?? []);
      for (const mismatch of mismatches) this.#say(`${topic}: ${mismatch}, so nothing arrives`);
      fewest = Math.min(fewest, publishers.length);
      mismatched += mismatches.length;
    }
    row[StateSlot.publishers] = fewest;
    row[StateSlot.mismatched] = mismatched;
    let subscribers = Number.POSITIVE_INFINITY;
    let deaf = 0;
    for (const { topic, type } of commandTopics(this.#settings)) {
      const listeners = this.#node.subscribersOf(topic);
      const reasons = listeners.flatMap((endpoint) => deafnessOf(endpoint, type, commandQos) ?? []);
      for (const reason of reasons) this.#say(`${topic}: ${reason}, so it hears nothing`);
      subscribers = Math.min(subscribers, listeners.length - reasons.length);
      deaf = Math.max(deaf, reasons.length);
    }
    row[StateSlot.subscribers] = subscribers;
    row[StateSlot.deaf] = deaf;
  }

  /** Publishers of commands that are not ours, in words; none if the robot has one driver. */
  foreigners(): readonly string[] {
    return commandTopics(this.#settings).flatMap(({ topic }) =>
      othersOf(this.#node.publishersOf(topic), this.#node.name).map((name) => `${name} publishes on ${topic} too`),
    );
  }
}

/**
 * Names of the publishers of a topic that are not the one which our node has there. Names may be equal: those of ours
 * are counted by identity, and all but one are others.
 */
function othersOf(publishers: readonly Endpoint[], own: string): readonly string[] {
  const byIdentity = new Map(publishers.map(({ identity, node }) => [identity, node]));
  const names = [...byIdentity.values()];
  const namesakes = names.filter((name) => name === own).slice(1);
  return [...names.filter((name) => name !== own), ...namesakes.map((name) => `another ${name}`)];
}

/** The topics without which there is no state. */
function stateTopics({ odometry, pose, imu }: Ros2Settings) {
  const topics: readonly { readonly topic: string; readonly type: MessageType }[] = [
    { topic: odometry, type: "nav_msgs/msg/Odometry" },
    { topic: imu, type: "sensor_msgs/msg/Imu" },
    { topic: pose, type: "geometry_msgs/msg/PoseStamped" },
  ];
  return topics.filter(({ topic }) => topic !== "");
}
