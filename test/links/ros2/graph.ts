/**
 * A graph without ROS: nodes behind the narrow port (src/links/ros2/node.ts), in one process and as quick as a call.
 */
import type { MessageType } from "../../../src/links/ros2/messages.js";
import {
  deafnessOf,
  type Endpoint,
  guarded,
  type JoinGraph,
  mismatchOf,
  type Reliability,
  type RosNode,
} from "../../../src/links/ros2/node.js";

interface Subscription extends Endpoint {
  readonly topic: string;
  take(message: unknown): void;
}
let endpoints = 0;
const newIdentity = () => (++endpoints).toString(16).padStart(32, "0");
interface Publication extends Endpoint {
  readonly topic: string;
}

/** What crosses the graph, and who is in it. */
export class Graph {
  readonly publications: Publication[] = [];
  readonly subscriptions: Subscription[] = [];
  /** every message that was published, in order */
  readonly log: {
    readonly topic: string;
    readonly type: MessageType;
    readonly message: unknown;
    readonly time: number;
  }[] = [];
  /** the time in the log */
  clock: () => number = () => 0;
  /** changes what is delivered, for tests that disturb something */
  spoil: (topic: string, message: unknown) => unknown = (_, message) => message;
  /** what the nodes' callbacks threw */
  readonly errors: unknown[] = [];
  /** topics on which nothing is acknowledged */
  readonly lost = new Set<string>();

  readonly join: JoinGraph = async (name, onError) => this.node(name, onError);

  /** A node; what its callbacks throw is kept in {@link errors}, and told. */
  node(name: string, onError: (error: unknown, topic: string) => void = () => {}): RosNode {
    const own = { node: `/${name}`, isTransient: false };
    // other nodes may have the same name
    const mine = new Set<Endpoint>();
    let isOpen = true;
    let isStarted = false;
    const tell = (error: unknown, topic: string) => {
      this.errors.push(error);
      onError(error, topic);
    };
    return {
      name: own.node,
      subscribe: (type, topic, reliability, take) => {
        const safe = guarded(take, topic, tell) as (message: unknown) => void;
        const deliver = (message: unknown) => {
          if (isOpen && isStarted) safe(message);
        };
        const subscription = { ...own, identity: newIdentity(), type, topic, reliability, take: deliver };
        this.subscriptions.push(subscription);
        mine.add(subscription);
      },
      advertise: (type, topic, reliability) => {
        const publication = { ...own, identity: newIdentity(), type, topic, reliability };
        this.publications.push(publication);
        mine.add(publication);
        return {
          publish: (message) => {
            if (isOpen) this.publish(publication, message);
          },
          settle: () => !this.lost.has(topic),
        };
      },
      start: () => {
        isStarted = true;
      },
      publishersOf: (topic) => this.publications.filter((publication) => publication.topic === topic),
      subscribersOf: (topic) => this.subscriptions.filter((subscription) => subscription.topic === topic),
      close: () => {
        isOpen = false;
        for (const list of [this.publications, this.subscriptions])
          list.splice(0, list.length, ...(list as Subscription[]).filter((one) => !mine.has(one)));
      },
    };
  }

  /** Delivers a copy to everybody whose type and quality fit, as DDS does: to others silently not. */
  publish(from: Publication, message: unknown): void {
    const { topic, type, reliability } = from;
    this.log.push({ topic, type: type as MessageType, message: structuredClone(message), time: this.clock() });
    for (const to of this.subscriptions)
      if (
        to.topic === topic &&
        mismatchOf(from, to.type, to.reliability as Reliability) === undefined &&
        deafnessOf(to, type, reliability as Reliability) === undefined
      )
        to.take(this.spoil(topic, structuredClone(message)));
  }

  /** The last message on a topic. */
  last<M>(topic: string): M | undefined {
    return this.log.findLast((entry) => entry.topic === topic)?.message as M | undefined;
  }
}
