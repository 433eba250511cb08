/** All that is asked of ROS 2: a participant of the graph. rclnodejs gives it (rcl.ts); tests have their own. */
import type { MessageOf, MessageType } from "./messages.js";

/** Whether lost messages are sent again. The other qualities are fixed: keep last 1, volatile. */
export type Reliability = "reliable" | "best-effort";

/** Somebody who publishes or subscribes a topic. */
export interface Endpoint {
  /** name of its node with its namespace; two nodes may have the same */
  readonly node: string;
  /** no other endpoint has it: the middleware's, as text */
  readonly identity: string;
  readonly type: string;
  readonly reliability: Reliability | "unknown";
  /** keeps its last message for those who come later, or asks for that */
  readonly isTransient: boolean;
}

export interface Publisher<M> {
  publish(message: M): void;
  /**
   * Waits until everybody who subscribes reliably has what was published; false if not within that time [ms]. 0: does
   * not wait.
   */
  settle(milliseconds: number): boolean;
}

export interface RosNode {
  /** with its namespace, as {@link Endpoint} has it */
  readonly name: string;
  /** `take` gets every message, one at a time; what it throws goes to the node's `onError`. Before {@link start}. */
  subscribe<T extends MessageType>(
    type: T,
    topic: string,
    reliability: Reliability,
    take: (message: MessageOf[T]) => void,
  ): void;
  /** Before {@link start}. */
  advertise<T extends MessageType>(type: T, topic: string, reliability: Reliability): Publisher<MessageOf[T]>;
  /** From now on messages arrive. */
  start(): void;
  publishersOf(topic: string): readonly Endpoint[];
  subscribersOf(topic: string): readonly Endpoint[];
  close(): void;
}

/** Joins the graph under a name. */
export type JoinGraph = (name: string, onError: (error: unknown, topic: string) => void) => Promise<RosNode>;

/** A callback that cannot throw: in rclnodejs that would abort the process, and no handler would run. */
export function guarded<M>(
  take: (message: M) => void,
  topic: string,
  onError: (error: unknown, topic: string) => void,
): (message: M) => void {
  return (message) => {
    try {
      take(message);
    } catch (error) {
      onError(error, topic);
    }
  };
}

/** Why a subscription of `type` and `reliability` never gets what `publisher` publishes; undefined if it does. */
export function mismatchOf(publisher: Endpoint, type: string, reliability: Reliability): string | undefined {
  if (publisher.type !== type) return `${publisher.node} publishes ${publisher.type}, not ${type}`;
  if (reliability === "reliable" && publisher.reliability === "best-effort")
    return `${publisher.node} publishes best-effort, and reliable is asked for`;
  return undefined;
}

/** Why `subscriber` never gets what is published with `type` and `reliability`; undefined if it does. */
export function deafnessOf(subscriber: Endpoint, type: string, reliability: Reliability): string | undefined {
  if (subscriber.type !== type) return `${subscriber.node} subscribes ${subscriber.type}, not ${type}`;
  if (reliability === "best-effort" && subscriber.reliability === "reliable")
    return `${subscriber.node} asks for reliable, and best-effort is published`;
  if (subscriber.isTransient) return `${subscriber.node} asks for transient local, and volatile is published`;
  return undefined;
}
