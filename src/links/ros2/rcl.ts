/**
 * ROS 2 by rclnodejs. Must be called on the main thread of a process, in an environment that was checked
 * (doctor/ros.ts): importing rclnodejs without a sourced ROS 2 makes it rebuild itself, and spoil its installation.
 */
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { startWhole } from "./generation.js";
import type { MessageType } from "./messages.js";
import { type Endpoint, guarded, type JoinGraph, type Publisher, type Reliability, type RosNode } from "./node.js";

/** What is used of rclnodejs; its own types need those of an installed ROS. */
export interface Rcl {
  init(): Promise<void>;
  Node: new (name: string) => RclNode;
  QoS: new (history: number, depth: number, reliability: number, durability: number) => object;
  removeSignalHandlers(): void;
  shutdown(): void;
}
interface RclNode {
  createPublisher(type: string, topic: string, options: { qos: object }): RclPublisher;
  createSubscription(type: string, topic: string, options: { qos: object }, callback: (message: never) => void): void;
  getPublishersInfoByTopic(topic: string): readonly RclEndpoint[];
  getSubscriptionsInfoByTopic(topic: string): readonly RclEndpoint[];
  name(): string;
  namespace(): string;
  spin(timeout: number): void;
}
interface RclPublisher {
  publish(message: object): void;
  waitForAllAcked(nanoseconds: bigint): boolean;
}
interface RclEndpoint {
  node_name: string;
  node_namespace: string;
  topic_type: string;
  /** bytes */
  endpoint_gid: readonly number[];
  qos_profile: { reliability: number; durability: number };
}

/** Numbers of rmw/types.h. */
const KEEP_LAST = 1;
const RELIABLE = 1;
const BEST_EFFORT = 2;
const RELIABILITY: Readonly<Partial<Record<number, Reliability>>> = {
  [RELIABLE]: "reliable",
  [BEST_EFFORT]: "best-effort",
};
const TRANSIENT_LOCAL = 1;
const VOLATILE = 2;
/** Who waits for longer is told why [ms]. */
const TOLD_AFTER = 5_000;
/** How long messages are waited for at a time [ms]; more, or less than 0, blocks later calls. */
const SPIN = 10;

export const joinRos: JoinGraph = (name, onError) => {
  const folder = dirname(createRequire(import.meta.url).resolve("rclnodejs/package.json"));
  return startWhole(folder, async () => {
    const { default: rcl } = (await import("rclnodejs")) as unknown as { default: Rcl };
    return joinWith(rcl, name, onError);
  });
};

/** Says why joining takes a long time, if it does; what is returned is to be called when it is done. */
export function explainWaiting(say: (text: string) => void): () => void {
  const text = "waiting for ROS 2: rclnodejs writes its message classes at its first start, in one process at a time";
  const timer = setTimeout(() => say(text), TOLD_AFTER);
  return () => clearTimeout(timer);
}

/** Joins the graph with a loaded rclnodejs. */
export async function joinWith(rcl: Rcl, name: string, onError: Parameters<JoinGraph>[1]): Promise<RosNode> {
  // a stop command is due before the node goes; and Ctrl-C must not shut down what init has begun
  rcl.removeSignalHandlers();
  await rcl.init();
  const node = new rcl.Node(name);
  const qos = (reliability: Reliability) =>
    new rcl.QoS(KEEP_LAST, 1, reliability === "reliable" ? RELIABLE : BEST_EFFORT, VOLATILE);
  return {
    name: fullName(node.namespace(), node.name()),
    subscribe: (type: MessageType, topic, reliability, take) => {
      node.createSubscription(type, topic, { qos: qos(reliability) }, guarded(take, topic, onError));
    },
    advertise: (type, topic, reliability) => publisherOf(node.createPublisher(type, topic, { qos: qos(reliability) })),
    start: () => node.spin(SPIN),
    publishersOf: (topic) => node.getPublishersInfoByTopic(topic).map(endpointOf),
    subscribersOf: (topic) => node.getSubscriptionsInfoByTopic(topic).map(endpointOf),
    close: () => rcl.shutdown(),
  };
}

function publisherOf<M extends object>(publisher: RclPublisher): Publisher<M> {
  return {
    publish: (message) => publisher.publish(message),
    settle: (milliseconds) => {
      try {
        return publisher.waitForAllAcked(BigInt(Math.round(milliseconds * 1e6)));
      } catch {
        return false; // a middleware that cannot tell
      }
    },
  };
}

function endpointOf({ node_name, node_namespace, topic_type, endpoint_gid, qos_profile }: RclEndpoint): Endpoint {
  const { reliability, durability } = qos_profile;
  return {
    node: fullName(node_namespace, node_name),
    identity: Buffer.from(endpoint_gid).toString("hex"),
    type: topic_type,
    reliability: RELIABILITY[reliability] ?? "unknown",
    isTransient: durability === TRANSIENT_LOCAL,
  };
}

/** `namespace` is "/" where there is none. */
function fullName(namespace: string, name: string): string {
  return `${namespace.replace(/\/$/, "")}/${name}`;
}
