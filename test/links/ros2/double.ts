/**
 * rclnodejs as its sources have it, as far as the adapter calls it, around a graph without ROS: numbers and names of
 * its own, none of ours.
 */

import type { MessageType } from "../../../src/links/ros2/messages.js";
import type { Endpoint, Reliability, RosNode } from "../../../src/links/ros2/node.js";
import type { Rcl } from "../../../src/links/ros2/rcl.js";
import { Graph } from "./graph.js";

/** What was asked of it, in order. */
export interface Double {
  readonly rcl: Rcl;
  readonly calls: string[];
}

class Qos {
  constructor(
    readonly history: number,
    readonly depth: number,
    readonly reliability: number,
    readonly durability: number,
  ) {}
}
const RELIABILITY: Readonly<Record<number, Reliability>> = { 1: "reliable", 2: "best-effort" };

export function rclDouble(graph = new Graph()): Double {
  const calls: string[] = [];
  const nodes: RosNode[] = [];
  let isInitialised = false;
  const check = ({ qos }: { qos: object }): Reliability => {
    if (!(qos instanceof Qos)) throw new TypeError("no QoS");
    calls.push(`qos ${qos.history} ${qos.depth} ${qos.reliability} ${qos.durability}`);
    return RELIABILITY[qos.reliability] ?? "reliable";
  };
  const infoOf = ({ node, identity, type, reliability, isTransient }: Endpoint) => ({
    node_name: node.slice(1),
    node_namespace: "/",
    topic_type: type,
    endpoint_type: 1,
    endpoint_gid: [...Buffer.from(identity, "hex")],
    qos_profile: { reliability: reliability === "reliable" ? 1 : 2, durability: isTransient ? 1 : 2 },
  });
  class Node {
    readonly #node: RosNode;
    readonly #name: string;
    #isSpinning = false;
    constructor(name: string) {
      this.#name = name;
      if (!isInitialised) throw new Error("rcl is not initialised");
      // a throw in a callback would abort the process
      this.#node = graph.node(name, (error) => calls.push(`ABORTED by ${error}`));
      nodes.push(this.#node);
    }
    createPublisher(type: string, topic: string, options: { qos: object }) {
      const publisher = this.#node.advertise(type as MessageType, topic, check(options));
      return {
        publish: (message: object) => publisher.publish(message as never),
        waitForAllAcked: (nanoseconds: bigint) => {
          if (typeof nanoseconds !== "bigint") throw new TypeError("no bigint");
          return publisher.settle(Number(nanoseconds) / 1e6);
        },
      };
    }
    createSubscription(type: string, topic: string, options: { qos: object }, callback: (message: never) => void) {
      if (this.#isSpinning) throw new Error("subscribed while spinning");
      this.#node.subscribe(type as MessageType, topic, check(options), callback as (message: unknown) => void);
    }
    getPublishersInfoByTopic = (topic: string) => this.#node.publishersOf(topic).map(infoOf);
    getSubscriptionsInfoByTopic = (topic: string) => this.#node.subscribersOf(topic).map(infoOf);
    name = () => this.#name;
    namespace = () => "/";
    spin(timeout: number) {
      this.#isSpinning = true;
      calls.push(`spin ${timeout}`);
      this.#node.start();
    }
  }
  const rcl: Rcl = {
    init: async () => {
      isInitialised = true;
      calls.push("init");
    },
    Node,
    QoS: Qos,
    removeSignalHandlers: () => calls.push("removeSignalHandlers"),
    shutdown: () => {
      calls.push("shutdown");
      for (const node of nodes.splice(0)) node.close();
    },
  };
  return { rcl, calls };
}
